"""Charts as plain numbers for server-rendered SVG; no styling and no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

__all__ = ["Column", "columns", "sparkline"]

SPARK_WIDTH = 100
SPARK_HEIGHT = 24


def sparkline(values: Sequence[int]) -> str:
    """The SVG path of a line through ``values``, 100 x 24; a flat line without values."""
    if len(values) < 2 or max(values) == 0:
        return f"M0 {SPARK_HEIGHT - 1}H{SPARK_WIDTH}"
    top = max(values)
    step = SPARK_WIDTH / (len(values) - 1)
    usable = SPARK_HEIGHT - 2
    points = (
        f"{index * step:.1f} {SPARK_HEIGHT - 1 - usable * value / top:.1f}"
        for index, value in enumerate(values)
    )
    return "M" + "L".join(points)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a bar chart; x and width in per cent, y and height in pixels."""

    label: str
    value: int
    x: str
    width: str
    y: int
    height: int


def columns(rows: Sequence[tuple[date, int]], *, height: int) -> tuple[Column, ...]:
    """Columns for dated counts, oldest first, scaled to ``height`` pixels.

    A count above zero is at least two pixels high, so that it can be seen.
    """
    if not rows:
        return ()
    top = max(value for _, value in rows) or 1
    slot = 100 / len(rows)
    columns = []
    for index, (day, value) in enumerate(rows):
        tall = max(2, round(height * value / top)) if value else 0
        columns.append(
            Column(
                label=date_format(day, "j M Y"),
                value=value,
                x=f"{index * slot:.2f}%",
                width=f"{slot * 0.72:.2f}%",
                y=height - tall,
                height=tall,
            )
        )
    return tuple(columns)
