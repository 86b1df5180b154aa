"""The marketplace's own trials of a tool, from the upload to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from publishing.checks.trying import seed_of
from publishing.models import Publication
from tests.package.wheels import build_wheel, function_spec
from tests.support import Person, assert_ok
from tests.support.jobs import live, submit

HEAD = '"""Counts."""\n\n'

FUNCTION = '''def {name}(text: str) -> int:
    """Count something.

    Args:
        text: What to look at.{raises}
    """
    {body}


'''

MANIFEST = """schema = 1
title = "Count"
category = "utility"
permissions = [{permissions}]
"""

ENTRY = """
[functions.{name}]
entry = "demo_count:{name}"

[[functions.{name}.examples]]
title = "Three letters"
input = {{ text = "Ada" }}
output = 3
"""

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

pytestmark = pytest.mark.sandbox


def _spec(name: str) -> dict[str, Any]:
    text = {"type": "string", "title": "Text", "description": "What to look at."}
    result = {"type": "integer", "title": "Result"}
    return function_spec(
        name,
        description="Count something.",
        input_schema={
            "type": "object",
            "title": f"{name}Arguments",
            "properties": {"text": text},
            "required": ["text"],
        },
        output_schema={
            "type": "object",
            "title": f"{name}Output",
            "properties": {"result": result},
            "required": ["result"],
        },
        hints={},
        wrapped=True,
    )


def _wheel(
    folder: Path,
    bodies: Mapping[str, str],
    *,
    imports: str = "",
    raises: Mapping[str, str] | None = None,
    permissions: Sequence[str] = (),
    code: str = "",
) -> Path:
    """A tool whose functions count letters, but for what their ``bodies`` do before."""
    code = HEAD + code + "".join(f"import {name}\n" for name in imports.split()) + "\n\n"
    manifest = MANIFEST.format(permissions=", ".join(f'"{name}"' for name in permissions))
    for name, body in bodies.items():
        named = (raises or {}).get(name)
        section = f"\n\n    Raises:\n        {named}: It happens." if named else ""
        lines = "\n    ".join([*body.splitlines(), "return len(text)"])
        code += FUNCTION.format(name=name, raises=section, body=lines)
        manifest += ENTRY.format(name=name)
    specs = [_spec(name) for name in bodies]
    return build_wheel(folder, tool="demo/count", code=code, manifest=manifest, functions=specs)


def _published(alice: Person, wheel: Path) -> dict[str, Any]:
    """The release's document, after the worker checked the wheel."""
    live(alice, wheel)
    answer = alice.get("/api/v1/tools/demo/count/releases/1.0.0")
    assert_ok(answer)
    return answer.json()


def _trials(release: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the first Python's trials showed, by function."""
    rows = {row["function"]: row for row in release["quality"]["trials"][0]["functions"]}
    for row in rows.values():
        counts = (row[key] for key in ("accepted", "refused", "blocked", "failed"))
        assert row["tried"] == sum(counts)
    return rows


def _factor(release: Mapping[str, Any]) -> dict[str, Any]:
    factors = release["quality"]["scores"]["compatibility"]["factors"]
    return next(factor for factor in factors if factor["key"] == "trials")


def test_a_tool_that_takes_every_text_earns_the_points(alice: Person, tmp_path: Path) -> None:
    release = _published(alice, _wheel(tmp_path, {"count": ""}))
    row = _trials(release)["count"]
    assert row["tried"] == row["accepted"] >= 30
    assert not row["failures"] and not row["not_measured"]
    assert _factor(release)["earned"] == _factor(release)["weight"]
    others = [report["functions"][0]["tried"] for report in release["quality"]["trials"][1:]]
    assert others == [10] * len(others)


def test_a_tool_that_breaks_for_most_inputs_loses_and_the_smallest_is_shown(
    alice: Person, tmp_path: Path
) -> None:
    wheel = _wheel(tmp_path, {"count": "if len(text) != 3:\n    return {}[text]"})
    release = _published(alice, wheel)
    row, factor = _trials(release)["count"], _factor(release)
    assert row["failed"] > row["accepted"]
    [failure] = row["failures"]
    assert failure["input"] == {"text": ""}
    assert (failure["kind"], failure["count"]) == ("error", row["failed"])
    assert failure["error"] == "It raised KeyError: ''"
    assert factor["earned"] < factor["weight"] / 2
    assert 'count({"text": ""}): It raised KeyError' in factor["improve"]
    assert release["quality"]["scores"]["compatibility"]["value"] < 90
    seed = release["quality"]["trials"][0]["seed"]
    browser = Client()
    browser.force_login(Publication.objects.get().uploader, backend=BACKEND)
    for address in (f"{release['url']}quality/", Publication.objects.get().get_absolute_url()):
        page = browser.get(address).content.decode()
        assert "It raised KeyError: &#x27;&#x27;" in page
        assert seed in page


FAILING = {
    "crash": "os._exit(1) if len(text) > 3 else None",
    "crash_segfault": "os.kill(os.getpid(), 11) if len(text) > 3 else None",
    "crash_killed": "os.kill(os.getpid(), 9) if len(text) > 3 else None",
    "error_exit": "sys.exit(2) if len(text) > 3 else None",
    "result": "if len(text) > 3: return text",
    "result_not_json": "if len(text) > 3: return {1, object()}",
    "limit": "if len(text) > 3: return 'x' * 3_000_000",
    "error": "1 // text.isascii()",
    "error_documented_by_all": "if len(text) > 3: return {}[text]",
}


def test_every_way_to_fail_is_told_and_never_rejects(alice: Person, tmp_path: Path) -> None:
    named = {"error_documented_by_all": "Exception"}
    wheel = _wheel(
        tmp_path, FAILING, imports="os sys", raises=named, permissions=["system-command"]
    )
    release = _published(alice, wheel)
    rows = _trials(release)
    kinds = {name: [failure["kind"] for failure in row["failures"]] for name, row in rows.items()}
    assert kinds == {name: [name.partition("_")[0]] for name in FAILING}
    assert _factor(release)["earned"] < _factor(release)["weight"]


def test_a_tool_that_hangs_loses_after_three_inputs(alice: Person, tmp_path: Path) -> None:
    wheel = _wheel(tmp_path, {"count": "while len(text) > 3:\n    pass"})
    release = _published(alice, wheel)
    row = _trials(release)["count"]
    assert (row["failed"], row["failures"][0]["kind"]) == (3, "hang")
    assert "without an answer" in row["limits"]
    assert not row["not_measured"]
    assert _factor(release)["earned"] < _factor(release)["weight"]


REFUSING = {
    "by_value": ('raise ValueError("long")', ""),
    "by_type": ('raise TypeError("long")', ""),
    "by_subclass": ('text.encode().decode("utf-16")', ""),  # a UnicodeDecodeError
    "documented": ('raise LookupError("long")', "LookupError"),
    "documented_base": ('raise KeyError("long")', "LookupError"),
    "documented_with_module": ('raise asyncio.QueueFull("long")', "asyncio.QueueFull"),
}


def test_a_refused_input_is_shown_and_neither_earns_nor_loses(
    alice: Person, tmp_path: Path
) -> None:
    bodies = {name: f"if len(text) > 4:\n    {body}" for name, (body, _) in REFUSING.items()}
    raises = {name: named for name, (_, named) in REFUSING.items()}
    release = _published(alice, _wheel(tmp_path, bodies, imports="asyncio", raises=raises))
    for row in _trials(release).values():
        assert row["refused"] > 0 and row["failed"] == 0, row
    reports = release["quality"]["trials"]
    refused = sum(row["refused"] for report in reports for row in report["functions"])
    assert f"refused {refused}, failed 0" in _factor(release)["evidence"]
    assert _factor(release)["earned"] == _factor(release)["weight"]


ASKING = """
import http.client


class Unavailable(Exception):
    pass


def get(address: str) -> int:
    connection = http.client.HTTPConnection("a.example", timeout=5)
    connection.request("GET", "/")
    return connection.getresponse().status


"""


def test_what_could_not_be_tried_is_said_and_not_measured(alice: Person, tmp_path: Path) -> None:
    bodies = {
        "refusing": 'if text != "Ada":\n    raise ValueError("only Ada")',
        "reading": 'if text != "Ada":\n    open(text).close()',
        "asking": 'if text != "Ada":\n    raise Unavailable(get("http://a.example"))',
    }
    needed = ["file-read", "network:a.example"]
    wheel = _wheel(tmp_path, bodies, permissions=needed, code=ASKING)
    release = _published(alice, wheel)
    rows = _trials(release)
    assert all("10 are needed" in row["not_measured"] for row in rows.values())
    assert rows["reading"]["blocked"] > 10 and rows["asking"]["blocked"] > 10
    assert "sandbox does not have" in rows["asking"]["limits"]
    assert not any(row["failures"] for row in rows.values())
    assert _factor(release)["earned"] is None


def test_the_same_bytes_give_the_same_trials_and_the_seed_is_published(
    alice: Person, tmp_path: Path, settings: Any
) -> None:
    wheel = _wheel(tmp_path, {"count": "if len(text) > 3:\n    return {}[text]"})
    ended = [submit(alice, wheel, dry_run="true") for _ in range(2)]
    assert [item["state"] for item in ended] == ["passed", "passed"]
    first, second = ([{**report, "seconds": 0} for report in item["trials"]] for item in ended)
    assert first == second
    sha256 = ended[0]["sha256"]
    assert first[0]["seed"] == seed_of(sha256)
    assert seed_of(sha256) != seed_of("0" * 64)
    settings.SECRET_KEY = "another marketplace"
    assert seed_of(sha256) != first[0]["seed"]


def test_a_tool_that_fails_its_example_is_not_tried(alice: Person, tmp_path: Path) -> None:
    ended = submit(alice, _wheel(tmp_path, {"count": "return 4"}))
    assert ended["state"] == "rejected"
    assert ended["trials"] == []
