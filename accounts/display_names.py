"""Validate the display names of users and organizations."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from core.errors import Invalid
from lumos.package.text import first_hidden

_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)


def shown_name(text: str) -> str:
    """Return ``text`` on one line; raises Invalid.

    Names appear next to reviews and in emails to people without an account, so they must not
    contain invisible characters, change the text direction, or be a link.
    """
    name = " ".join(text.split())
    hidden = first_hidden(name)
    if hidden or _ADDRESS.search(name):
        detail = (
            _("The name contains the invisible character %(character)s.") % {"character": hidden}
            if hidden
            else _("The name contains a web address.")
        )
        raise Invalid(
            "name_refused",
            detail,
            suggestion=_("Use letters, digits, spaces and visible punctuation only."),
        )
    return name
