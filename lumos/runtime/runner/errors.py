"""What goes wrong, as the fields of an answer."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import Any

TRACEBACK_CHARS = 8000
TRACEBACK_FRAMES = 40
MESSAGE_CHARS = 2000
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
    """A request that cannot be done; ``kind`` says which part of it is at fault."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def problem(error: BaseException, kind: str = "raised") -> dict[str, Any]:
    """An exception as the answer's fields."""
    if isinstance(error, Refused):
        kind = error.kind
    try:
        message = str(error)[:MESSAGE_CHARS]
    except BaseException as second:
        message = f"(its message could not be read: {type(second).__name__})"
    found: dict[str, Any] = {"kind": kind, "type": type_name(error), "message": printable(message)}
    found["traceback"] = "" if isinstance(error, Refused) else trace(error)
    if isinstance(error, OSError) and isinstance(error.errno, int):
        found["errno"] = error.errno
    return {"ok": False, "error": found}


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
    """The tool's part of the traceback."""
    try:
        found = traceback.TracebackException.from_exception(error, limit=-TRACEBACK_FRAMES)
        own = [frame for frame in found.stack if not frame.filename.startswith(FOLDER)]
        found.stack = traceback.StackSummary.from_list(own)
        return printable("".join(found.format()))[-TRACEBACK_CHARS:]
    except BaseException:
        return ""


def printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def ended(reason: str, status: int) -> dict[str, Any]:
    """How a child that gave no answer ended, as the answer's fields."""
    if reason == "too large":
        return problem(Refused("too large", "The result is larger than the caller takes."))
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        text = f"The process that ran the function was ended by signal {-code}."
        extra: dict[str, Any] = {"signal": -code}
    else:
        text, extra = f"The process ended with status {code} before it answered.", {"status": code}
    found = problem(Refused("exit", text))
    found["error"] |= extra
    return found
