"""From `lumos new tool` to a wheel that every check accepts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lumos.package.wheel import read_wheel
from tests.cli.conftest import ROOT, Shell
from tests.cli.registry import StaticRegistry


@pytest.fixture(scope="session")
def new_tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `lumos new tool demo/hello` writes."""
    folder = tmp_path_factory.mktemp("new")
    Shell(folder, {"PYTHONPATH": str(ROOT)}).lumos("new", "tool", "demo/hello")
    return folder / "hello"


@pytest.fixture
def tool(shell: Shell, new_tool: Path) -> Shell:
    """A shell inside a fresh tool project demo/hello."""
    shutil.copytree(new_tool, shell.folder / "hello")
    return shell.inside("hello")


def replace(shell: Shell, name: str, before: str, after: str) -> None:
    text = shell.read(name)
    assert before in text
    (shell.folder / name).write_text(text.replace(before, after))


def test_a_new_tool_can_be_built_checked_installed_and_run(
    shell: Shell, tool: Shell, registry: StaticRegistry
) -> None:
    built = tool.lumos("build", "--json").json
    assert built["functions"] == ["hello"]
    assert built["functions_changed"] == []
    checked = tool.lumos("check", "--json").json
    assert checked["ok"]
    assert checked["findings"] == []
    registry.publish_wheel(Path(built["wheel"]))
    shell.lumos("init")
    shell.lumos("add", "tool", "demo/hello")
    ran = shell.lumos("run", "demo/hello", '{"name": "Ada", "language": "zh"}')
    assert ran.json["result"] == {"text": "你好，Ada！", "language": "zh"}


@pytest.mark.parametrize("name", ["demo/import", "demo/" + "x" * 60 + "-1b"])
def test_any_name_gives_a_tool_that_can_be_published(shell: Shell, name: str) -> None:
    shell.lumos("new", "tool", name, "--folder", "here")
    built = shell.inside("here").lumos("build", "--json").json
    assert str(read_wheel(built["wheel"]).tool) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("demo/Web Search", "lower-case"),
        ("demo/tools", "reserved"),
        ("django/thing", "reserved"),
        ("hello", "not signed in"),
    ],
)
def test_a_name_that_cannot_be_is_refused_before_anything_is_written(
    shell: Shell, name: str, why: str
) -> None:
    assert why in shell.lumos("new", "tool", name, code=2).err
    assert not list(shell.folder.iterdir())


def test_a_folder_with_files_is_left_alone(shell: Shell) -> None:
    (shell.folder / "hello").mkdir()
    (shell.folder / "hello" / "mine.txt").write_text("x")
    shell.lumos("new", "tool", "demo/hello", code=2)
    assert [path.name for path in (shell.folder / "hello").iterdir()] == ["mine.txt"]


def test_functions_json_is_written_only_when_its_meaning_changes(tool: Shell) -> None:
    file = "src/demo_hello/functions.json"
    squeezed = json.dumps(json.loads(tool.read(file)), sort_keys=True)
    (tool.folder / file).write_text(squeezed)
    tool.lumos("build")
    assert tool.read(file) == squeezed
    replace(tool, "src/demo_hello/__init__.py", "Whom to greet;", "The person to greet;")
    changed = tool.lumos("build", "--json").json["functions_changed"]
    assert len(changed) == 1
    assert "description" in changed[0]
    assert "The person to greet" in tool.read(file)


def test_a_parameter_without_a_type_is_shown_with_file_and_line(tool: Shell) -> None:
    code = "src/demo_hello/__init__.py"
    replace(tool, code, 'name: str, language: Language = "en"', "name, *rest")
    ran = tool.lumos("build", "--json", code=1)
    line = next(
        number
        for number, text in enumerate(tool.read(code).splitlines(), 1)
        if text.startswith("def hello")
    )
    assert f"{code}:{line}" in ran.err
    rules = {finding["rule"] for finding in ran.json["findings"]}
    assert rules == {"schema/parameter-without-type", "schema/variadic-parameter"}


def test_a_wrong_manifest_is_shown_with_its_line(tool: Shell) -> None:
    replace(tool, "src/demo_hello/tool.toml", '"utility"', '"fun"')
    ran = tool.lumos("check", code=1)
    assert "manifest/unknown-category" in ran.err
    assert "src/demo_hello/tool.toml:4" in ran.err
    assert "fix  Use one of: web, file" in ran.err
    assert "/docs/rules/manifest/unknown-category" in ran.err


def test_an_import_error_names_the_line_that_fails(tool: Shell) -> None:
    replace(
        tool, "src/demo_hello/__init__.py", "from dataclasses", "import nowhere\nfrom dataclasses"
    )
    ran = tool.lumos("build", code=1)
    assert "No module named 'nowhere'" in ran.err
    assert "src/demo_hello/__init__.py:3" in ran.err


def test_what_a_backend_refuses_is_told_without_its_traceback(tool: Shell) -> None:
    replace(tool, "pyproject.toml", 'version = "0.1.0"', 'version = "abc"')
    ran = tool.lumos("build", code=1)
    assert [line.split()[0] for line in ran.err.splitlines()] == ["error", "why", "try"]
    assert "Invalid version `abc`" in ran.err


def test_the_backend_is_told_how_to_pack_what_it_left_out(tool: Shell) -> None:
    replace(tool, "pyproject.toml", "artifacts = ", "# artifacts = ")
    with (tool.folder / ".gitignore").open("a") as ignore:
        ignore.write("functions.json\n")
    ran = tool.lumos("build", code=1)
    assert "functions/missing" in ran.err
    assert "[tool.hatch.build.targets.wheel] artifacts" in ran.err


def test_a_breaking_change_with_a_patch_bump_is_shown_field_by_field(
    tool: Shell, registry: StaticRegistry
) -> None:
    registry.publish_wheel(Path(tool.lumos("build", "--json").json["wheel"]))
    replace(tool, "pyproject.toml", '"0.1.0"', '"0.1.1"')
    replace(tool, "src/demo_hello/__init__.py", ', "fr", "de"]', ', "fr"]')
    ran = tool.lumos("check", "--json", code=1)
    finding = next(each for each in ran.json["findings"] if each["blocking"])
    assert finding["rule"] == "compatibility/version-too-low"
    assert "0.2.0" in finding["message"]
    assert "hello.input.language" in ran.err
    replace(tool, "pyproject.toml", '"0.1.1"', '"0.2.0"')
    assert tool.lumos("check", "--json").json["ok"]


def test_the_same_version_with_other_contents_is_refused(
    tool: Shell, registry: StaticRegistry
) -> None:
    registry.publish_wheel(Path(tool.lumos("build", "--json").json["wheel"]))
    tool.lumos("check")
    replace(tool, "README.md", "Greets someone", "Welcomes someone")
    assert "is already published" in tool.lumos("check", code=1).err


def test_the_generator_sees_the_tools_own_environment(tool: Shell) -> None:
    replace(tool, "pyproject.toml", "dependencies = []", 'dependencies = ["helper>=1"]')
    replace(
        tool, "src/demo_hello/__init__.py", "from dataclasses", "import helper\nfrom dataclasses"
    )
    packages = tool.folder / ".venv" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "helper.py").write_text("")
    (tool.folder / ".venv" / "bin").mkdir()
    (tool.folder / ".venv" / "bin" / "python").write_text("")
    assert tool.lumos("build", "--json").json["functions"] == ["hello"]


PASSWORD = "Tr0ub4dor-kJ8s2hd7"


@pytest.mark.parametrize("command", ["build", "check"])
@pytest.mark.parametrize(
    "line",
    [
        f'PASSWORD = "{PASSWORD}"\nraise ValueError(PASSWORD)',
        f'raise ConnectionError("postgres://admin:{PASSWORD}@db/x")',
        f'PASSWORD = "{PASSWORD}" +',
    ],
)
def test_no_error_of_a_build_shows_a_secret(tool: Shell, line: str, command: str) -> None:
    module = tool.folder / "src" / "demo_hello" / "__init__.py"
    module.write_text(f"{module.read_text()}\n{line}\n")
    ended = tool.lumos(command, "--json", code=1)
    assert "Tr0ub4" not in ended.out + ended.err
    assert "8s2hd7" not in ended.out + ended.err


def test_the_manifests_lines_are_shown_without_its_secrets(tool: Shell) -> None:
    manifest = tool.folder / "src" / "demo_hello" / "tool.toml"
    extra = f'[settings.KEY]\nvalue = "{PASSWORD}"\npassword = "{PASSWORD}"\n'
    manifest.write_text(f"{manifest.read_text()}\n{extra}")
    for options in ([], ["--json"]):
        ended = tool.lumos("check", *options, code=1)
        assert "settings" in ended.out + ended.err
        assert "Tr0ub4" not in ended.out + ended.err


def test_the_password_of_a_registrys_address_is_never_printed(tool: Shell) -> None:
    address = f"http://user:{PASSWORD}@127.0.0.1:9"
    for code, arguments in (
        (0, ["check"]),
        (5, ["publish"]),
        (5, ["tools", "search", "x"]),
        (5, ["whoami"]),
        (5, ["tools", "info", "x"]),
    ):
        ended = tool.lumos(*arguments, code=code, LUMOS_REGISTRY=address, LUMOS_TOKEN="lmt_x1")
        assert "Tr0ub4" not in ended.out + ended.err
