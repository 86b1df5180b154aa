"""The five scores, their factors, and the mark."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from lumos.package.findings import Severity
from lumos.package.trials import FailureKind, TrialFailure, TrialReport
from lumos.package.values import read
from publishing.quality import SCORES, TARGETS, Factor, Package, QualityDocument, Sandbox, measure
from tests.quality.builders import FUNCTION, finding, good, run, scan, seen, tried


def test_a_well_made_tool_measured_on_one_python_passes_all_five_targets() -> None:
    report = measure(good())
    assert report.gate_passed
    assert all((report.values[key] or 0) > TARGETS[key] for key in SCORES)


def test_the_weights_of_every_score_sum_to_one_hundred() -> None:
    for score in measure(good()).scores.values():
        assert sum(factor.weight for factor in score.factors) == 100


def test_a_tool_that_never_ran_in_the_sandbox_has_no_performance_and_no_mark() -> None:
    report = measure(good(sandbox=None))
    assert report.values["performance"] is None
    assert report.values["compatibility"] == 60
    assert not report.gate_passed
    assert not report.scores["overall"].passed


def test_one_unmeasured_factor_keeps_the_mark_from_a_score_above_its_target() -> None:
    unresolved = replace(good(), schema_problems=None)
    score = measure(unresolved).scores["compatibility"]
    assert not score.passed
    no_memory = good(sandbox=Sandbox((replace(run(), peak_memory_bytes=None),)))
    score = measure(no_memory).scores["performance"]
    assert next(f for f in score.factors if f.key == "memory").earned is None
    assert not score.passed


def test_what_remains_to_earn_comes_with_a_way_to_earn_it() -> None:
    bad = good(
        package=Package(functions=(replace(FUNCTION, description=""),), permissions=("crypto",)),
        scan=scan(
            finding("malware/decoded-code"),
            finding("bandit/B602"),
            finding("files/byte-code"),
            detected=seen("network"),
            undeclared=("network",),
            unused=("crypto",),
        ),
        sandbox=Sandbox((run(900, 1500, 600_000_000),)),
        schema_problems=(finding("schema/invalid"),),
        provider_problems={"csv_parser": (finding("schema/provider"),)},
        compatibility_holds=False,
        unresolved=("nothing>=9",),
    )
    for score in measure(bad).scores.values():
        for factor in score.factors:
            assert factor.evidence
            if factor.earned is not None and factor.earned < factor.weight:
                assert factor.improve, factor


def test_a_score_without_points_left_says_nothing_to_improve() -> None:
    for score in measure(good()).scores.values():
        for factor in score.factors:
            if factor.earned == factor.weight:
                assert factor.improve == ""


def test_a_report_survives_json() -> None:
    report = measure(good())
    text = json.dumps(asdict(report))
    assert read(QualityDocument, json.loads(text)) == report


def test_the_report_records_machine_layers_and_pythons() -> None:
    environment = measure(good()).environment
    assert environment["layers"] == ["bwrap", "seccomp"]
    assert environment["pythons"] == ["3.11"]


@pytest.mark.parametrize("rule", ["malware/x", "secret/x", "hidden-text/x", "description/x"])
def test_a_hostile_finding_costs_the_security_target(rule: str) -> None:
    score = measure(good(scan=scan(finding(rule)))).scores["security"]
    assert (score.value or 0) <= 65


def test_a_few_small_weaknesses_do_not_cost_the_security_target() -> None:
    findings = [finding("bandit/B110", Severity.LOW), finding("bandit/B310", Severity.MEDIUM)]
    score = measure(good(scan=scan(*findings))).scores["security"]
    assert (score.value or 0) > TARGETS["security"]


def test_one_undeclared_network_use_costs_the_permission_points() -> None:
    report = scan(detected=seen("network"), undeclared=("network",))
    score = measure(good(scan=report)).scores["security"]
    assert next(f for f in score.factors if f.key == "declared").earned == 0


def test_the_slowest_python_counts() -> None:
    fast, slow = run(12), replace(run(700), python="3.13")
    score = measure(good(sandbox=Sandbox((fast, slow)))).scores["performance"]
    median = next(f for f in score.factors if f.key == "median")
    assert "3.13" in median.evidence


def test_a_failing_example_is_named_and_its_time_does_not_count() -> None:
    broken = run()
    first = replace(broken.examples[0], ok=False, latencies_ms=(60_000.0,))
    sandbox = Sandbox((replace(broken, examples=(first, broken.examples[1])),))
    report = measure(good(sandbox=sandbox))
    examples = report.scores["compatibility"].factors[0]
    assert examples.earned == examples.weight / 2
    assert "Quoted field" in examples.improve
    assert (report.values["performance"] or 0) > TARGETS["performance"]


def _trials(*reports: TrialReport) -> Factor:
    sandbox = Sandbox((run(),), trials=reports)
    score = measure(good(sandbox=sandbox)).scores["compatibility"]
    return next(factor for factor in score.factors if factor.key == "trials")


def test_a_failed_trial_costs_its_share_and_its_input_is_advice() -> None:
    failure = TrialFailure(
        kind=FailureKind.ERROR, error="It raised KeyError: 'a'", input={"csv_data": "a"}
    )
    factor = _trials(tried(20, failed=10, failures=(failure,)))
    assert factor.earned == pytest.approx(factor.weight * 2 / 3)
    assert 'csv_parser({"csv_data": "a"}): It raised KeyError' in factor.improve
    assert "30 inputs" in factor.evidence and "failed 10" in factor.evidence


def test_a_refused_input_neither_earns_nor_loses() -> None:
    factor = _trials(tried(20, refused=51))
    assert factor.earned == factor.weight
    assert "refused 51" in factor.evidence


def test_failures_on_another_python_count() -> None:
    factor = _trials(tried(30), tried(0, failed=10))
    assert factor.earned == pytest.approx(factor.weight * 3 / 4)


def test_trials_that_do_not_count_leave_the_factor_unmeasured() -> None:
    few = tried(3, refused=47, not_measured="It took 3 inputs.")
    assert _trials(few).earned is None
    assert _trials().earned is None


def test_a_missing_readme_names_every_step() -> None:
    package = replace(good().package, readme="")
    readme = measure(good(package=package)).scores["documentation"].factors[0]
    assert readme.earned == 0
    assert readme.improve.count(";") == 3


@pytest.mark.parametrize(
    ("link", "well_formed"),
    [
        ("https://example.org/a", True),
        ("mailto:a@example.org", True),
        ("#usage", True),
        ("http://", False),
        ("htps://example.org", False),
        ("//example.org", False),
        ("CHANGELOG.md", False),
        ("https://exa mple.org", False),
    ],
)
def test_links_are_judged_by_their_form(link: str, well_formed: bool) -> None:
    package = replace(good().package, urls={"Source": link}, readme="")
    links = measure(good(package=package)).scores["documentation"].factors[-1]
    assert (links.earned == 5) is well_formed


def test_addresses_in_code_blocks_are_no_links() -> None:
    readme = "```\ncurl http://\n```\n`http://x y`"
    package = replace(good().package, readme=readme, urls={"Source": "https://example.org"})
    assert measure(good(package=package)).scores["documentation"].factors[-1].earned == 5


def test_a_sandbox_report_is_read_from_json() -> None:
    data = {
        "runs": [
            {
                "python": "3.11",
                "import_ms": [80],
                "peak_memory_bytes": 1,
                "examples": [{"function": "f", "title": "t", "ok": True, "latencies_ms": [3]}],
            }
        ],
        "layers": ["bwrap"],
    }
    sandbox = Sandbox.from_dict(data)
    assert sandbox is not None
    assert sandbox.runs[0].examples[0].latencies_ms == (3,)
    assert Sandbox.from_dict(None) is None
    assert Sandbox.from_dict({"runs": []}) is None


def test_one_of_a_kind_is_told_in_the_singular() -> None:
    said = " ".join(
        factor.evidence for score in measure(good()).scores.values() for factor in score.factors
    )
    assert "1 function checked." in said
    assert "The function is accepted." in said
    assert "1 functions" not in said
