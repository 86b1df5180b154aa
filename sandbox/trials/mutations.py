"""Values near given ones and at the edges of what a schema admits; not all of them fit it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from lumos.package.schema.tree import resolve
from sandbox.trials.merging import kinds
from sandbox.trials.texts import UNICODE

LARGE_TEXT = 5_000
LARGE_LIST = 200
LARGEST_LIMIT = 20_000
TEXTS = (
    "", " ", "a", "0", "-1", "null", "\0", "\r\n\t", "../..", "=1+1", "1e309",
    "\u00e9\u6f22\u5b57\U0001f642", "\u202eabc\u200b", "e\u0301", "\u0130\u0131\ufb01\u00df",
    UNICODE, "'\"\\`$;--", "{}[]<>&%s{0}",
    ("lorem ipsum \u6f22\n" * LARGE_TEXT)[:LARGE_TEXT],
)  # fmt: skip
NUMBERS: tuple[int | float, ...] = (
    0, 1, -1, 2, 10, 255, 1000, -1000, 2**31, -(2**31) - 1, 2**53, -(2**53), 2**63 - 1,
    0.5, -0.5, 0.1, 1e-9, 1e15, 1.7976931348623157e308, 5e-324,
)  # fmt: skip
SIMPLE: tuple[Any, ...] = (None, False, True, [], {})
LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def edges(schema: Mapping[str, Any], root: Any, seen: list[Any]) -> list[Any]:
    """Boundary values for one parameter; ``seen`` are values of it that fit."""
    parts = list(_parts(schema, root))
    candidates: list[Any] = []
    for part in parts:
        candidates += _limits(part)
        candidates += part.get("enum", ())
    candidates += [*_large_lists(seen), *_large_objects(seen), *SIMPLE]
    fractions = any("number" in kinds(part.get("type", "number")) for part in parts)
    numbers = [number for number in NUMBERS if fractions or isinstance(number, int)]
    return [*candidates, *TEXTS, *numbers]


def _parts(schema: Any, root: Any) -> Iterator[Mapping[str, Any]]:
    """The schema's own branches and what they refer to, once."""
    waiting, known = [schema], set()
    while waiting:
        part = waiting.pop(0)
        if not isinstance(part, Mapping):
            continue
        yield part
        for key in ("anyOf", "oneOf", "allOf"):
            waiting += part.get(key, ())
        if "$ref" in part and part["$ref"] not in known:
            known.add(part["$ref"])
            waiting.append(resolve(part["$ref"], root))


def _limits(part: Mapping[str, Any]) -> Iterator[Any]:
    for key in LIMITS:
        if key in part:
            yield part[key]
            yield from (part[key] + step for step in (-1, 1, 0.5, -0.5))
    for key in ("minLength", "maxLength"):
        if part.get(key, LARGEST_LIMIT) < LARGEST_LIMIT:
            yield "x" * part[key]
            yield "\u6f22" * part[key]
    if "default" in part:
        yield part["default"]


def _large_lists(seen: list[Any]) -> Iterator[Any]:
    items = [item for value in seen if isinstance(value, list) for item in value]
    if items:
        yield items[:1]
        yield (items * LARGE_LIST)[:LARGE_LIST]
        yield [items[0]] * 2
        yield items[:50]


def _large_objects(seen: list[Any]) -> Iterator[Any]:
    objects = [value for value in seen if isinstance(value, dict) and value]
    if objects:
        whole = {key: part for value in objects for key, part in value.items()}
        yield whole
        yield {f"{key}-{n}": part for n in range(20) for key, part in objects[-1].items()}


def mutated(value: Any, chance: random.Random) -> Any:
    """A copy of a JSON value with one part of it changed."""
    places = list(paths(value))
    return replaced(value, path := chance.choice(places), _changed(at(value, path), chance))


def paths(value: Any) -> Iterator[tuple[Any, ...]]:
    """The paths of all parts of a JSON value, the value itself first."""
    yield ()
    children: Iterator[tuple[Any, Any]] = iter(())
    if isinstance(value, dict):
        children = iter(value.items())
    elif isinstance(value, list):
        children = enumerate(value)
    for key, part in children:
        for path in paths(part):
            yield (key, *path)


def at(value: Any, path: tuple[Any, ...]) -> Any:
    """The part of a value at a path."""
    for key in path:
        value = value[key]
    return value


def replaced(value: Any, path: tuple[Any, ...], part: Any) -> Any:
    """A copy of a value with another part at a path."""
    if not path:
        return part
    key, *rest = path
    changed = replaced(value[key], tuple(rest), part)
    if isinstance(value, dict):
        return {**value, key: changed}
    return [*value[:key], changed, *value[key + 1 :]]


def _changed(part: Any, chance: random.Random) -> Any:
    if isinstance(part, bool):
        return not part
    if isinstance(part, str):
        return chance.choice(_texts_near(part, chance))
    if isinstance(part, int | float):
        return chance.choice([0, part + 1, part - 1, -part, part * 10, part * 1000, part / 2])
    if isinstance(part, list):
        return chance.choice([[], part[:1], part[1:], part[::-1], part * 2, part[: len(part) // 2]])
    if isinstance(part, dict) and part:
        gone = chance.choice(sorted(part))
        return {key: inner for key, inner in part.items() if key != gone}
    return chance.choice(SIMPLE)


def _texts_near(text: str, chance: random.Random) -> list[str]:
    place = chance.randint(0, len(text))
    extra = chance.choice(UNICODE + " \n\t\0,;:'\"")
    return [
        text[:place] + extra + text[place:],
        text[:place],
        text[place:],
        text[:place] + text[place + 1 :],
        text.upper(),
        text[::-1],
        f"{text}{text}",
        f" {text}\n",
        text + "\n" + chance.choice(TEXTS[:-1]),
    ]
