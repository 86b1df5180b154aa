"""The source lines around a finding, as evidence that pages, the API and terminals show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lumos.package.masking import Masker

__all__ = ["excerpt"]

#: Lines shown before and after the one that is meant, and the length of each.
AROUND = 3
LONGEST_LINE = 200
#: Lines and characters a line that are read for masking: a secret may begin before the excerpt.
CONTEXT = 40
LONGEST_READ = 4000


def excerpt(
    lines: Sequence[str], line: int | None, *, masker: Masker | None = None
) -> dict[str, Any]:
    """The lines around one line of a file, with every secret in them masked.

    ``masker`` knows the secrets of the whole package; without one only what looks like a secret
    here is masked.
    """
    first = max((line or 0) - AROUND, 1)
    if not line or not lines[first - 1 : line + AROUND]:
        return {}
    start = max(first - 1 - CONTEXT, 0)
    read = [text[:LONGEST_READ] for text in lines[start : line + AROUND + CONTEXT]]
    masked = (masker or Masker()).text("\n".join(read), source=True).split("\n")
    shown = masked[first - 1 - start : line + AROUND - start]
    return {"source": "\n".join(text[:LONGEST_LINE] for text in shown), "first_line": first}
