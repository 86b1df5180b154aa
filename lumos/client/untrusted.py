"""Validates untrusted values from an index or a lock file; raises ``ValueError``.

An attacker can control both: a lock file comes with a cloned repository. A file name must not lead
out of the cache, and a line for the installer must be a package, never an option or a URL.
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
    """A sha256 in lower-case hexadecimal."""
    return _matching(_SHA256, value, "a sha256")


def file_name(value: Any) -> str:
    """The file name of a wheel, without a path."""
    name = _matching(_FILE, value, "the name of a wheel")
    if len(name) > _LONGEST_FILE:
        raise ValueError("the name of a wheel has more than 255 characters")
    return name


def size(value: Any) -> int:
    """A size in bytes, greater than zero."""
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{value!r:.80} is not a number of bytes")
    return value


def requirements(values: Iterable[Any]) -> tuple[str, ...]:
    """Python requirements: names and versions, never a URL."""
    return tuple(map(_requirement, values))


def specifier(value: Any) -> str:
    """A PEP 440 range; empty for any version."""
    SpecifierSet(_matching(_SPECIFIER, value or "", "a range of versions"))
    return str(value or "")


def pins(values: Iterable[Any]) -> tuple[str, ...]:
    """Pinned packages with their hashes, each a line of a requirements file."""
    return tuple(_matching(_PIN, value, "a pinned package with its hashes") for value in values)


def _requirement(value: Any) -> str:
    try:
        parsed = Requirement(value)
    except (InvalidRequirement, TypeError) as error:
        raise ValueError(f"{value!r:.80} is not a requirement") from error
    if parsed.url or not str(value).isprintable():
        raise ValueError(f"{value!r:.80} points to a URL")
    return str(value)


def _matching(pattern: re.Pattern[str], value: Any, what: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{value!r:.80} is not {what}")
    return value
