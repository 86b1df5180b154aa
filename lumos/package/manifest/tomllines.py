"""Where each key of a TOML document stands, for findings that point at a line.

``tomllib`` gives values without places. This reads only keys, headers, strings and brackets and
expects a document that ``tomllib`` has accepted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

__all__ = ["Path", "locate"]

Path = tuple[str | int, ...]

_KEY_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
_TOKEN = re.compile(r'"""|\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[\[\]{}#\n]')


def locate(text: str) -> dict[Path, int]:
    """Map each key's path (array items by their number) to its line, counted from 1.

    Keys inside inline tables are not listed; the key that holds the table is.
    """
    places: dict[Path, int] = {}
    arrays: Counter[Path] = Counter()
    table: Path = ()
    for line, statement in _statements(text):
        header = re.match(r"\[(\[)?(.*?)\]", statement.strip(), re.DOTALL)
        if header:
            keys, _ = _keys(header[2])
            table = _resolved(keys, arrays, is_item=bool(header[1]))
            places.setdefault(table, line)
            if header[1]:
                places.setdefault(table[:-1], line)
        else:
            keys, rest = _keys(statement)
            if keys and rest.startswith("="):
                places[table + keys] = line
    return places


def _resolved(keys: Path, arrays: Counter[Path], *, is_item: bool) -> Path:
    """The path of a header with the numbers of the array items that it lies in."""
    path: Path = ()
    for index, key in enumerate(keys):
        path += (key,)
        is_last = index == len(keys) - 1
        if is_last and is_item:
            arrays[path] += 1
        if path in arrays:
            path += (arrays[path] - 1,)
    return path


def _keys(text: str) -> tuple[Path, str]:
    """The dotted key that a text begins with, and what follows it."""
    parts: list[str] = []
    position = 0
    while match := _KEY_PART.match(text, position):
        parts.append(next(group for group in match.groups() if group is not None))
        position = match.end()
        if text[position : position + 1] != ".":
            break
        position += 1
    return tuple(parts), text[position:]


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Every header or ``key = value`` with the line it begins on; values may span lines."""
    line = 1
    start = depth = position = 0
    while match := _TOKEN.search(text, position):
        mark, position = match[0], match.end()
        if mark in ('"""', "'''"):
            position = _end_of_long_string(text, mark, position)
        elif mark == "#":
            newline = text.find("\n", position)
            position = len(text) if newline < 0 else newline
        elif mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
        elif mark == "\n" and depth <= 0:
            yield from _statement(text[start:position], line)
            line += text.count("\n", start, position)
            start = position
    yield from _statement(text[start:], line)


def _statement(text: str, line: int) -> Iterator[tuple[int, str]]:
    statement = text.strip()
    if statement and not statement.startswith("#"):
        yield line + text[: text.index(statement[0])].count("\n"), statement


def _end_of_long_string(text: str, quotes: str, position: int) -> int:
    while True:
        end = text.find(quotes, position)
        if end < 0:
            return len(text)
        escapes = len(text[:end]) - len(text[:end].rstrip("\\")) if quotes == '"""' else 0
        if escapes % 2 == 0:
            return end + 3
        position = end + 1
