"""The generic syntax of RFC 3986: splitting a URL and checking the characters of each part."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Notes", "Parts", "check_characters", "split"]

# Appendix B of RFC 3986, with the scheme made strict.
_SPLIT = re.compile(
    r"(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?(?P<path>[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_LOOKS_LIKE_HOST = re.compile(r"(?:localhost|[^:/?#]*\.[^:/?#]*):[0-9]{1,5}(?:[/?#].*)?", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_UNRESERVED = "A-Za-z0-9._~\\-"
_PCHAR = f"{_UNRESERVED}!$&'()*+,;=:@"
_ALLOWED = {
    "user information": f"{_UNRESERVED}!$&'()*+,;=:",
    "host": f"{_UNRESERVED}!$&'()*+,;=",
    "path": f"{_PCHAR}/",
    "query": f"{_PCHAR}/?",
    "fragment": f"{_PCHAR}/?",
}
_FORBIDDEN = {part: re.compile(f"[^{allowed}%]") for part, allowed in _ALLOWED.items()}
_BAD_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_NAMES = {" ": "a space", "\\": "a backslash", "\t": "a tab", "\n": "a line break"}


@dataclass
class Notes:
    """What is wrong with a URL (``errors``) and what is allowed but odd (``warnings``)."""

    errors: list[str]
    warnings: list[str]


@dataclass(frozen=True)
class Parts:
    """The five components of a URL as they are written; None where one is absent."""

    scheme: str
    authority: str | None
    path: str
    query: str | None
    fragment: str | None


def split(url: str, notes: Notes) -> Parts:
    """The components of ``url``; a missing or malformed scheme is noted."""
    match = _SPLIT.fullmatch(url)
    found = match.groupdict() if match else {"path": url}
    scheme = found.get("scheme") or ""
    if not scheme:
        notes.errors.append(
            "There is no scheme. An absolute URL begins with one, such as https://example.org."
        )
    elif not _SCHEME.fullmatch(scheme):
        notes.errors.append(
            f"The scheme {scheme[:40]!r} is malformed: it begins with a letter and goes on with "
            'letters, digits, "+", "-" and ".".'
        )
    elif found.get("authority") is None and _LOOKS_LIKE_HOST.fullmatch(url):
        notes.errors.append(
            f"{scheme!r} is read as the scheme, though it looks like a host with a port. "
            f"Write https://{url[:60]} if that is meant."
        )
    return Parts(
        scheme, found.get("authority"), found["path"], found.get("query"), found.get("fragment")
    )


def check_characters(part: str, text: str, notes: Notes) -> None:
    """Note every kind of character that ``part`` (a key of the table above) must not hold."""
    if _BAD_PERCENT.search(text):
        notes.errors.append(
            f"The {part} has a percent sign that two hexadecimal digits do not follow. "
            "Write a literal percent sign as %25."
        )
    forbidden = sorted(set(_FORBIDDEN[part].findall(text)))
    beyond = [character for character in forbidden if ord(character) > 0x9F]
    if beyond and part != "host":
        notes.warnings.append(
            f"The {part} has characters beyond ASCII, such as {beyond[0]!r}; RFC 3986 wants them "
            "percent-encoded, as the normalized URL has them."
        )
    for character in forbidden:
        if ord(character) <= 0x9F:
            remedy = f"must be written %{ord(character):02X} there"
            if part == "host" or ord(character) > 0x7F:
                remedy = "may not stand there"
            notes.errors.append(f"The {part} has {_named(character)}, which {remedy}.")


def _named(character: str) -> str:
    if character in _NAMES:
        return _NAMES[character]
    if not character.isprintable():
        return f"the control character U+{ord(character):04X}"
    return f"the character {character}"
