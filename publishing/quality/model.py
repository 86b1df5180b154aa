"""Factors, scores and the report: what the marketplace says a release is worth, and why."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lumos.package.quality import SCORES, TARGETS

__all__ = ["FORMULA_VERSION", "SCORES", "TARGETS", "Factor", "Report", "Score", "score_of"]

#: Stored beside every report. It changes with any factor, weight, curve or target, so that two
#: reports can be compared only if they were computed alike.
FORMULA_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason for a score.

    ``earned`` is 0 to ``weight``, or None where nothing was measured: that earns nothing and is
    never a pass. ``evidence`` says what was seen; ``improve`` how to earn the rest (empty where
    nothing is left to earn).
    """

    key: str
    title: str
    weight: float
    earned: float | None
    evidence: str
    improve: str = ""

    @property
    def measured(self) -> bool:
        """Whether there was evidence."""
        return self.earned is not None

    def as_dict(self) -> dict[str, Any]:
        """The factor as JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Score:
    """Points of 100 and the factors that made them; ``value`` is None if none was measured."""

    key: str
    value: int | None
    target: int
    factors: tuple[Factor, ...]

    @property
    def passed(self) -> bool:
        """Above the target, with every factor measured."""
        return (
            self.value is not None
            and self.value > self.target
            and all(factor.measured for factor in self.factors)
        )

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON, with ``passed`` for readers that do not compute."""
        return {
            "key": self.key,
            "value": self.value,
            "target": self.target,
            "passed": self.passed,
            "factors": [factor.as_dict() for factor in self.factors],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Score:
        """The inverse of :meth:`as_dict`."""
        factors = tuple(Factor(**factor) for factor in data["factors"])
        return cls(data["key"], data["value"], data["target"], factors)


@dataclass(frozen=True, slots=True)
class Report:
    """The five scores of a release, in the order of ``SCORES``.

    ``environment`` records where it was measured: Pythons, sandbox layers, machine.
    """

    scores: Mapping[str, Score]
    formula: str = FORMULA_VERSION
    environment: Mapping[str, Any] = field(default_factory=dict)

    @property
    def gate_passed(self) -> bool:
        """All five above target and nothing unmeasured: the mark "quality gate passed"."""
        return all(self.scores[key].passed for key in SCORES)

    @property
    def values(self) -> dict[str, int | None]:
        """The bare numbers, as the index and the lists show them."""
        return {key: self.scores[key].value for key in SCORES}

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON; :meth:`from_dict` reads it back."""
        return {
            "formula": self.formula,
            "gate_passed": self.gate_passed,
            "scores": {key: self.scores[key].as_dict() for key in SCORES},
            "environment": dict(self.environment),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """The inverse of :meth:`as_dict`."""
        scores = {key: Score.from_dict(score) for key, score in data["scores"].items()}
        return cls(scores, data["formula"], data.get("environment", {}))


def score_of(key: str, factors: Iterable[Factor]) -> Score:
    """Points earned over all weights, rounded half up; None if every factor is unmeasured."""
    factors = tuple(factors)
    value = None
    if any(factor.measured for factor in factors):
        whole = sum(factor.weight for factor in factors)
        earned = sum(factor.earned or 0.0 for factor in factors)
        value = math.floor(100 * earned / whole + 0.5)
    return Score(key, value, TARGETS[key], factors)
