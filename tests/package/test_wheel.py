"""A whole wheel: its parts agree, and everything wrong with it is told at once."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from lumos.package.wheel import Wheel, read_wheel
from tests.package.refusals import refusals, rules
from tests.package.wheels import MANIFEST, build_wheel, function_spec

DATA = Path(__file__).parent / "data"
PLAIN = MANIFEST.format(title="Hello", package="demo_hello", function="hello")


def wheel(tmp_path: Path, **changes: Any) -> Wheel:
    return read_wheel(build_wheel(tmp_path, **changes))


def refused(tmp_path: Path, **changes: Any) -> set[str]:
    return rules(read_wheel, build_wheel(tmp_path, **changes))


def test_a_sound_wheel_is_read_whole(tmp_path: Path) -> None:
    path = build_wheel(tmp_path, tool="acme/web-search", version="1.2.0-beta.1")
    found = read_wheel(path)
    assert (str(found.tool), str(found.version)) == ("acme/web-search", "1.2.0-beta.1")
    assert found.filename == "acme_web_search-1.2.0b1-py3-none-any.whl"
    assert found.tags == ("py3-none-any",) and found.is_pure
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.size == path.stat().st_size
    assert found.unpacked_bytes == sum(entry.size for entry in found.archive.entries)
    assert found.metadata.summary == "Greets people."
    assert found.metadata_bytes.startswith(b"Metadata-Version")
    assert list(found.manifest.functions) == [found.functions[0].name] == ["web_search"]
    assert "acme_web_search/tool.toml" in found.files
    assert found.findings == ()


def test_the_same_parts_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = build_wheel(tmp_path / "a"), build_wheel(tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


def test_the_name_may_be_given_apart_from_the_path(tmp_path: Path) -> None:
    path = build_wheel(tmp_path).rename(tmp_path / "upload.tmp")
    assert read_wheel(path, filename="demo_hello-1.0.0-py3-none-any.whl").filename.endswith(".whl")
    assert rules(read_wheel, path) == {"archive/filename"}


@pytest.mark.parametrize("backend", ["hatchling", "flit", "setuptools", "poetry", "pdm", "uv"])
def test_wheels_of_every_common_backend_are_accepted(backend: str) -> None:
    found = read_wheel(DATA / f"demo_{backend}-1.0.0-py3-none-any.whl")
    assert str(found.tool) == f"demo/{backend}"
    assert found.findings == ()
    assert found.metadata.license_expression == "MIT"


@pytest.mark.parametrize(
    ("filename", "rule"),
    [
        ("demo_hello-1.0.0.zip", "archive/filename"),
        ("demo_hello.whl", "archive/filename"),
        ("demo_hello-1.0.0-1-py3-none-any.whl", "archive/build-number"),
        ("demo_hello-1.0.0-py2-none-any.whl", "archive/python-tag"),
        ("demo_hello-1.0-py3-none-any.whl", "archive/dist-info"),
        ("demo_hello-1.0.1-py3-none-any.whl", "archive/dist-info"),
        ("demo_other-1.0.0-py3-none-any.whl", "archive/dist-info"),
        ("demo_hello-1.00.0-py3-none-any.whl", "archive/filename"),
        ("demo_hello-1.0.0-py3-none-linux_x86_64.whl", "archive/tags"),
        ("demo_hello-1.0.0-py2.py3-none-any.whl", "archive/tags"),
        ("demo_hello-1.0.0-py3-none-any.any.whl", "archive/filename"),
        ("demo hello-1.0.0-py3-none-any.whl", "archive/filename"),
        ("../demo_hello-1.0.0-py3-none-any.whl", "archive/filename"),
        ("demo/hello-1.0.0-py3-none-any.whl", "archive/filename"),
    ],
)
def test_the_file_name_is_what_the_wheel_says(filename: str, rule: str, tmp_path: Path) -> None:
    assert rules(read_wheel, build_wheel(tmp_path), filename=filename) == {rule}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"metadata": {"Name": "demo-other"}}, "archive/name-mismatch"),
        ({"metadata": {"Version": "1.0.1"}}, "archive/name-mismatch"),
        ({"metadata": {"Version": "1.0"}}, "metadata/version"),
        ({"wheel_file": "Wheel-Version: 2.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
         "archive/wheel-version"),
        ({"wheel_file": "Wheel-Version: 1.0\nTag: py3-none-any\n"}, "archive/wheel-version"),
        ({"wheel_file": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py2-none-any\n"},
         "archive/tags"),
        ({"wheel_file": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\nBuild: 1\n"},
         "archive/build-number"),
        ({"remove": ["{dist_info}/METADATA"]}, "archive/layout"),
        ({"remove": ["{dist_info}/WHEEL"]}, "archive/layout"),
        ({"remove": ["{package}/__init__.py"]}, "archive/import-package"),
        ({"record": ""}, "archive/record-missing"),
        ({"record": b"\xff"}, "archive/record-form"),
        ({"tool": "acme/cli"}, "name/invalid"),
        ({"tool": "acme/search"}, "name/invalid"),
        ({"tool": "google/auth"}, "name/popular"),
        ({"tool": "scikit/learn"}, "name/popular"),
        ({"tool": "lumos/" + "x" * 65}, "name/invalid"),
        ({"files": {"{package}/tool.toml": b"\xff"}}, "manifest/not-utf8"),
        ({"files": {"{package}/functions.json": b"\xff"}}, "functions/not-utf8"),
        ({"manifest": "schema = 2"}, "manifest/schema-version"),
        ({"functions": []}, "functions/count"),
        ({"functions": [function_spec("other")]}, "manifest/functions-differ"),
        ({"functions": [function_spec(), function_spec("more")]}, "manifest/functions-differ"),
        ({"functions": [function_spec(hints={"read_only": False})]}, "manifest/hints-differ"),
        ({"functions": [function_spec(hints={})]}, "manifest/hints-differ"),
        ({"code": "def other(): ..."}, "manifest/entry-missing"),
        ({"manifest": PLAIN.replace('"demo_hello:hello"', '"demo_hello.sub:hello"')},
         "manifest/entry-missing"),
        ({"manifest": PLAIN.replace('"Ada"', "7")}, "example/input"),
        ({"manifest": PLAIN.replace('name = "Ada"', 'nam = "Ada"')}, "example/input"),
        ({"manifest": PLAIN.replace('text = "Hello Ada"', "text = 7")}, "example/output"),
        ({"manifest": PLAIN.replace('{ text = "Hello Ada" }', '"Hello Ada"')}, "example/output"),
        ({"manifest": PLAIN.replace("output =", "output_schema =")
          .replace('text = "Hello Ada"', 'type = "text"')}, "example/output-schema"),
        ({"manifest": PLAIN + 'files = ["none.txt"]\n'}, "example/file-missing"),
        ({"manifest": PLAIN.replace('"Ada"', '"{http}"') + 'http = "no.json"\n'},
         "example/recording-missing"),
    ],
)  # fmt: skip
def test_parts_that_do_not_agree_are_refused(
    changes: dict[str, Any], rule: str, tmp_path: Path
) -> None:
    assert rule in refused(tmp_path, **changes)


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        metadata={"Summary": None, "License-Expression": "Nope"},
        manifest=PLAIN.replace('"utility"', '"useful"'),
        functions=[function_spec(input_schema={})],
        files={"{package}/data.bin": b"\x7fELF"},
        record="",
    )
    assert found == {
        "metadata/summary",
        "metadata/license",
        "manifest/unknown-category",
        "schema/object-root",
        "archive/native-code",
        "archive/record-missing",
    }


def test_findings_name_files_as_the_wheel_does(tmp_path: Path) -> None:
    path = build_wheel(tmp_path, metadata={"Summary": None}, manifest="schema = 1")
    files = {finding.file for finding in refusals(read_wheel, path)}
    assert files == {"demo_hello-1.0.0.dist-info/METADATA", "demo_hello/tool.toml"}


def test_remarks_come_with_the_wheel(tmp_path: Path) -> None:
    found = wheel(tmp_path, readme="", tool="django/hello")
    assert {finding.rule for finding in found.findings} == {
        "metadata/readme-missing",
        "name/reserved-namespace",
    }


@pytest.mark.parametrize(
    ("generator", "setting"),
    [
        ("hatchling 1.27.0", "[tool.hatch.build.targets.wheel]"),
        ("setuptools (84.2.1)", "[tool.setuptools.package-data]"),
        ("bdist_wheel (0.43.0)", "[tool.setuptools.package-data]"),
        ("poetry-core 2.5.0", "[tool.poetry] include"),
        ("flit 4.2.0", "flit_core"),
        ("pdm-backend (2.5.0)", "[tool.pdm.build]"),
        ("uv 0.13.6", "[tool.uv.build-backend]"),
        ("maturin (1.0)", "your build backend"),
    ],
)
@pytest.mark.parametrize("name", ["manifest", "functions"])
def test_a_missing_file_is_answered_with_the_backends_setting(
    name: str, generator: str, setting: str, tmp_path: Path
) -> None:
    missing: dict[str, Any] = {name: False}
    path = build_wheel(tmp_path, generator=generator, **missing)
    (finding,) = refusals(read_wheel, path)
    assert finding.rule == f"{name}/missing"
    assert setting in finding.fix
    assert ("lumos build" in finding.fix) == (name == "functions")


def test_one_setting_packs_both_files_of_a_tool(tmp_path: Path) -> None:
    path = build_wheel(tmp_path, generator="setuptools (84.2.1)", manifest=False, functions=False)
    fixes = {finding.fix.rpartition("set ")[2] for finding in refusals(read_wheel, path)}
    assert len(fixes) == 1
    assert '["tool.toml", "functions.json"]' in fixes.pop()


@pytest.mark.parametrize(
    "code",
    [
        "async def hello(name: str) -> str: ...",
        "from demo_hello.parts import hello",
        "from demo_hello.parts import other as hello",
        "from demo_hello.parts import *",
        "hello = print",
        "try:\n    from .parts import hello\nexcept ImportError:\n    hello = None",
        "def __getattr__(name): ...",
        "def broken(:",
    ],
)
def test_the_entry_may_be_bound_in_any_way(code: str, tmp_path: Path) -> None:
    assert refused(tmp_path, code=code, files={"{package}/parts.py": ""}) == set()


def test_the_entry_may_be_native_in_a_platform_wheel(tmp_path: Path) -> None:
    manifest = PLAIN.replace('"demo_hello:hello"', '"demo_hello.fast:hello"')
    files = {"{package}/fast.cpython-311-x86_64-linux-gnu.so": b"\x7fELF" + bytes(60)}
    tag = "cp311-cp311-linux_x86_64"
    assert refused(tmp_path, manifest=manifest, files=files, tag=tag) == set()


def test_an_output_is_the_value_before_wrapping(tmp_path: Path) -> None:
    wrapped = function_spec(
        output_schema={
            "type": "object",
            "properties": {"result": {"type": "array", "items": {"type": "string"}}},
            "required": ["result"],
        },
        wrapped=True,
    )
    value = PLAIN.replace('{ text = "Hello Ada" }', '["Hello Ada"]')
    assert refused(tmp_path, manifest=value, functions=[wrapped]) == set()
    whole = PLAIN.replace('{ text = "Hello Ada" }', '{ result = ["Hello Ada"] }')
    assert refused(tmp_path, manifest=whole, functions=[wrapped]) == {"example/output"}


def test_a_recording_is_read_and_the_base_url_fits_the_schema(tmp_path: Path) -> None:
    manifest = PLAIN.replace('"Ada"', '"{http}/ada"') + 'http = "ada.http.json"\n'
    pair = {"request": {"method": "GET", "path": "/ada"}, "response": {"status": 200}}
    files = {"{package}/ada.http.json": json.dumps([pair])}
    assert refused(tmp_path, manifest=manifest, files=files) == set()
    files = {"{package}/ada.http.json": json.dumps([{"request": {}}])}
    assert refused(tmp_path, manifest=manifest, files=files) == {"example/recording"}


def test_a_wheel_for_several_pythons_is_one_wheel(tmp_path: Path) -> None:
    found = wheel(tmp_path, tag="py2.py3-none-any")
    assert found.tags == ("py2-none-any", "py3-none-any") and found.is_pure


def test_a_missing_file_on_disk_is_an_ordinary_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_wheel(tmp_path / "demo_hello-1.0.0-py3-none-any.whl")
