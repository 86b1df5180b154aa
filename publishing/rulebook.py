"""The table of all rules that a publication is checked against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lumos.package.findings import Effect, effect_of
from lumos.package.rules import merged
from publishing.checks import rules as checks
from security_scan import rules as scanners

__all__ = ["RULES", "with_effect"]

RULES = merged(scanners.RULES, checks.RULES)


def with_effect(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored finding with its effect; an old one without it gets the effect of its rule."""
    effect = effect_of(stored)
    rule = RULES.get(stored["rule"])
    if "effect" not in stored and rule is not None and effect is not Effect.LOWER:
        effect = rule.effect
    return {**stored, "effect": effect.value}
