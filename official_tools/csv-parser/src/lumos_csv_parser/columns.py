"""Unique, usable names for the columns of a table."""

from __future__ import annotations

from collections import Counter

__all__ = ["name_columns"]


def name_columns(header: list[str], width: int) -> tuple[list[str], list[str]]:
    """The ``width`` column names that ``header`` gives, made unique, and what had to change.

    An empty name becomes ``column_N`` (N counts from 1), a repeated one gets ``_2``, ``_3`` and so
    on behind it, and surrounding blanks are cut.
    """
    wanted = [name.strip() for name in header] + [""] * (width - len(header))
    taken = {name for name in wanted if name}
    seen: Counter[str] = Counter()
    names, changes = [], []
    for position, name in enumerate(wanted, start=1):
        stem = name or f"column_{position}"
        unique = name if name and not seen[name] else _free(stem, taken, seen)
        seen[stem] += 1
        taken.add(unique)
        names.append(unique)
        if position <= len(header) and unique != name:
            changes.append(_explain(position, name, unique))
    return names, changes


def _free(stem: str, taken: set[str], seen: Counter[str]) -> str:
    """``stem`` itself or the first of ``stem_2``, ``stem_3``, … that no column bears."""
    if stem not in taken:
        return stem
    number = max(seen[stem], 1) + 1
    while f"{stem}_{number}" in taken:
        number += 1
        seen[stem] += 1
    return f"{stem}_{number}"


def _explain(position: int, name: str, unique: str) -> str:
    reason = f"repeats the name {name!r}" if name else "has no name"
    return f"Column {position} {reason}; it is called {unique!r} here."
