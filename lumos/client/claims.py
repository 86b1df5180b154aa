"""What an index or a lock file says about a wheel, believed only in its plain form.

Both come from others: a lock file lies in a repository that was cloned. A file name must not lead
out of the cache, and a line for the installer must be a package, never an option or an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

__all__ = ["file_name", "pins", "requirements", "sha256", "size", "specifier"]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+!-]*\.whl")
_SPECIFIER = re.compile(r"[ -~]*")
_LONGEST_FILE = 255
_PIN = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9._, -]*\])?==[A-Za-z0-9.!+_-]+"
    r"( *; *[A-Za-z0-9_.<>=!~'\"() ,]+?)?( --hash=sha256:[0-9a-f]+)+"
)


def sha256(value: Any) -> str:
    """A sha256 in lower-case hexadecimal; raises ``ValueError`` as all functions here do."""
    return _matching(_SHA256, value, "a sha256")


def file_name(value: Any) -> str:
    """The name of a wheel, without a path."""
    name = _matching(_FILE, value, "the name of a wheel")
    if len(name) > _LONGEST_FILE:
        raise ValueError("the name of a wheel has more than 255 characters")
    return name


def size(value: Any) -> int:
    """A number of bytes."""
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{value!r:.80} is not a number of bytes")
    return value


def requirements(values: Iterable[Any]) -> tuple[str, ...]:
    """What a tool needs from the Python index: names and versions, never an address."""
    return tuple(_requirement(each) for each in values)


def specifier(value: Any) -> str:
    """A range of PEP 440; empty for any version."""
    SpecifierSet(_matching(_SPECIFIER, value or "", "a range of versions"))
    return str(value or "")


def pins(values: Iterable[Any]) -> tuple[str, ...]:
    """Exact packages with their hashes, one a line, as uv and pip read them."""
    return tuple(_matching(_PIN, each, "a pinned package with its hashes") for each in values)


def _requirement(value: Any) -> str:
    try:
        parsed = Requirement(value)
    except (InvalidRequirement, TypeError) as error:
        raise ValueError(f"{value!r:.80} is not a requirement") from error
    if parsed.url or not str(value).isprintable():
        raise ValueError(f"{value!r:.80} points to an address")
    return str(value)


def _matching(pattern: re.Pattern[str], value: Any, what: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{value!r:.80} is not {what}")
    return value
