"""Every rule that a publication is checked against: the table behind the pages and the findings."""

from __future__ import annotations

from lumos.package.rules import merged
from publishing.checks import rules as checks
from security_scan import rules as scanners

__all__ = ["RULES"]

RULES = merged(scanners.RULES, checks.RULES)
