"""Findings with their evidence, and permissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from catalog.highlighting import language_of, render_code

register = template.Library()

PERMISSIONS = {
    "network": ("globe", "medium", "Talks to hosts on the network"),
    "file-read": ("file-text", "low", "Reads files"),
    "file-write": ("pencil", "medium", "Writes files"),
    "environment": ("variable", "low", "Reads environment variables"),
    "database": ("database", "medium", "Talks to a database"),
    "crypto": ("key-round", "high", "Uses cryptography"),
    "system-command": ("terminal", "high", "Starts other programs"),
    "user-data": ("user", "high", "Handles personal data"),
    "admin": ("lock", "high", "Changes the system itself"),
    "custom": ("puzzle", "medium", "A permission of its own"),
}
TRACES = (
    ("error", "The error"),
    ("stderr", "What it wrote to the error stream"),
    ("stdout", "What it printed"),
    ("output", "What the installer said"),
)


@register.inclusion_tag("_components/permission.html")
def permission(text: str, undeclared: bool = False) -> dict[str, Any]:
    """One permission (``network:api.example.org``) with its risk; undeclared ones are marked."""
    kind, _, value = text.partition(":")
    name, risk, meaning = PERMISSIONS.get(kind, PERMISSIONS["custom"])
    return {
        "kind": kind,
        "value": value,
        "icon": name,
        "risk": risk,
        "meaning": meaning,
        "undeclared": undeclared,
    }


@register.simple_tag
def source_lines(finding: Mapping[str, Any]) -> SafeString:
    """The source that a finding points to, numbered, its own line marked; empty without one."""
    proof = finding.get("evidence") or {}
    text, line = proof.get("source"), finding.get("line")
    if not isinstance(text, str) or not text:
        return SafeString()
    first = proof.get("first_line") or line or 1
    return render_code(
        text,
        language_of(str(finding.get("file", ""))),
        first_line=int(first),
        marked=(int(line),) if line else (),
    )


@register.filter
def traces(proof: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What a run left behind, of a finding's evidence: (what it is, text)."""
    found = ((title, (proof or {}).get(key)) for key, title in TRACES)
    return [(title, text) for title, text in found if isinstance(text, str) and text.strip()]
