"""Findings with their evidence, and permissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.highlighting import language_of, render_code
from lumos.package.findings import Finding
from marketplace.presenters import permissions

register = template.Library()

#: What a run left behind: its key in a finding's evidence, and what it is.
TRACES = (
    ("error", _("Error")),
    ("stderr", _("Standard error")),
    ("stdout", _("Standard output")),
    ("output", _("Installer output")),
)


@register.inclusion_tag("_components/permission.html")
def permission(text: str, undeclared: bool = False) -> dict[str, Any]:
    """One permission (``network:api.example.org``) with its risk; undeclared ones are marked."""
    kind, _, value = text.partition(":")
    name, risk, meaning = permissions.kind(kind)
    return {
        "kind": kind,
        "value": value,
        "icon": name,
        "risk": risk,
        "meaning": meaning,
        "undeclared": undeclared,
    }


@register.simple_tag
def source_lines(finding: Finding) -> SafeString:
    """The source that a finding points to, numbered, its own line marked; empty without one."""
    proof = finding.evidence
    text, line = proof.get("source"), finding.line
    if not isinstance(text, str) or not text:
        return SafeString()
    first = proof.get("first_line") or line or 1
    return render_code(
        text,
        language_of(finding.file),
        first_line=int(first),
        marked=(int(line),) if line else (),
    )


@register.filter
def traces(proof: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What a run left behind, of a finding's evidence: (what it is, text)."""
    parts = ((title, (proof or {}).get(key)) for key, title in TRACES)
    return [(str(title), text) for title, text in parts if isinstance(text, str) and text.strip()]
