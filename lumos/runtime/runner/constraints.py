"""The limits of annotated_types, for tools whose environment has no pydantic."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .errors import Refused
from .scalars import bad

Check = tuple[str, str, Callable[[Any, Any], bool]]
CHECKS: tuple[Check, ...] = (
    ("gt", "more than {}", operator.gt),
    ("ge", "at least {}", operator.ge),
    ("lt", "less than {}", operator.lt),
    ("le", "at most {}", operator.le),
    ("multiple_of", "a multiple of {}", lambda value, limit: value % limit == 0),
    ("min_length", "of length {} or more", lambda value, limit: len(value) >= limit),
    ("max_length", "of length {} or less", lambda value, limit: len(value) <= limit),
)


def constrained(
    convert: Callable[[Any, str, bool], Any], metadata: Iterable[Any]
) -> Callable[[Any, str, bool], Any]:
    """``convert`` followed by the checks that ``metadata`` asks for."""
    checks = [check for part in metadata for check in checks_of(part)]
    if not checks:
        return convert

    def to_constrained(value: Any, where: str, exact: bool) -> Any:
        found = convert(value, where, exact)
        if found is not None:
            for wanted, fits in checks:
                check(found, value, wanted, fits, where)
        return found

    return to_constrained


def check(found: Any, value: Any, wanted: str, fits: Callable[[Any], bool], where: str) -> None:
    try:
        fine = fits(found)
    except TypeError as error:
        raise Refused("arguments", f"{where} cannot be compared: {error}") from error
    if not fine:
        bad(value, wanted, where)


def checks_of(part: Any) -> Iterator[tuple[str, Callable[[Any], bool]]]:
    """The words and the test of each limit in one part of ``Annotated``."""
    if type(part).__module__.partition(".")[0] != "annotated_types":
        return
    if callable(getattr(part, "func", None)):
        yield f"accepted by {getattr(part.func, '__name__', 'its predicate')}", part.func
    for name, words, test in CHECKS:
        limit = getattr(part, name, None)
        if limit is not None:
            yield words.format(limit), functools.partial(reversed_call, test, limit)


def reversed_call(test: Callable[[Any, Any], bool], limit: Any, value: Any) -> bool:
    return test(value, limit)
