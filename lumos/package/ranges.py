"""Version ranges with npm's meaning, and the PEP 440 form that Python tooling gets (design §3).

``^1.2``, ``~1.2.3``, ``1.x``, ``*``, ``1.2 - 1.4``, ``>=1 <2`` and ``||`` mean what they mean in
npm (node-semver); a comma means AND, as in Cargo; a bare version is exact. A pre-release is
matched only where the range names a pre-release of the same three numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any

from nodesemver import Range as NodeRange

from lumos.package.versions import MAX_NUMBER, Version

__all__ = ["InvalidRange", "Range"]

_MAX_LENGTH = 256
_MAX_ALTERNATIVES = 16

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "": eq,
    "=": eq,
    ">": gt,
    ">=": ge,
    "<": lt,
    "<=": le,
}
# The comma of Cargo stands between comparators only; everything else is npm's own alphabet.
_ALPHABET = re.compile(r"[0-9A-Za-z.*+^~<>=|, \t-]+")

# (1.2.3, pre-release): the numbers, then () below every pre-release, (word, number) or ("~",).
_Point = tuple[tuple[int, int, int], tuple[str | int, ...]]


class InvalidRange(ValueError):
    """A range that cannot be used; the message says what, why and what to try."""


@dataclass(frozen=True, slots=True)
class _Comparator:
    operator: str
    point: _Point
    names_prerelease: bool

    def matches(self, version: Version) -> bool:
        return _OPERATORS[self.operator](_point(version), self.point)


@dataclass(frozen=True, slots=True)
class Range:
    """A set of versions. Construct it with :meth:`parse`."""

    text: str
    _alternatives: tuple[tuple[_Comparator, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Range:
        """Read a range, raise :class:`InvalidRange`. An empty text means any release."""
        if len(text) > _MAX_LENGTH or (text and not _ALPHABET.fullmatch(text)):
            raise _invalid(text)
        if "~=" in text:
            raise InvalidRange(
                f'The range "{text}" has "~=", which would mean one thing in Python (~=1.2 reaches '
                'to 2.0) and another here. Try "^1.2" or "~1.2".'
            )
        parts = [part.strip() for part in text.split("||")]
        if len(parts) > _MAX_ALTERNATIVES:
            raise _invalid(text)
        return cls(text, tuple(_alternative(part, text) for part in parts))

    def matches(self, version: Version) -> bool:
        """Whether the version lies in the range, as npm decides it."""
        return any(
            all(comparator.matches(version) for comparator in comparators)
            and _prerelease_is_meant(version, comparators)
            for comparators in self._alternatives
        )

    def best(self, versions: Iterable[Version]) -> Version | None:
        """The highest version of the range, or ``None``."""
        return max((version for version in versions if self.matches(version)), default=None)

    def __str__(self) -> str:
        return self.text


def _alternative(part: str, whole: str) -> tuple[_Comparator, ...]:
    """One side of ``||`` as comparators that all must hold."""
    pieces = [piece.strip() for piece in part.split(",")]
    if len(pieces) > 1 and not all(pieces):
        raise _invalid(whole)
    comparators: list[_Comparator] = []
    for piece in pieces:
        # What node-semver writes out from ^, ~, x and hyphens excludes the pre-releases of its
        # upper bound, as npm's own "<2.0.0-0" does; a bound that the author wrote does not.
        written = set(re.findall(r"<\s*=?\s*v?([0-9][0-9A-Za-z.+-]*)", piece))
        for operator, text in _expand(piece, whole):
            comparators.append(_comparator(operator, text, derived=text not in written))
    return tuple(comparators)


def _expand(piece: str, whole: str) -> list[tuple[str, str]]:
    """node-semver's comparators of one AND part, as (operator, version)."""
    try:
        (expanded,) = NodeRange(piece, loose=False).set
    except (ValueError, TypeError, AttributeError, IndexError):
        raise _invalid(whole) from None
    found = [re.fullmatch(r"([<>=]*)(.*)", comparator.value) for comparator in expanded]
    return [(match[1], match[2]) for match in found if match and match[2]]


def _comparator(operator: str, text: str, *, derived: bool) -> _Comparator:
    match = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?", text)
    if match is None:
        raise _invalid(text)
    major, minor, patch = (int(number) for number in match.groups()[:3])
    if max(major, minor, patch) > MAX_NUMBER + 1:
        raise _invalid(text)
    core = (major, minor, patch)
    if match[4] is None:
        lowest = operator == "<" and derived
        return _Comparator(operator, (core, () if lowest else ("~",)), names_prerelease=False)
    return _Comparator(operator, (core, _prerelease(match[4], text)), names_prerelease=True)


def _prerelease(pre: str, text: str) -> tuple[str | int, ...]:
    """``beta.1`` as (beta, 1), ``beta`` as (beta,), npm's lowest pre-release ``0`` as ()."""
    match = re.fullmatch(r"(alpha|beta|rc)(?:\.(0|[1-9][0-9]{0,9}))?", pre)
    if match:
        return (match[1],) if match[2] is None else (match[1], int(match[2]))
    if pre == "0":
        return ()
    raise InvalidRange(
        f'The range names the pre-release "{text}". Only -alpha.N, -beta.N and -rc.N exist here, '
        "so that every client orders versions alike. "
        f'Try "{text.partition("-")[0]}-beta.1" or no pre-release.'
    )


def _point(version: Version) -> _Point:
    return version.core, version.pre or ("~",)


def _prerelease_is_meant(version: Version, comparators: tuple[_Comparator, ...]) -> bool:
    return not version.is_prerelease or any(
        comparator.names_prerelease and comparator.point[0] == version.core
        for comparator in comparators
    )


def _invalid(text: str) -> InvalidRange:
    shown = ascii(text if len(text) <= 80 else text[:77] + "...").replace("'", '"')
    return InvalidRange(
        f"{shown} is not a version range. Ranges are npm's: ^1.2, ~1.2.3, 1.x, >=1 <2, ||; a comma "
        'means "and", a bare version is exact. Try "^1.2".'
    )
