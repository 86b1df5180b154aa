"""Labels for stored keys: one table for each kind, translated when shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.categories import CATEGORIES

__all__ = ["KINDS", "label"]

SEVERITIES = {
    "critical": pgettext_lazy("severity", "critical"),
    "high": pgettext_lazy("severity", "high"),
    "medium": pgettext_lazy("severity", "medium"),
    "low": pgettext_lazy("severity", "low"),
    "info": pgettext_lazy("severity", "info"),
}
CONFIDENCES = {
    "high": pgettext_lazy("confidence", "high"),
    "medium": pgettext_lazy("confidence", "medium"),
    "low": pgettext_lazy("confidence", "low"),
}
RISKS = {"high": _("high risk"), "medium": _("medium risk"), "low": _("low risk")}
#: States of a publication.
STATES = {
    "received": _("received"),
    "validating": _("validating"),
    "scanning": _("scanning"),
    "testing": _("testing"),
    "scoring": _("scoring"),
    "published": _("published"),
    "held": _("in review"),
    "rejected": _("rejected"),
    "cancelled": _("canceled"),
    "passed": _("passed"),
}
STEPS = {
    "validating": _("Validating"),
    "scanning": _("Scanning"),
    "testing": _("Testing"),
    "scoring": _("Scoring"),
    "publishing": _("Publishing"),
}
STEP_STATES = {
    "waiting": _("waiting"),
    "running": _("running"),
    "passed": _("passed"),
    "failed": _("failed"),
    "skipped": _("skipped"),
}
#: Levels of a scan report.
LEVELS = {
    "safe": _("Safe"),
    "warning": _("Warning"),
    "dangerous": _("Dangerous"),
    "malicious": _("Malicious"),
}
#: The part of the version that a schema change requires to be raised.
CHANGES = {"major": _("major"), "minor": _("minor"), "patch": _("patch")}
SCOPES = {
    "read": _("Read what you can read"),
    "publish": _("Publish releases"),
    "yank": _("Yank and unyank releases"),
    "review": _("Write reviews"),
    "account": _("Create namespaces"),
}
ROLES = {"owner": _("Owner"), "maintainer": _("Maintainer"), "member": _("Member")}
#: Why a case is in the moderators' queue, and how it ended.
CASES = {"held": _("Held"), "appeal": _("Appeal"), "report": _("Report")}
OUTCOMES = {
    "approved": _("approved"),
    "rejected": _("rejected"),
    "withdrawn": _("withdrawn"),
}
DECISIONS = {"approve": _("Approved"), "reject": _("Rejected")}
REPORT_REASONS = {
    "malware": _("It does harm: malware, theft of data"),
    "secrets": _("It contains secrets or personal data"),
    "impersonation": _("It pretends to be another tool or publisher"),
    "license": _("It violates a license or a copyright"),
    "spam": _("It is spam"),
    "other": _("Something else"),
}
#: Parts of a case's risk (publishing.moderation.risk).
RISK_PARTS = {
    "reported": _("Reported for"),
    "blocking": _("Findings that reject or hold"),
    "lowering": _("Other findings"),
    "undeclared": _("Uses that are not declared"),
    "native": _("Native code"),
    "dependencies": _("Dependencies"),
    "first": _("First release of the tool"),
    "new-permissions": _("Permissions that the last release did not need"),
    "reports": _("Open reports about the tool"),
    "harm": _("Earlier quarantines and confirmed reports"),
    "new-publisher": _("New publisher, nothing released yet"),
    "record": _("Record: releases, days since the first"),
    "rejected": _("Rejected in the last 90 days"),
}
#: What the sandbox saw a tool do.
SEEN = {
    "lookup": _("looked up"),
    "connect": _("connected to"),
    "send": _("sent to"),
    "read": _("read"),
    "write": _("wrote"),
    "program": _("started"),
    "secret": _("passed on the secret"),
}
KINDS: Mapping[str, Mapping[str, Any]] = {
    "severity": SEVERITIES,
    "confidence": CONFIDENCES,
    "risk": RISKS,
    "state": STATES,
    "step": STEPS,
    "step_state": STEP_STATES,
    "level": LEVELS,
    "change": CHANGES,
    "category": CATEGORIES,
    "scope": SCOPES,
    "role": ROLES,
    "case": CASES,
    "outcome": OUTCOMES,
    "decision": DECISIONS,
    "report_reason": REPORT_REASONS,
    "risk_part": RISK_PARTS,
    "seen": SEEN,
}


def label(key: str, kind: str) -> str:
    """The label of a stored key in the current language; the key itself without a label."""
    return str(KINDS[kind].get(str(key), key))
