"""What holds for every formula: bounds, one direction, the same answer each time."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from lumos.package.findings import Finding, Severity
from publishing.quality import Sandbox, measure
from publishing.quality.curves import share
from publishing.quality.performance import MEASURES
from tests.quality.builders import finding, good, run, scan, seen

RULES = ("malware/a", "bandit/B1", "bandit/B2", "secret/a", "files/a", "scan/a", "import-time/a")
findings = st.lists(
    st.builds(
        lambda rule, severity, line, confidence: finding(
            rule, severity, line=line, confidence=confidence
        ),
        st.sampled_from(RULES),
        st.sampled_from(list(Severity)),
        st.integers(1, 9),
        st.sampled_from(["low", "medium", "high"]),
    ),
    max_size=12,
)
numbers = st.floats(0, 1e7, allow_nan=False)


@given(findings)
@settings(max_examples=60, deadline=None)
def test_every_factor_stays_between_zero_and_its_weight(found: list[Finding]) -> None:
    report = measure(good(scan=scan(*found)))
    for score in report.scores.values():
        assert score.value is None or 0 <= score.value <= 100
        for factor in score.factors:
            assert factor.earned is None or 0 <= factor.earned <= factor.weight


@given(findings, st.sampled_from(RULES), st.sampled_from(list(Severity)))
@settings(max_examples=60, deadline=None)
def test_one_more_finding_never_raises_a_score(
    found: list[Finding], rule: str, severity: Severity
) -> None:
    fewer = measure(good(scan=scan(*found))).values
    more = measure(good(scan=scan(*found, finding(rule, severity)))).values
    assert (more["security"] or 0) <= (fewer["security"] or 0)
    assert (more["overall"] or 0) <= (fewer["overall"] or 0)


@given(st.sets(st.sampled_from(["network", "crypto", "file-read", "database"]), min_size=1))
def test_one_more_undeclared_permission_never_raises_the_score(kinds: set[str]) -> None:
    everything = seen("network", "crypto", "file-read", "database")
    few = sorted(kinds)[:-1]
    fewer = measure(good(scan=scan(detected=everything, undeclared=tuple(few)))).values
    more = measure(good(scan=scan(detected=everything, undeclared=tuple(sorted(kinds))))).values
    assert (more["security"] or 0) <= (fewer["security"] or 0)


@given(numbers, numbers, numbers, numbers)
@settings(max_examples=80, deadline=None)
def test_slower_or_larger_never_scores_better(
    latency: float, imported: float, memory: float, factor: float
) -> None:
    base = run(latency, imported, int(memory))
    worse = run(latency + factor, imported + factor, int(memory + factor))
    scores = [
        measure(good(sandbox=Sandbox((each,)))).values["performance"] or 0 for each in (base, worse)
    ]
    assert scores[1] <= scores[0]


@given(numbers, numbers)
def test_every_curve_goes_one_way_within_zero_and_one(one: float, other: float) -> None:
    for each in MEASURES:
        rising = each.curve[0][1] < each.curve[-1][1]
        low, high = sorted((share(one, each.curve), share(other, each.curve)))
        assert 0 <= low <= high <= 1
        small, large = sorted((one, other))
        step = share(large, each.curve) - share(small, each.curve)
        assert step >= 0 if rising else step <= 0


@given(findings)
@settings(max_examples=30, deadline=None)
def test_the_same_evidence_gives_the_same_report(found: list[Finding]) -> None:
    evidence = good(scan=scan(*found))
    assert measure(evidence) == measure(replace(evidence))


def test_a_curve_passes_through_its_anchor_points() -> None:
    for each in MEASURES:
        for quantity, points in each.curve:
            assert abs(share(quantity, each.curve) - points) < 1e-9
