"""Every rule of the scanners in one catalog, and the page of one rule.

Rules of the package format (``archive/…``, ``metadata/…``) belong to ``lumos.package``.
"""

from __future__ import annotations

import re
from functools import cache

from lumos.package.findings import Severity
from security_scan.rules import files, malware, permissions, secrets, text
from security_scan.rules.bandit import bandit_rule
from security_scan.rules.model import Rule, by_id

__all__ = ["CATALOG", "Rule", "rule_page"]

CATALOG: dict[str, Rule] = by_id(
    rule
    for module in (files, permissions, malware, secrets, text)
    for rule in module.RULES.values()
)
BANDIT = re.compile(r"bandit/(B\d{3})")


@cache
def rule_page(rule_id: str) -> Rule | None:
    """What ``/docs/rules/<rule_id>`` says, or None if no scanner has such a rule.

    Bandit's rules are made from Bandit's own table, with a link to its documentation.
    """
    if rule_id in CATALOG:
        return CATALOG[rule_id]
    match = BANDIT.fullmatch(rule_id)
    if match is None:
        return None
    from security_scan.scanners.bandit import bandit_title  # noqa: PLC0415 - costs 0.5 s

    known = bandit_title(match[1])
    if known is None:
        return None
    title, link = known
    return bandit_rule(match[1], title, Severity.MEDIUM, link)
