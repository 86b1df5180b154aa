"""The header of ``METADATA`` and ``WHEEL``, where mail parsers would part ways.

Python's parser ends a header at the first line that is none and calls the rest the body; others
skip the line, or see a line break where Python sees none. So only plain header lines are read.
"""

from __future__ import annotations

import re
from collections.abc import Collection

__all__ = ["header_problem"]

_FIELD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*:")
_BREAK = re.compile(r"\r?\n")
_SHOWN = 60


def header_problem(text: str, *, once: Collection[str] = ()) -> str | None:
    """What is wrong with the lines before the first empty one, as "line 3 …"; ``None`` if nothing.

    The fields ``once`` may stand there one time only.
    """
    seen: set[str] = set()
    for number, line in enumerate(_BREAK.split(text), start=1):
        if not line:
            return "line 1 is empty" if number == 1 else None
        if line[0] in " \t" and number > 1:
            continue
        field = _FIELD.match(line)
        if not field or "\r" in line:
            return f"line {number} is no field: {line[:_SHOWN]!a}"
        name = field[0][:-1].lower()
        if name in seen and name in {each.lower() for each in once}:
            return f"line {number} gives {field[0][:-1]} again"
        seen.add(name)
    return None
