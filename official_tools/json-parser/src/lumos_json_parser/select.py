"""Follows a path through a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lumos_json_parser.path import Path, Segment, Selector

__all__ = ["MAX_MATCHES", "find_all", "find_one"]

MAX_MATCHES = 100_000
_INDEX = re.compile("0|[1-9][0-9]{0,15}")
_SHOWN_KEYS = 12


def find_one(value: Any, path: Path) -> Any:
    """The value at a path that leads to one; raises ValueError if nothing is there."""
    place = "$"
    for segment in path.segments:
        selector = segment.selectors[0]
        children = list(_choose(value, selector))
        if not children:
            raise ValueError(_nothing(value, selector, place))
        value = children[0]
        place += f"[{selector.index if selector.name is None else repr(selector.name)}]"
    return value


def find_all(value: Any, path: Path) -> list[Any]:
    """The values at a path, in the order of the document; raises ValueError if too many."""
    found = [value]
    for segment in path.segments:
        found = _bounded(_step(found, segment))
    return found


def _step(values: list[Any], segment: Segment) -> Iterator[Any]:
    for value in values:
        for node in _descendants(value) if segment.descend else (value,):
            for selector in segment.selectors:
                yield from _choose(node, selector)


def _descendants(value: Any) -> Iterator[Any]:
    """The value and all below it, a parent before its children."""
    stack = [value]
    while stack:
        node = stack.pop()
        yield node
        children = node.values() if isinstance(node, dict) else node
        if isinstance(node, dict | list):
            stack += reversed(list(children))


def _choose(node: Any, selector: Selector) -> Iterator[Any]:
    if isinstance(node, dict):
        if selector.name is not None:
            if selector.name in node:
                yield node[selector.name]
        elif selector.index is None and selector.span is None:
            yield from node.values()
    elif isinstance(node, list):
        yield from _items(node, selector)


def _items(node: list[Any], selector: Selector) -> Iterator[Any]:
    index = selector.index
    if selector.name is not None and _INDEX.fullmatch(selector.name):
        index = int(selector.name)
    if index is not None:
        if -len(node) <= index < len(node):
            yield node[index]
    elif selector.span is not None:
        yield from node[selector.span] if selector.span.step != 0 else ()
    elif selector.name is None:
        yield from node


def _bounded(values: Iterator[Any]) -> list[Any]:
    found = []
    for value in values:
        found.append(value)
        if len(found) > MAX_MATCHES:
            raise ValueError(
                f"The path matches more than {MAX_MATCHES:,} values. Make it narrower, for example "
                "with a slice such as [0:100]."
            )
    return found


def _nothing(value: Any, selector: Selector, place: str) -> str:
    wanted = selector.index if selector.name is None else selector.name
    if isinstance(value, dict):
        keys = ", ".join(map(repr, list(value)[:_SHOWN_KEYS])) or "none"
        more = ", …" if len(value) > _SHOWN_KEYS else ""
        return f"The object at {place} has no member {wanted!r}. Its members are: {keys}{more}."
    if isinstance(value, list):
        return (
            f"The array at {place} has {len(value)} items and none at {wanted!r}. "
            "Items are counted from 0, or from -1 at the end."
        )
    return (
        f"The value at {place} is neither an object nor an array, so {wanted!r} leads nowhere. "
        "Shorten the path."
    )
