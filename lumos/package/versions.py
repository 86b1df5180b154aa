"""Versions: SemVer 2.0.0, restricted to what PEP 440 can say one to one (design §3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

import semver
from packaging.version import InvalidVersion as InvalidPythonVersion
from packaging.version import Version as PythonVersion

__all__ = ["InvalidVersion", "Version"]

MAX_NUMBER = 2**31 - 1

_PRERELEASE = re.compile(r"(alpha|beta|rc)\.(0|[1-9][0-9]*)")
_TO_PEP440 = {"alpha": "a", "beta": "b", "rc": "rc"}
_FROM_PEP440 = {short: word for word, short in _TO_PEP440.items()}


class InvalidVersion(ValueError):
    """A version that cannot be used; the message says what, why and what to try."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """One version of a tool, ordered by SemVer's precedence. Construct it with :meth:`parse`."""

    major: int
    minor: int
    patch: int
    pre: tuple[str, int] | None = None

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read ``1.2.0`` or ``1.2.0-beta.1``; exactly three numbers, no build metadata."""
        try:
            parsed = semver.Version.parse(text) if len(text) <= 64 else None
        except (ValueError, TypeError):
            parsed = None
        if parsed is None or not text.isascii():
            raise InvalidVersion(
                f"{_shown(text)} is not a version. Versions here are SemVer 2.0.0 with exactly "
                'three numbers, so that ranges mean the same everywhere. Try "1.2.0".'
            )
        if parsed.build:
            raise InvalidVersion(
                f'The version "{text}" has build metadata. Two builds of one version would be two '
                f'files under one name. Try "{text.partition("+")[0]}" or the next patch version.'
            )
        pre = _prerelease(text, parsed.prerelease)
        _capped(text, parsed.major, parsed.minor, parsed.patch)
        return cls(parsed.major, parsed.minor, parsed.patch, pre)

    @classmethod
    def from_pep440(cls, text: str) -> Version:
        """Read the form that Python metadata uses, ``1.2.0b1`` for ``1.2.0-beta.1``."""
        try:
            parsed = PythonVersion(text) if len(text) <= 64 else None
        except (InvalidPythonVersion, TypeError):
            parsed = None
        if parsed is None:
            raise InvalidVersion(
                f'{_shown(text)} is not a version that Python tools read (PEP 440). Try "1.2.0".'
            )
        if parsed.epoch or parsed.is_postrelease or parsed.is_devrelease or parsed.local:
            raise InvalidVersion(
                f'The version "{text}" has an epoch, a post, dev or local part. SemVer has no such '
                f'parts, so it cannot be offered under one. Try "{_three(parsed)}".'
            )
        if len(parsed.release) != 3:
            raise InvalidVersion(
                f'The version "{text}" has not exactly three numbers, which SemVer asks for. '
                f'Try "{_three(parsed)}".'
            )
        pre = (_FROM_PEP440[parsed.pre[0]], parsed.pre[1]) if parsed.pre else None
        _capped(text, parsed.major, parsed.minor, parsed.micro, pre[1] if pre else 0)
        return cls(parsed.major, parsed.minor, parsed.micro, pre)

    @property
    def core(self) -> tuple[int, int, int]:
        """The three numbers without the pre-release."""
        return self.major, self.minor, self.patch

    @property
    def is_prerelease(self) -> bool:
        """Whether this is an alpha, a beta or a release candidate."""
        return self.pre is not None

    def can_precede(self, later: Version) -> bool:
        """Whether ``later`` may be compared with this released version (design §4).

        This one is lower and no pre-release, or a pre-release of the same three numbers. Of several
        such releases that are not withdrawn, the highest is the one to compare with.
        """
        return self < later and (not self.is_prerelease or self.core == later.core)

    @property
    def pep440(self) -> str:
        """The form that Python metadata and wheel names use, normalized."""
        base = f"{self.major}.{self.minor}.{self.patch}"
        return base + (f"{_TO_PEP440[self.pre[0]]}{self.pre[1]}" if self.pre else "")

    def __str__(self) -> str:
        base = f"{self.major}.{self.minor}.{self.patch}"
        return base + (f"-{self.pre[0]}.{self.pre[1]}" if self.pre else "")

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Version):
            return NotImplemented
        return self._precedence < other._precedence

    @property
    def _precedence(self) -> tuple[int, int, int, str, int]:
        # SemVer 11.3: a pre-release comes before its release; "~" sorts after the words.
        return (*self.core, *(self.pre or ("~", 0)))


def _prerelease(text: str, pre: str | None) -> tuple[str, int] | None:
    if pre is None:
        return None
    match = _PRERELEASE.fullmatch(pre)
    if not match:
        raise InvalidVersion(
            f'The version "{text}" has the pre-release "{pre}". Only -alpha.N, -beta.N and -rc.N '
            "exist both in SemVer and in PEP 440, so only these are the same for every client. "
            f'Try "{text.partition("-")[0]}-beta.1".'
        )
    _capped(text, int(match[2]))
    return match[1], int(match[2])


def _capped(text: str, *numbers: int) -> None:
    if max(numbers) > MAX_NUMBER:
        raise InvalidVersion(
            f'The version "{text}" has a number above {MAX_NUMBER}, which not every client and '
            'database can hold. Try small numbers that count up, like "1.2.0".'
        )


def _three(version: PythonVersion) -> str:
    release = (*version.release, 0, 0)[:3]
    return ".".join(str(number) for number in release)


def _shown(text: object) -> str:
    shown = str(text)
    return ascii(shown if len(shown) <= 80 else shown[:77] + "...").replace("'", '"')
