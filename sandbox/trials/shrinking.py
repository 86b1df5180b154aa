"""Make a failing input smaller with few calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lumos.package.schema.tree import sort_key
from sandbox.trials.mutations import at, paths, replaced

Input = Mapping[str, Any]


def smaller(
    value: dict[str, Any],
    fails: Callable[[dict[str, Any]], bool],
    fits: Callable[[Any], bool],
    *,
    calls: int,
) -> dict[str, Any]:
    """The smallest input that still ``fails``, found greedily with at most ``calls`` calls of it.

    ``fits`` says whether an input fits the schema; it is cheap.
    """
    tried = {sort_key(value)}
    progress = True
    while progress:
        progress = False
        for candidate in _candidates(value):
            key = sort_key(candidate)
            if key in tried or not fits(candidate):
                continue
            if calls <= 0:
                return value
            tried.add(key)
            calls -= 1
            if fails(candidate):
                value, progress = candidate, True
                break
    return value


def _candidates(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Smaller inputs, those that remove most first."""
    yield {}
    places = sorted(paths(value), key=len)
    for path in places:
        if path and isinstance(at(value, path[:-1]), dict):
            yield _without(value, path)
    for path in places:
        for part in _simpler(at(value, path)):
            yield replaced(value, path, part)


def _without(value: Any, path: tuple[Any, ...]) -> Any:
    holder = at(value, path[:-1])
    return replaced(value, path[:-1], {k: part for k, part in holder.items() if k != path[-1]})


def _simpler(part: Any) -> Iterator[Any]:
    """Simpler values of the same type, the simplest first."""
    if isinstance(part, bool):
        if part:
            yield False
    elif isinstance(part, str):
        yield from _shorter(part)
    elif isinstance(part, int | float):
        yield from (number for number in (0, 1, -1) if abs(number) < abs(part))
        if isinstance(part, int) and abs(part) > 1:
            yield int(part / 1000) if abs(part) > 1000 else int(part / 2)
        elif isinstance(part, float):
            yield float(int(part)) if abs(part) < 1e15 else part / 2
    elif isinstance(part, list):
        yield from _shorter(part)


def _shorter(part: Any) -> Iterator[Any]:
    """The empty value, the first and last element, the halves, then all but one element."""
    length = len(part)
    if not length:
        return
    half = length // 2
    for piece in (part[:0], part[:1], part[-1:], part[:half], part[half:]):
        if len(piece) < length:
            yield piece
    if length <= 8:
        yield from (part[:place] + part[place + 1 :] for place in range(length))
