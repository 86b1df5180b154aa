"""A release is tested on every Python of the worker that it says it runs on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from catalog.models import Release
from sandbox import interpreter, interpreters
from tests.package.wheels import CODE, build_wheel
from tests.support import Person, assert_ok
from tests.support.jobs import run_jobs

pytestmark = pytest.mark.sandbox

OWN = interpreter().minor
OTHERS = [python for python in interpreters() if python.minor != OWN]
needs_another = pytest.mark.skipif(not OTHERS, reason="needs a second Python beside this one")
ELSEWHERE = f">=3.11,!={OWN}.*"
#: A tool that does what its example promises on the tests' own Python alone.
PICKY = "import sys\n" + CODE.format(function="hello").replace(
    "return Greeting(", f'return Greeting("" if "%d.%d" % sys.version_info[:2] != "{OWN}" else '
)


@pytest.fixture(autouse=True)
def _every_python(settings: Any) -> None:
    settings.SANDBOX_PYTHONS = []


def _ended(alice: Person, wheel: Path) -> dict[str, Any]:
    begun = assert_ok(alice.publish(wheel), 202)
    run_jobs()
    return alice.publication(begun)


def _testing(publication: dict[str, Any]) -> dict[str, Any]:
    return next(step for step in publication["steps"] if step["name"] == "testing")


def _factor(release: Release, score: str, key: str) -> dict[str, Any]:
    factors = release.quality.report["scores"][score]["factors"]
    return next(factor for factor in factors if factor["key"] == key)


@needs_another
def test_all_that_it_claims_are_run_and_shown(alice: Person, tmp_path: Path) -> None:
    ended = _ended(alice, build_wheel(tmp_path))
    assert ended["state"] == "published", ended
    known = [OWN, *(python.minor for python in OTHERS)]
    assert _testing(ended)["message"].endswith(f"on Python {', '.join(known)}")
    factor = _factor(Release.objects.get(), "compatibility", "examples")
    assert factor["earned"] == factor["weight"]
    assert all(python.version in factor["evidence"] for python in OTHERS)


@needs_another
def test_a_python_that_it_does_not_claim_is_left_out(alice: Person, tmp_path: Path) -> None:
    ended = _ended(alice, build_wheel(tmp_path, metadata={"Requires-Python": f"=={OWN}.*"}))
    assert _testing(ended)["message"].endswith(f"on Python {OWN}")


@needs_another
def test_a_failure_on_another_python_is_told_and_costs_points(
    alice: Person, tmp_path: Path
) -> None:
    ended = _ended(alice, build_wheel(tmp_path, code=PICKY))
    assert ended["state"] == "published", ended
    finding = ended["findings"][0]
    assert finding["message"].startswith(f"On Python {OTHERS[0].version}: ")
    assert not finding["blocking"]
    assert "requires-python" in finding["fix"]
    factor = _factor(Release.objects.get(), "compatibility", "examples")
    assert factor["earned"] < factor["weight"]


@needs_another
def test_a_tool_for_a_newer_python_alone_is_tested_on_that(alice: Person, tmp_path: Path) -> None:
    newer = OTHERS[-1].minor
    ended = _ended(alice, build_wheel(tmp_path, metadata={"Requires-Python": f">={newer}"}))
    assert ended["state"] == "published", ended
    assert _testing(ended)["message"].endswith(f"on Python {newer}")
    assert [(f["rule"], f["severity"]) for f in ended["findings"]] == [
        ("schema/not-compared", "info")
    ]
    assert "Not checked" in ended["findings"][0]["message"]


@needs_another
def test_needing_a_newer_python_costs_no_points(alice: Person, tmp_path: Path) -> None:
    newer = OTHERS[-1].minor
    wheels = [
        build_wheel(tmp_path, tool="demo/any-python"),
        build_wheel(tmp_path, tool="demo/newer-python", metadata={"Requires-Python": f">={newer}"}),
    ]
    scores = [_ended(alice, wheel)["scores"] for wheel in wheels]
    assert scores[0] == scores[1]
    assert scores[1]["compatibility"] == scores[1]["security"] == 100


def test_a_tool_that_no_python_here_fits_is_published_as_untested(
    alice: Person, tmp_path: Path, settings: Any
) -> None:
    settings.SANDBOX_PYTHONS = [sys.executable]
    ended = _ended(alice, build_wheel(tmp_path, metadata={"Requires-Python": ELSEWHERE}))
    assert ended["state"] == "published", ended
    assert _testing(ended)["state"] == "skipped"
    assert "requires" in _testing(ended)["message"]
    assert ended["scores"]["performance"] is None
    assert not Release.objects.get().quality.gate_passed


def test_or_it_is_held_where_the_operator_wants_everything_tested(
    alice: Person, charlie: Person, tmp_path: Path, settings: Any
) -> None:
    settings.UNTESTED, settings.SANDBOX_PYTHONS = "hold", [sys.executable]
    begun = assert_ok(
        alice.publish(build_wheel(tmp_path, metadata={"Requires-Python": ELSEWHERE})), 202
    )
    run_jobs()
    ended = alice.publication(begun)
    assert ended["state"] == "held"
    assert "This marketplace has no compatible Python" in ended["reasons"][0]
    assert charlie.get(f"/api/v1/publications/{begun['id']}").status == 404
