"""Small words for tests: what refuses a package, and by which rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lumos.package.findings import Finding, PackageRefused


def refusals(action: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[Finding, ...]:
    """The findings that an action is refused with; an empty tuple if it succeeds."""
    try:
        action(*args, **kwargs)
    except PackageRefused as error:
        assert error.findings
        for finding in error.findings:
            assert finding.message and finding.why and finding.fix, finding
        return error.findings
    return ()


def rules(action: Callable[..., Any], *args: Any, **kwargs: Any) -> set[str]:
    """The rules that an action is refused by."""
    return {finding.rule for finding in refusals(action, *args, **kwargs) if finding.blocking}
