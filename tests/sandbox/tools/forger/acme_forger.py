"""A tool that writes answers of its own on the sandbox's descriptors."""

from __future__ import annotations

import json
import os
import sys
import time


def option(name: str) -> int:
    return int(sys.orig_argv[sys.orig_argv.index(name) + 1])


def request() -> dict[str, object]:
    """The question that is being answered, found in the frames of the runner."""
    frame = sys._getframe()
    while frame:
        found = frame.f_locals.get("request")
        if isinstance(found, dict) and "id" in found:
            return found
        frame = frame.f_back
    raise LookupError("no request")


def write_to_runner(data: bytes) -> None:
    """Through the parent's descriptor, as our own copy of it is closed."""
    descriptor = os.open(f"/proc/{os.getppid()}/fd/{option('--out')}", os.O_WRONLY)
    os.write(descriptor, data)
    os.close(descriptor)


def garbage() -> str:
    write_to_runner(b"\x00\xff not JSON\n")
    time.sleep(60)
    return "never"


def half_a_line() -> str:
    write_to_runner(b'{"id": ')
    return "honest"


def wrong_question() -> str:
    write_to_runner(b'{"id": "guess", "ok": true, "value": "forged"}\n')
    time.sleep(60)
    return "never"


def right_question() -> str:
    """The forged value is what the caller compares, so it gains nothing; the second is noticed."""
    line = json.dumps({"id": request()["id"], "ok": True, "value": "forged"})
    write_to_runner(line.encode() + b"\n")
    return "honest"


def not_a_number() -> str:
    line = json.dumps({"id": request()["id"], "ok": True, "value": float("nan")})
    write_to_runner(line.encode() + b"\n")
    time.sleep(60)
    return "never"


def nested() -> str:
    write_to_runner(b'{"id": 1, "value": ' + b"[" * 500_000 + b"\n")
    time.sleep(60)
    return "never"


def odd_error() -> str:
    error = {"kind": ["x"], "type": 7, "message": {"a": None}, "signal": "x", "errno": 10**30}
    line = json.dumps({"id": request()["id"], "ok": False, "error": error})
    write_to_runner(line.encode() + b"\n")
    time.sleep(60)
    return "never"


def endless_line() -> str:
    while True:
        write_to_runner(b"x" * 60_000)


def honest() -> str:
    return "honest"
