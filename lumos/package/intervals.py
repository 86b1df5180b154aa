"""Unions of version intervals as PEP 440 specifiers.

A point is (three numbers, pre-release), where the pre-release is ``()`` for the place below every
pre-release, ``("beta", 1)`` or ``("beta",)`` for one of them and ``("~",)`` for the release itself,
so that points compare as versions do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

__all__ = ["Interval", "specifier"]

_Core = tuple[int, int, int]
_Point = tuple[_Core, tuple[str | int, ...]]

_RELEASE = ("~",)
_LETTERS = {"alpha": "a", "beta": "b", "rc": "rc"}
_BOTTOM: _Point = ((-1, 0, 0), ())
_MAX_EXCEPTIONS = 24
_NOTHING = "<0.0.0a0"


@dataclass(frozen=True, slots=True)
class Interval:
    """The points between two bounds; a missing bound is ``None``.

    ``prereleases`` are the cores whose pre-releases the range names and so may match.
    """

    lower: _Point | None = None
    lower_included: bool = True
    upper: _Point | None = None
    upper_included: bool = True
    prereleases: frozenset[_Core] = field(default_factory=frozenset)

    def above(self, point: _Point, *, included: bool) -> Interval:
        """The part at or above ``point``."""
        named = self.prereleases | _named(point)
        if self.lower is not None and (self.lower, not self.lower_included) >= (
            point,
            not included,
        ):
            return replace(self, prereleases=named)
        return replace(self, lower=point, lower_included=included, prereleases=named)

    def below(self, point: _Point, *, included: bool) -> Interval:
        """The part at or below ``point``."""
        named = self.prereleases | _named(point)
        if self.upper is not None and (self.upper, self.upper_included) <= (point, included):
            return replace(self, prereleases=named)
        return replace(self, upper=point, upper_included=included, prereleases=named)

    @property
    def is_empty(self) -> bool:
        if self.lower is None or self.upper is None:
            return False
        if self.lower == self.upper:
            return not (self.lower_included and self.upper_included)
        return self.lower > self.upper


def specifier(intervals: Iterable[Interval]) -> str | None:
    """The union as a PEP 440 specifier, wider only about pre-releases; ``None`` if there is none.

    Gaps between the intervals are cut out with ``!=`` where finitely many exceptions do it.
    """
    ordered = sorted(
        (interval for interval in intervals if not interval.is_empty),
        key=lambda interval: (interval.lower or _BOTTOM, not interval.lower_included),
    )
    if not ordered:
        return _NOTHING
    whole, exceptions = ordered[0], list[str]()
    for following in ordered[1:]:
        gap = _gap(whole, following)
        if gap is None:
            return None
        exceptions += gap
        whole = _joined(whole, following)
    if len(exceptions) > _MAX_EXCEPTIONS:
        return None
    return ",".join([*_bounds(whole), *dict.fromkeys(exceptions)])


def _named(point: _Point) -> frozenset[_Core]:
    return frozenset() if point[1] in ((), _RELEASE) else frozenset({point[0]})


def _joined(first: Interval, second: Interval) -> Interval:
    reaches_further = first.upper is None or (
        second.upper is not None
        and (first.upper, first.upper_included) >= (second.upper, second.upper_included)
    )
    far = first if reaches_further else second
    named = first.prereleases | second.prereleases
    return replace(first, upper=far.upper, upper_included=far.upper_included, prereleases=named)


def _gap(first: Interval, second: Interval) -> list[str] | None:
    """The exceptions that cut out the releases between two intervals, or ``None``."""
    if first.upper is None or second.lower is None:
        return []
    start, pre = first.upper
    if pre == _RELEASE and first.upper_included:
        start = _next_patch(start)
    stop, pre = second.lower
    if pre == _RELEASE and not second.lower_included:
        stop = _next_patch(stop)
    exceptions: list[str] = []
    if start < stop and start in first.prereleases:
        exceptions, start = [f"!={_dotted(start)}"], _next_patch(start)
    rest = _prefixes(start, stop)
    return None if rest is None else exceptions + rest


def _prefixes(start: _Core, stop: _Core) -> list[str] | None:
    """Every release from ``start`` up to, not including, ``stop`` as ``!=`` clauses."""
    found: list[str] = []
    while start < stop and len(found) <= _MAX_EXCEPTIONS:
        major, minor, patch = start
        if (minor, patch) == (0, 0) and (major + 1, 0, 0) <= stop:
            found.append(f"!={major}.*")
            start = (major + 1, 0, 0)
        elif patch == 0 and (major, minor + 1, 0) <= stop and stop[0] == major:
            found.append(f"!={major}.{minor}.*")
            start = (major, minor + 1, 0)
        elif stop[:2] == (major, minor):
            found.append(f"!={_dotted(start)}")
            start = _next_patch(start)
        else:
            return None
    return found


def _bounds(interval: Interval) -> list[str]:
    lower, upper = interval.lower, interval.upper
    if lower is not None and lower == upper and len(lower[1]) != 1 - (lower[1] == _RELEASE):
        return [f"=={_pep440(lower)}"]
    clauses: list[str] = []
    if lower is not None:
        exact = lower[1] == _RELEASE or len(lower[1]) == 2
        clauses.append(f"{'>=' if interval.lower_included or not exact else '>'}{_pep440(lower)}")
    if upper is not None:
        clauses += _upper(upper, included=interval.upper_included, named=interval.prereleases)
    return clauses


def _upper(upper: _Point, *, included: bool, named: frozenset[_Core]) -> list[str]:
    core, pre = upper
    if pre == ():
        return [f"<{_dotted(core)}"]
    if pre == _RELEASE and not included:
        # PEP 440's "<2.0.0" never allows 2.0.0b1, which npm allows where the range names it.
        dotted = _dotted(core)
        return [f"<={dotted}", f"!={dotted}"] if core in named else [f"<{dotted}"]
    exact = pre == _RELEASE or len(pre) == 2
    return [f"{'<=' if included and exact else '<'}{_pep440(upper)}"]


def _pep440(point: _Point) -> str:
    core, pre = point
    if pre == _RELEASE:
        return _dotted(core)
    if not pre:
        return f"{_dotted(core)}a0"
    number = pre[1] if len(pre) == 2 else 0
    return f"{_dotted(core)}{_LETTERS[str(pre[0])]}{number}"


def _next_patch(core: _Core) -> _Core:
    return core[0], core[1], core[2] + 1


def _dotted(core: _Core) -> str:
    return ".".join(str(number) for number in core)
