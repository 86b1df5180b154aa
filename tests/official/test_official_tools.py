"""Every official tool: its wheel, its functions.json, its examples. Its own tests: tests/run.py."""

import json
import sys
import tomllib

import pytest
from jsonschema import Draft202012Validator

from lumos.package.functions import dump_functions, parse_functions
from lumos.package.manifest.reader import MISSING
from lumos.package.schema.providers import provider_issues
from lumos.package.wheel import read_wheel
from lumos.runtime import describe as describing
from tests.official.tools import PROJECTS, ROOT, Project

TOOLS = {
    "calculator",
    "csv-parser",
    "datetime",
    "excel-reader",
    "file-reader",
    "hash-generator",
    "http-request",
    "json-api",
    "json-parser",
    "statistics",
    "url-validator",
    "uuid-generator",
}

each_project = pytest.mark.parametrize(
    "project", PROJECTS, ids=[project.name for project in PROJECTS]
)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """The wheel of each tool, built once."""
    built = {}

    def build(project: Project):
        if project.name not in built:
            target = tmp_path_factory.mktemp(project.name)
            arguments = ["-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
            ran = project.python(arguments, cwd=project.folder)
            assert ran.returncode == 0, ran.stderr
            (built[project.name],) = target.glob("*.whl")
        return built[project.name]

    return build


def test_the_twelve_tools_are_here():
    assert {project.name for project in PROJECTS} == TOOLS


@each_project
def test_its_wheel_is_a_tool(project, wheels):
    wheel = read_wheel(wheels(project))
    assert str(wheel.tool) == f"lumos/{project.name}"
    assert str(wheel.version) == "1.0.0"
    assert wheel.is_pure
    assert wheel.metadata.license_expression == "Apache-2.0"
    assert f"{project.import_package}/CHANGELOG.md" in wheel.files
    assert wheel.manifest == project.manifest()


@each_project
def test_functions_json_is_what_the_code_says(project, monkeypatch):
    for path in project.paths:
        monkeypatch.syspath_prepend(str(path))
    functions = project.manifest().functions
    described = describing.describe(
        {name: entry.entry for name, entry in functions.items()},
        {name: entry.hints for name, entry in functions.items()},
    )
    document = {"schema": 1, "generator": describing.generator(), "functions": described}
    expected = dump_functions(parse_functions(json.dumps(document)))
    assert (project.package / "functions.json").read_text() == expected


@each_project
def test_every_parameter_and_function_is_described(project):
    for spec in parse_functions((project.package / "functions.json").read_text()):
        assert spec.name == project.name.replace("-", "_")
        assert len(spec.description) > 40
        for name, schema in spec.input_schema["properties"].items():
            assert len(schema["description"]) > 20, name
        assert [issue for issue in provider_issues(spec) if issue.severity.rank > 1] == []


@each_project
def test_its_examples_cover_what_it_does(project):
    for entry in project.manifest().functions.values():
        offline = [example for example in entry.examples if example.offline]
        assert len(offline) >= 3
        assert all(
            example.output is not MISSING or example.output_schema is not None
            for example in offline
        )
        assert None not in (
            entry.read_only,
            entry.destructive,
            entry.idempotent,
            entry.open_world,
        )
        for example in offline:
            for file in (*example.files, *filter(None, [example.http])):
                assert (project.package / file).is_file()


CALL = """
import json, sys
sys.path.insert(0, sys.argv[1])
from runner.protocol import load
for line in sys.stdin:
    request = json.loads(line)
    function, signature = load(request["entry"])
    value = function(**signature.arguments(request["arguments"]))
    print(json.dumps(signature.result(value)))
"""


def call(project, requests, folder):
    """The results of calls (entry and arguments) of one tool, as the runner gives them."""
    lines = "".join(
        json.dumps({"entry": entry, "arguments": arguments}) + "\n" for entry, arguments in requests
    )
    ran = project.python(["-c", CALL, str(ROOT / "lumos/runtime")], cwd=folder, text=lines)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


@each_project
def test_its_examples_without_a_server_return_what_they_promise(project, tmp_path):
    examples = [
        (entry.entry, example)
        for entry in project.manifest().functions.values()
        for example in entry.examples
        if example.offline and not example.http
    ]
    for _, example in examples:
        for file in example.files:
            target = tmp_path / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((project.package / file).read_bytes())
    values = call(project, [(entry, example.input) for entry, example in examples], tmp_path)
    for value, (_, example) in zip(values, examples, strict=True):
        check_value(value, example)


def check_value(value, example):
    if example.output is not MISSING:
        assert value == example.output
    if example.output_schema is not None:
        Draft202012Validator(example.output_schema).validate(value)


@each_project
def test_its_import_brings_no_more_than_it_declares(project):
    allowed = {
        "excel-reader": {"openpyxl", "et_xmlfile"},
        "json-api": {"lumos_http_request"},
    }
    code = (
        f"import sys; before = set(sys.modules); import {project.import_package}; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    ran = project.python(["-c", code], cwd=project.folder)
    loaded = set(ran.stdout.split()) - set(sys.stdlib_module_names) - {project.import_package}
    assert loaded <= allowed.get(project.name, set())


@each_project
def test_it_carries_no_comment_on_bandit_or_types_that_hides_something(project):
    for file in project.package.rglob("*.py"):
        assert "nosec" not in file.read_text()


def test_json_api_depends_on_http_request():
    table = tomllib.loads((ROOT / "official_tools/json-api/pyproject.toml").read_text())
    assert table["project"]["dependencies"] == ["lumos-http-request>=1.0,<2"]


def test_the_line_of_the_issue_keeps_the_quoted_field_whole(tmp_path):
    arguments = json.loads('{"csv_data": "a,b\\n1,\\"x,y\\""}')
    requests = [("lumos_csv_parser:csv_parser", arguments)]
    (table,) = call(Project("csv-parser"), requests, tmp_path)
    assert table["rows"] == [{"a": "1", "b": "x,y"}]
