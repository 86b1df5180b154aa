"""The one error of the reader."""

from __future__ import annotations

__all__ = ["WorkbookError"]


class WorkbookError(ValueError):
    """A workbook or a request that cannot be read; says what, why and what to try."""
