"""Format numbers in the sentences of a report."""

from __future__ import annotations


def count_of(number: int, noun: str) -> str:
    """``1 function``, ``2 functions``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
