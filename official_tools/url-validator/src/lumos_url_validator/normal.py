"""The normal form of a URL by section 6.2.2 of RFC 3986."""

from __future__ import annotations

import re
from urllib.parse import quote

__all__ = ["normal_path", "normal_text"]

_PERCENT = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile("[A-Za-z0-9._~-]")


def normal_text(text: str) -> str:
    """Percent-encoding in upper case, only where it is needed, and for all beyond ASCII."""

    def decode(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if _UNRESERVED.fullmatch(character) else match[0].upper()

    return _PERCENT.sub(decode, quote(text, safe="!$&'()*+,;=:@/?%[]~"))


def normal_path(path: str) -> str:
    """``normal_text`` without the segments ``.`` and ``..`` (section 5.2.4)."""
    output: list[str] = []
    segments = normal_text(path).split("/")
    for segment in segments:
        if segment == "..":
            if len(output) > 1:
                output.pop()
        elif segment != ".":
            output.append(segment)
    if segments[-1] in (".", "..") and output[-1:] != [""]:
        output.append("")
    return "/".join(output)
