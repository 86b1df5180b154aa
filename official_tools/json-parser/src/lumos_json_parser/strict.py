"""JSON by RFC 8259 and nothing more, with errors that name the place and the remedy."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

__all__ = ["MAX_CHARACTERS", "MAX_DEPTH", "parse"]

MAX_CHARACTERS = 20_000_000
MAX_DEPTH = 200
_MAX_WARNINGS = 20
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_SPLIT = "Split it, or cut the part that is needed out of it first."


def parse(text: str) -> tuple[Any, list[str]]:
    """The value of a JSON text, and warnings about repeated keys.

    A byte order mark is dropped; of repeated keys the last one counts. Raises ValueError.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(
            f"The JSON text has {len(text):,} characters, more than the {MAX_CHARACTERS:,} that "
            f"are parsed at once. {_SPLIT}"
        )
    repeated: dict[str, None] = {}
    value = _decode(text.removeprefix("\ufeff"), repeated)
    if _depth(value) > MAX_DEPTH:
        raise _too_deep()
    if _SURROGATE.search(text):
        _check_characters(value)
    warnings = [
        f"The key {key!r} stands twice in one object; the last one counts." for key in repeated
    ]
    return value, warnings[:_MAX_WARNINGS]


def _decode(text: str, repeated: dict[str, None]) -> Any:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen:
                    repeated[key] = None
                seen.add(key)
        return found

    try:
        return json.loads(
            text, object_pairs_hook=members, parse_float=_float, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        raise ValueError(_explain(text, error)) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        if not str(error).startswith("Exceeds the limit"):
            raise
        raise ValueError(
            "The JSON text holds a whole number of several thousand digits, which takes too long "
            "to read. Write it as a string to keep it."
        ) from None


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(
            f"The number {text[:40]} is larger than any double (about 1.8e308). "
            "Write it as a string to keep it."
        )
    return number


def _constant(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}. Write null, or the word in double quotes.")


def _too_deep() -> ValueError:
    return ValueError(
        f"The JSON text nests deeper than {MAX_DEPTH} levels, which few programs can read. {_SPLIT}"
    )


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        level = [
            inner for item in level for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if depth > MAX_DEPTH:
            break
    return depth


def _check_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError(
            "A string of the JSON text holds half of a surrogate pair, such as \\ud83d alone, "
            "which is no character. Write both halves, or remove the one."
        ) from None


def _explain(text: str, error: json.JSONDecodeError) -> str:
    place = f"line {error.lineno}, column {error.colno}"
    shown = text[max(0, error.pos - 20) : error.pos + 20]
    near = f", near {shown!r}" if shown.strip() else ""
    reason = error.msg[:1].lower() + error.msg[1:]
    return f"The text is not JSON: {reason} at {place}{near}. {_remedy(text, error)}"


def _remedy(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "It is empty: give a JSON text such as {} or []."
    rest = text[error.pos :].lstrip()
    before = text[: error.pos].rstrip()
    if not rest:
        return "It ends too early: close every string, object and array."
    after_comma = rest[0] in "}]" and before.endswith(",")
    if after_comma or (rest[0] == "," and rest[1:].lstrip().startswith(("}", "]"))):
        return "Remove the comma before the closing bracket."
    if rest[0] in "'“”‘’`":
        return 'Write strings and keys in straight double quotes (").'
    if rest.startswith(("True", "False", "None")):
        return "Write true, false and null in lower case."
    if rest.startswith(("//", "/*", "#")):
        return "Remove the comments: JSON has none."
    if "control character" in error.msg:
        return "Write line breaks and tabs in strings as \\n and \\t."
    if error.msg == "Extra data":
        return "Give one JSON value; put several into an array."
    return "Check the punctuation there: commas between items, colons after keys."
