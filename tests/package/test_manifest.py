"""tool.toml: what is read, and what is refused at which line."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from lumos.package.manifest.examples import MISSING, fill_http
from lumos.package.manifest.reader import CATEGORIES, Manifest, Permission, parse_manifest
from tests.package.refusals import refusals

PACKAGE = "acme_web_search"
WHOLE = """\
schema = 1
title = "Web search"
category = "web"
permissions = ["network:api.example.org", "environment:SEARCH_API_KEY"]

[settings.SEARCH_API_KEY]
description = "Key of the search service"
required = true
secret = true

[functions.search]
entry = "acme_web_search:search"
read_only = true

[[functions.search.examples]]
title = "Two results"
input = { query = "lumos", base = "{http}/find", limit = 2 }
output = { results = [] }
files = ["examples/page.html"]
http = "examples/search.http.json"

[[functions.search.examples]]
title = "Live"
input = { query = "lumos" }
output_schema = { type = "object" }
offline = false

[functions.fetch]
entry = "acme_web_search.pages:fetch"
destructive = false
"""


def read(text: str = WHOLE) -> Manifest:
    return parse_manifest(text, import_package=PACKAGE)


def refused(old: str, new: str) -> list[tuple[str, int | None]]:
    """The rules and lines that refuse the whole manifest with ``old`` replaced by ``new``."""
    assert old in WHOLE
    found = refusals(read, WHOLE.replace(old, new, 1))
    assert all(finding.file == f"{PACKAGE}/tool.toml" for finding in found)
    return [(finding.rule, finding.line) for finding in found]


def test_everything_is_read() -> None:
    manifest = read()
    assert (manifest.schema, manifest.title, manifest.category) == (1, "Web search", "web")
    assert manifest.permissions[0] == Permission("network", "api.example.org")
    setting = manifest.settings["SEARCH_API_KEY"]
    assert setting.required and setting.secret and setting.description
    search, fetch = manifest.functions.values()
    assert (search.name, search.module, search.attribute) == ("search", PACKAGE, "search")
    assert search.hints == {"read_only": True}
    assert fetch.hints == {"destructive": False}
    first, second = search.examples
    assert first.output == {"results": []} and first.offline
    assert first.files == ("examples/page.html",)
    assert second.output is MISSING and second.output_schema == {"type": "object"}
    assert not second.offline


def test_a_function_may_promise_the_same_output_for_the_same_input() -> None:
    manifest = read(WHOLE.replace("read_only = true", "read_only = true\ndeterministic = true"))
    search, fetch = manifest.functions.values()
    assert search.hints == {"read_only": True, "deterministic": True}
    assert (search.deterministic, fetch.deterministic) == (True, None)


def test_an_example_may_ask_for_exact_numbers() -> None:
    first, second = (
        read(WHOLE.replace("output = {", "exact = true\noutput = {")).functions["search"].examples
    )
    assert (first.exact, second.exact) == (True, False)


def test_a_manifest_may_be_short() -> None:
    manifest = read(
        'schema = 1\ntitle = "T"\ncategory = "math"\n[functions.add]\n'
        'entry = "acme_web_search:add"\n[[functions.add.examples]]\ntitle = "One"\n'
    )
    assert manifest.permissions == () and manifest.settings == {}
    assert manifest.functions["add"].examples[0].input == {}


def test_the_categories_are_those_of_the_vocabulary() -> None:
    named = "web file data ai system math crypto database api utility custom"
    assert " ".join(CATEGORIES) == named


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("schema = 1", "schema = 2", "manifest/schema-version", 1),
        ("schema = 1", "schema = true", "manifest/wrong-type", 1),
        ("schema = 1\n", "", "manifest/missing-key", None),
        ('title = "Web search"\n', "", "manifest/missing-key", None),
        ('"Web search"', '""', "manifest/text-length", 2),
        ('"Web search"', '"' + "x" * 81 + '"', "manifest/text-length", 2),
        ('"Web search"', '"Web\\u202esearch"', "hidden-text/manifest", 2),
        ('"Web search"', '"Web\\u200bsearch"', "hidden-text/manifest", 2),
        ('"Web search"', '"Web\\nsearch"', "hidden-text/manifest", 2),
        ('"Web search"', '"Web\\U000e0041"', "hidden-text/manifest", 2),
        ('"Web search"', '"Web \\u001b[31m"', "hidden-text/manifest", 2),
        ('"Web search"', "7", "manifest/wrong-type", 2),
        ('"web"', '"internet"', "manifest/unknown-category", 3),
        ("category =", "categorie =", "manifest/unknown-key", 3),
        ("category =", 'version = "1.0.0"\ncategory =', "manifest/unknown-key", 3),
        ('"environment:SEARCH', '"environ:SEARCH', "manifest/unknown-permission", 4),
        ('"environment:SEARCH_API_KEY"', "1", "manifest/wrong-type", 4),
        (
            '"environment:SEARCH_API_KEY"',
            '"network:api.example.org"',
            "manifest/duplicate-permission",
            4,
        ),
        ("[settings.SEARCH_API_KEY]", '[settings."A B"]', "manifest/setting-name", 6),
        ("secret = true", 'value = "hunter2"', "manifest/unknown-key", 9),
        ("secret = true", 'secret = "yes"', "manifest/wrong-type", 9),
        ('"acme_web_search:search"', '"other:search"', "manifest/entry", 12),
        ('"acme_web_search:search"', '"acme_web_search.search"', "manifest/entry", 12),
        ('"acme_web_search:search"', '"acme_web_search:a.b"', "manifest/entry", 12),
        ('"acme_web_search:search"', '"acme_web_searchx:a"', "manifest/entry", 12),
        ("read_only = true", "readonly = true", "manifest/unknown-key", 13),
        ("read_only = true", 'read_only = "yes"', "manifest/wrong-type", 13),
        (
            "read_only = true",
            "read_only = true\ndestructive = true",
            "manifest/hints-contradict",
            14,
        ),
        ("read_only = true", 'deterministic = "yes"', "manifest/wrong-type", 13),
        ("offline = false", "exact = 1", "manifest/wrong-type", 26),
        ("[functions.fetch]", '[functions."fetch-it"]', "manifest/function-name", 28),
        ("[functions.fetch]", "[functions.Fetch]", "manifest/function-name", 28),
        ('title = "Live"', 'title = "Two results"', "manifest/examples", 15),
        ('title = "Live"\n', "", "manifest/missing-key", 22),
        ("output = { results", "outputs = { results", "manifest/unknown-key", 18),
        ("limit = 2 }", "limit = nan }", "manifest/not-json", 17),
        ("limit = 2 }", "limit = 1979-05-27 }", "manifest/not-json", 17),
        ("output = { results = [] }", "output = 07:32:00", "manifest/not-json", 18),
        ('"examples/page.html"', '"../page.html"', "manifest/example-path", 19),
        ('"examples/page.html"', '"/etc/passwd"', "manifest/example-path", 19),
        ('"examples/page.html"', '"a\\\\b"', "manifest/example-path", 19),
        ('"examples/page.html"', '"a", "a"', "manifest/example-files", 19),
        ('"examples/search.http', '"C:/search.http', "manifest/example-path", 20),
        ('http = "examples/search.http.json"\n', "", "manifest/example-http", 17),
        ('base = "{http}/find"', 'base = "x"', "manifest/example-http", 20),
        ("offline = false", "output = 1", "manifest/example-output", 25),
        ("[functions.search]", "[functions]", "manifest/wrong-type", 12),
    ],
)
def test_mistakes_are_refused_at_their_line(
    old: str, new: str, rule: str, line: int | None
) -> None:
    assert (rule, line) in refused(old, new)


@pytest.mark.parametrize(
    "text",
    [
        "schema = ",
        "schema = 1\nschema = 1",
        "a = [" * 5000,
        "a = " + "1" * 5000,
        "\x00",
        "a = 1\r\rb = 2",
        "x = 1\n" * 100_000,
    ],
)
def test_what_is_no_toml_is_refused(text: str) -> None:
    (finding,) = refusals(read, text)
    assert finding.rule in ("manifest/not-toml", "manifest/too-large")


def test_syntax_errors_have_a_line() -> None:
    (finding,) = refusals(read, WHOLE.replace("read_only = true", "read_only = yes"))
    assert (finding.rule, finding.line) == ("manifest/not-toml", 13)


def test_a_mistake_is_shown_with_the_lines_around_it() -> None:
    (finding,) = refusals(read, WHOLE.replace('category = "web"', 'category = "searching"'))
    assert finding.evidence["first_line"] == 1
    assert finding.evidence["source"].splitlines()[2] == 'category = "searching"'
    (finding,) = refusals(read, "schema = 1\ntitle = Web search\n")
    assert finding.evidence["source"] == "schema = 1\ntitle = Web search"


def test_an_unknown_key_is_answered_with_the_nearest() -> None:
    (finding,) = refusals(read, WHOLE.replace("read_only", "readonly"))
    assert finding.fix == 'Write "read_only".'


def test_a_copied_field_of_the_metadata_is_sent_where_it_belongs() -> None:
    (finding,) = refusals(read, 'license = "MIT"\n' + WHOLE)
    assert "pyproject.toml" in finding.fix


def test_every_mistake_is_told_at_once() -> None:
    text = (
        WHOLE.replace('"web"', '"x"').replace('"Web search"', "1").replace("secret =", "sekret =")
    )
    assert len(refusals(read, text)) == 3


def test_a_tool_without_functions_is_refused() -> None:
    text = WHOLE[: WHOLE.index("[functions.search]")]
    assert {finding.rule for finding in refusals(read, text)} == {"manifest/missing-key"}
    found = refusals(read, text + "[functions]\n")
    assert {finding.rule for finding in found} == {"manifest/function-count"}


def test_lines_are_found_behind_strings_comments_and_arrays() -> None:
    text = (
        '# title = "not this"\n'
        'title = """\n[functions.x]\n\\"""\n"""\n'
        "permissions = [ # [a]\n  'x#y',\n]\nschema = 1\ncategory = 'nope'\n"
    )
    lines = {finding.rule: finding.line for finding in refusals(read, text)}
    assert lines["manifest/unknown-category"] == 10
    assert lines["manifest/unknown-permission"] == 6
    assert lines["hidden-text/manifest"] == 2


@pytest.mark.parametrize("value", ["{http}/a", {"x": ["{http}"]}])
def test_the_base_url_takes_the_place_of_http(value: Any) -> None:
    filled = fill_http(copy.deepcopy(value), "http://127.0.0.1:9")
    assert filled in ("http://127.0.0.1:9/a", {"x": ["http://127.0.0.1:9"]})


def test_missing_is_one_thing_even_after_a_copy() -> None:
    assert copy.deepcopy(MISSING) is MISSING
    assert pickle.loads(pickle.dumps(MISSING)) is MISSING
    assert not MISSING
