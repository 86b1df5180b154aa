"""One place where a schema accepts more than another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lumos.package.schema.branches import Branch

__all__ = ["Violation", "below", "lengths"]


@dataclass(frozen=True, slots=True)
class Violation:
    """A place where the sub-schema accepts more: ``path`` like ``rows[].id``, kind, both sides."""

    path: str
    kind: str
    sub: Any
    sup: Any


def lengths(
    branch: Branch, sup: Mapping[str, Any], path: str, *, keys: tuple[str, str], implied: int = 0
) -> Iterator[Violation]:
    """Violations of a pair of limits, the lower named first (``minItems``, ``maxItems``)."""
    low, high = keys
    if low in sup and max([implied, *branch.all(low)]) < sup[low]:
        yield Violation(path, low, (branch.all(low) or [None])[0], sup[low])
    if high in sup and min([*branch.all(high), float("inf")]) > sup[high]:
        yield Violation(path, high, (branch.all(high) or [None])[0], sup[high])


def below(path: str, name: str) -> str:
    """The path of a property below another path."""
    shown = name if re.fullmatch(r"[\w-]+", name) else json.dumps(name)
    return f"{path}.{shown}" if path else shown
