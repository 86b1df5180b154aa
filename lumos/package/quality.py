"""The quality scores of a release, in the order in which they are shown, and their targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

__all__ = ["SCORES", "TARGETS", "Scores"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The five scores of a release, 0 to 100; None: not measured."""

    security: int | None = None
    performance: int | None = None
    compatibility: int | None = None
    documentation: int | None = None
    overall: int | None = None

    def get(self, name: str) -> int | None:
        """The score of that name, one of ``SCORES``."""
        score: int | None = getattr(self, name)
        return score


#: A score meets its target only above it, not at it (design §5).
TARGETS: Mapping[str, int] = MappingProxyType(
    {
        "security": 90,
        "performance": 85,
        "compatibility": 95,
        "documentation": 90,
        "overall": 88,
    }
)
SCORES: tuple[str, ...] = tuple(field.name for field in fields(Scores))
