"""Names that people give themselves and their organizations, as strangers will read them."""

from __future__ import annotations

import re

from core.errors import Invalid
from lumos.package.text import first_hidden

_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)


def shown_name(text: str) -> str:
    """``text`` on one line; raises Invalid where it holds what no name needs.

    Names stand beside reviews and in mails to people who never heard of us, so none may hide
    characters, turn the direction of a line, or be a link.
    """
    name = " ".join(text.split())
    hidden = first_hidden(name)
    if hidden or _ADDRESS.search(name):
        raise Invalid(
            "name_refused",
            f"The name contains {f'the invisible character {hidden}' if hidden else 'an address'}, "
            "and a name is read by people who do not know you.",
            suggestion="Use letters, digits, spaces and punctuation that everyone can see.",
        )
    return name
