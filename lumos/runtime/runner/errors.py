"""Converts errors to the fields of an answer."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

TRACEBACK_CHARS = 8000
TRACEBACK_FRAMES = 40
MESSAGE_CHARS = 2000
MAX_BASES = 16
MAX_LEAVES = 5
FOLDER = str(Path(__file__).parent) + os.sep
REFUSED_TYPES = {
    "load": "NotAFunction",
    "arguments": "InvalidArguments",
    "result": "NotJSON",
    "too large": "ResultTooLarge",
    "exit": "ProcessEnded",
    "request": "InvalidRequest",
}


class Refused(Exception):
    """A request that cannot be answered; ``kind`` is a key of ``REFUSED_TYPES``."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def check_names(values: Mapping[str, Any], known: list[str]) -> None:
    """Refuse arguments that the function does not have."""
    unknown = sorted(values.keys() - set(known))
    if unknown:
        names = ", ".join(known) or "none"
        text = f"There is no parameter {', '.join(unknown)}; there are: {names}."
        raise Refused("arguments", text)


def missing(name: str) -> Refused:
    return Refused("arguments", f"The argument {name} is missing.")


def problem(error: BaseException, kind: str = "raised") -> dict[str, Any]:
    """The fields of the answer for an exception."""
    if isinstance(error, Refused):
        kind = error.kind
    try:
        message = text_of(error)[:MESSAGE_CHARS]
    except BaseException as second:
        message = f"(the message could not be read: {type(second).__name__})"
    fields: dict[str, Any] = {"kind": kind, "type": type_name(error), "message": printable(message)}
    if not isinstance(error, Refused):
        fields["bases"] = [base.__name__ for base in type(error).__mro__[1:MAX_BASES]]
    fields["traceback"] = "" if isinstance(error, Refused) else trace(error)
    if isinstance(error, OSError) and isinstance(error.errno, int):
        fields["errno"] = error.errno
    return {"ok": False, "error": fields}


def text_of(error: BaseException) -> str:
    """The message of an error; that of a group has the errors in it, which are what went wrong."""
    if not isinstance(error, BaseExceptionGroup):
        return str(error)
    leaves = [f"{type_name(leaf)}: {leaf}" for leaf in leaves_of(error)]
    more = f"; and {len(leaves) - MAX_LEAVES} more" if len(leaves) > MAX_LEAVES else ""
    return f"{error.message}: {'; '.join(leaves[:MAX_LEAVES])}{more}"


def leaves_of(error: BaseException) -> Iterator[BaseException]:
    """The errors in a group that are no groups themselves."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves_of(inner)
    else:
        yield error


def type_name(error: BaseException) -> str:
    if isinstance(error, Refused):
        return REFUSED_TYPES[error.kind]
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )


def trace(error: BaseException) -> str:
    """The traceback without the runner's own frames."""
    try:
        report = traceback.TracebackException.from_exception(error, limit=-TRACEBACK_FRAMES)
        own = [frame for frame in report.stack if not frame.filename.startswith(FOLDER)]
        report.stack = traceback.StackSummary.from_list(own)
        return printable("".join(report.format()))[-TRACEBACK_CHARS:]
    except BaseException:
        return ""


def printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def ended(reason: str, status: int) -> dict[str, Any]:
    """The fields of the answer for a child that ended without one."""
    if reason == "too large":
        return problem(Refused("too large", "The result is larger than the caller accepts."))
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        text = f"The process that ran the function was killed by signal {-code}."
        extra: dict[str, Any] = {"signal": -code}
    else:
        text, extra = f"The process ended with status {code} before it answered.", {"status": code}
    answer = problem(Refused("exit", text))
    answer["error"] |= extra
    return answer
