"""Quality scores in the terminal: a bar for each score, with a tick at its target."""

from __future__ import annotations

import sys

from lumos.cli.output import paint
from lumos.package.quality import TARGETS, Scores

__all__ = ["strip"]

_WIDTH = 20


def strip(scores: Scores, *, indent: str = "  ") -> str:
    """One line for each score; a score that was not measured has an empty bar."""
    return "\n".join(indent + _line(name, scores.get(name)) for name in TARGETS)


def _line(name: str, score: float | None) -> str:
    label = f"{name:<14}"
    if score is None:
        return f"{label} {_outline()}   -  {paint('not measured', 'muted')}"
    target = TARGETS[name]
    reached = score > target
    number = paint(f"{score:>3.0f}", "good" if reached else "warn")
    below = "" if reached else paint(f"target above {target}", "muted")
    return f"{label} {_bar(score, target, reached=reached)} {number}  {below}".rstrip()


def _bar(score: float, target: int, *, reached: bool) -> str:
    full, empty, tick_reached, tick = "━─╋┼" if _draws_lines() else "=-#|"
    filled = round(max(0.0, min(100.0, score)) / 100 * _WIDTH)
    position = min(_WIDTH - 1, round(target / 100 * _WIDTH))
    cells = [full if index < filled else empty for index in range(_WIDTH)]
    cells[position] = tick_reached if reached else tick
    text = "".join(cells)
    cut = max(filled, position + 1) if reached else filled
    return paint(text[:cut], "good" if reached else "warn") + paint(text[cut:], "muted")


def _outline() -> str:
    inside = " " * (_WIDTH - 2)
    return f"[{inside}]"


def _draws_lines() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") in ("utf8", "utf16", "utf32")
