"""The categories of tools and their names, in the order in which they are listed."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

CATEGORIES: dict[str, Any] = {
    "web": _("Web"),
    "file": _("Files"),
    "data": _("Data"),
    "ai": _("AI"),
    "system": _("System"),
    "math": _("Math"),
    "crypto": _("Cryptography"),
    "database": _("Databases"),
    "api": _("API"),
    "utility": _("Utilities"),
    "custom": _("Custom"),
}


def category_label(value: str) -> str:
    """The English name of a category, for stored documents."""
    with translation.override(None):
        return str(CATEGORIES.get(value, value))
