"""The quality scores of a release, in the order in which they are shown, and their targets."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["SCORES", "TARGETS"]

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
SCORES: tuple[str, ...] = tuple(TARGETS)
