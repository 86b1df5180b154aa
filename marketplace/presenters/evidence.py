"""The five scores with their targets, in fixed order, for templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lumos.package.quality import TARGETS, Scores

__all__ = ["MEASURES", "Bar", "Measure", "bars"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the five scores; it passes above ``target``."""

    key: str
    label: Any  # translated when shown
    icon: str
    target: int


_LOOKS = {
    "security": (_("Security"), "shield"),
    "performance": (_("Performance"), "gauge"),
    "compatibility": (_("Compatibility"), "plug"),
    "documentation": (_("Documentation"), "book-open"),
    "overall": (_("Overall"), "layers"),
}
MEASURES = tuple(Measure(key, *_LOOKS[key], target) for key, target in TARGETS.items())


@dataclass(frozen=True, slots=True)
class Bar:
    """A measure with a release's score; None if it was not measured."""

    measure: Measure
    score: int | None

    @property
    def reached(self) -> bool:
        """Whether the score is above its target, not equal to it (design §5)."""
        return self.score is not None and self.score > self.measure.target

    @property
    def number(self) -> str:
        """The text next to the bar."""
        return "–" if self.score is None else str(self.score)

    @property
    def sentence(self) -> str:
        """The bar in words, for screen readers."""
        if self.score is None:
            text = gettext("%(label)s: not measured, target above %(target)s.")
        elif self.reached:
            text = gettext("%(label)s: %(score)s of 100, above the target of %(target)s.")
        else:
            text = gettext("%(label)s: %(score)s of 100, not above the target of %(target)s.")
        measure = self.measure
        return text % {"label": measure.label, "score": self.score, "target": measure.target}


def bars(scores: Scores | Mapping[str, float | None] | None) -> tuple[Bar, ...]:
    """The five bars for ``scores`` (0..100 by measure key); missing ones are not measured."""
    by_key = scores or {}
    return tuple(Bar(measure, _whole(by_key.get(measure.key))) for measure in MEASURES)


def _whole(score: float | None) -> int | None:
    """Round a score down, so that no bar shows a target as reached that was missed."""
    return None if score is None else int(score)
