"""Ways to a value: RFC 9535 JSONPath without filters, and RFC 6901 JSON Pointer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

__all__ = ["MAX_PATH", "Path", "Segment", "Selector", "parse_path"]

MAX_PATH = 1000

_TOKEN = re.compile(
    r"(?P<descend>\.\.)?(?:"
    r"(?P<bracket>\[)"
    r"|(?(descend)|\.)(?:(?P<star>\*)|(?P<name>[^\s.\[\]'\"*,:()?]+)))"
)
_SELECTOR = re.compile(
    r"\s*(?:(?P<star>\*)"
    r"|(?P<slice>(?P<start>-?\d+)?\s*:\s*(?P<stop>-?\d+)?\s*(?::\s*(?P<step>-?\d+)?)?)"
    r"|(?P<index>-?\d+)"
    r"|'(?P<single>(?:[^'\\]|\\.)*)'"
    r'|"(?P<double>(?:[^"\\]|\\.)*)"'
    r")\s*(?P<end>[,\]])"
)
_HELP = (
    'Write it like "$.items[0].name", "items[*].id", "$..price", or as a JSON Pointer like '
    '"/items/0/name".'
)


@dataclass(frozen=True)
class Selector:
    """One choice among the children: a ``name``, an ``index``, a ``span``, or all of them."""

    name: str | None = None
    index: int | None = None
    span: slice | None = None

    @property
    def is_single(self) -> bool:
        """Whether at most one child can fit."""
        return self.name is not None or self.index is not None


@dataclass(frozen=True)
class Segment:
    """A step down: to children, or with ``descend`` to the children of all descendants."""

    selectors: tuple[Selector, ...]
    descend: bool = False


@dataclass(frozen=True)
class Path:
    """A parsed path."""

    segments: tuple[Segment, ...]

    @property
    def is_single(self) -> bool:
        """Whether it leads to one value, not to a list of matches."""
        return all(
            not step.descend and len(step.selectors) == 1 and step.selectors[0].is_single
            for step in self.segments
        )


def parse_path(text: str) -> Path:
    """Read a JSONPath ("$..."), a JSON Pointer ("/...") or a short path ("a.b[0]").

    Raises ValueError.
    """
    if len(text) > MAX_PATH:
        raise ValueError(f"The path has more than {MAX_PATH} characters. Shorten it. {_HELP}")
    if not text or text.startswith("/"):
        return _pointer(text)
    if text.startswith("$"):
        return _json_path(text, text[1:])
    return _json_path(text, text if text.startswith("[") else f".{text}")


def _pointer(text: str) -> Path:
    if re.search("~(?![01])", text):
        raise ValueError(
            f"The JSON Pointer {text!r} has a ~ that stands for nothing. "
            "Write ~0 for ~ and ~1 for /."
        )
    names = [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]
    return Path(tuple(Segment((Selector(name=name),)) for name in names))


def _json_path(whole: str, rest: str) -> Path:
    segments = []
    position = 0
    while position < len(rest):
        match = _TOKEN.match(rest, position)
        if match is None:
            raise _unreadable(whole, rest[position:])
        position = match.end()
        if match["bracket"]:
            selectors, position = _bracket(whole, rest, position)
        elif match["star"]:
            selectors = (Selector(),)
        else:
            selectors = (Selector(name=match["name"]),)
        segments.append(Segment(selectors, bool(match["descend"])))
    return Path(tuple(segments))


def _bracket(whole: str, rest: str, position: int) -> tuple[tuple[Selector, ...], int]:
    selectors = []
    while True:
        match = _SELECTOR.match(rest, position)
        if match is None:
            raise _unreadable(whole, rest[position - 1 :])
        selectors.append(_selector(match))
        position = match.end()
        if match["end"] == "]":
            return tuple(selectors), position


def _selector(match: re.Match[str]) -> Selector:
    if match["star"]:
        return Selector()
    if match["slice"]:
        numbers = [int(match[part]) if match[part] else None for part in ("start", "stop", "step")]
        return Selector(span=slice(*numbers))
    if match["index"]:
        return Selector(index=int(match["index"]))
    if match["single"] is not None:
        return Selector(name=_unescaped(match["single"].replace("\\'", "'").replace('"', '\\"')))
    return Selector(name=_unescaped(match["double"]))


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        raise ValueError(
            f"The quoted name {text!r} in the path has a wrong escape. Use those of JSON, like \\n."
        ) from None


def _unreadable(whole: str, rest: str) -> ValueError:
    if rest.startswith(("[?", "[(")):
        return ValueError(
            f"The path {whole!r} has a filter or a script, which are not supported. "
            "Select the list without it and filter the result."
        )
    return ValueError(f"The path {whole!r} cannot be read from {rest[:30]!r} on. {_HELP}")
