"""The five scores of a release, computed from evidence alone, without clock, disk or database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lumos.package.rules import N_
from publishing.quality.compatibility import compatibility
from publishing.quality.documentation import documentation
from publishing.quality.evidence import Evidence
from publishing.quality.model import FORMULA_VERSION, Factor, QualityDocument, Score, score_of
from publishing.quality.performance import performance
from publishing.quality.security import security

__all__ = ["measure", "overall"]

#: Security weighs most, because it cannot be fixed after an install; performance least, because
#: it depends most on the machine.
WEIGHTS: Mapping[str, int] = {
    "security": 35,
    "compatibility": 25,
    "documentation": 25,
    "performance": 15,
}


def overall(scores: Sequence[Score]) -> Score:
    """The weighted mean of the four scores; an unmeasured one earns nothing."""
    return score_of("overall", [_factor(score) for score in scores])


def _factor(score: Score) -> Factor:
    weight = WEIGHTS[score.key]
    title = score.key.capitalize()
    if score.value is None:
        hint = N_("See the score's factors.")
        return Factor(score.key, title, weight, None, N_("Not measured."), hint)
    hint = "" if score.value > score.target else f"Raise it above {score.target}."
    evidence = f"{score.value} of 100."
    return Factor(score.key, title, weight, weight * score.value / 100, evidence, hint)


def measure(evidence: Evidence) -> QualityDocument:
    """The quality report of a release."""
    four = [f(evidence) for f in (security, performance, compatibility, documentation)]
    scores = {score.key: score for score in (*four, overall(four))}
    return QualityDocument(
        formula=FORMULA_VERSION,
        scores=scores,
        environment=_environment(evidence),
        trials=evidence.sandbox.trials if evidence.sandbox else (),
    )


def _environment(evidence: Evidence) -> dict[str, Any]:
    sandbox = evidence.sandbox
    return {
        "pythons": [run.python for run in sandbox.runs] if sandbox else [],
        "layers": list(sandbox.layers) if sandbox else [],
        "machine": dict(sandbox.machine) if sandbox else {},
        "scanners": dict(evidence.scan.scanners) if evidence.scan else {},
    }
