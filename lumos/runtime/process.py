"""Drives the runner in a child process: one tool, one process, JSON lines on pipes of their own."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lumos.client.errors import LumosError, NotFound

__all__ = ["RUNNER", "RunnerProcess", "ToolFailed"]

RUNNER = Path(__file__).with_name("runner")
_CHUNK = 1024 * 1024
_KILL_AFTER, _TERMINATE_AFTER = 2.0, 0.2
_MAX_LINE = 80 * 1024 * 1024
"""More than the runner's own limit, ``MAX_ANSWER``."""
_STDERR = 2


class ToolFailed(LumosError):
    """A call failed; ``kind`` is a key of ``_WHY``."""

    def __init__(self, kind: str, error_type: str, message: str, trace: str = "") -> None:
        shown = f"{error_type}: {message}" if kind == "raised" and message else message
        super().__init__(shown, why=_WHY.get(kind, ""), hint=_HINTS.get(kind, ""))
        self.kind = kind
        self.message = message
        self.error_type = error_type
        self.trace = trace


_WHY = {
    "raised": "The function raised this error.",
    "arguments": "The arguments do not match the function's input schema.",
    "load": "The tool's code could not be imported.",
    "exit": "The tool's process ended before it answered.",
    "time": "The function took longer than the timeout.",
    "result": "The function returned a value that JSON cannot represent.",
    "schema": "Clients reject a result that its schema does not describe.",
}
_HINTS = {
    "raised": "Check the arguments, or run it again with --verbose to see the traceback.",
    "arguments": "lumos tools info NAME shows what the function takes.",
    "load": "Run lumos install. If the error persists, report it to the publisher of the tool.",
    "exit": "Run it again. If the error persists, report it to the publisher of the tool.",
    "time": "Use a longer --timeout SECONDS.",
    "result": "Report this to the publisher of the tool.",
    "schema": "Report this to the publisher of the tool.",
}


class RunnerProcess:
    """A process that runs a tool's functions. Only ``kill`` is thread-safe."""

    def __init__(
        self, python: Path, functions: Mapping[str, str], environment: Mapping[str, str]
    ) -> None:
        """``functions`` maps names to ``module:function``; they are imported at once."""
        if not python.exists():
            raise NotFound(
                "The environment of this project does not exist.",
                why=f"{python} is missing: a new clone, or a deleted folder.",
                hint="lumos install",
            )
        self._functions = dict(functions)
        self._buffer = bytearray()
        self._last = 0
        self._loaded = False
        self._start(python, environment)
        self._send({"op": "load", "functions": self._functions})

    def _start(self, python: Path, environment: Mapping[str, str]) -> None:
        read_request, self._requests = os.pipe()
        self._answers, write_answer = os.pipe()
        fds = (read_request, write_answer)
        command: list[str | Path] = [
            python,
            "-I",
            "-B",
            RUNNER,
            "--in",
            str(fds[0]),
            "--out",
            str(fds[1]),
        ]
        try:
            self._process = subprocess.Popen(  # noqa: S603  (a list, no shell)
                command,
                stdin=subprocess.DEVNULL,
                stdout=_STDERR,
                pass_fds=fds,
                env=dict(environment),
                # Ctrl-C goes only to us; we stop the tool, so that it prints no traceback.
                start_new_session=True,
            )
        finally:
            for descriptor in fds:
                os.close(descriptor)

    @property
    def alive(self) -> bool:
        """Whether the process runs. It is not reaped here, so that its group id stays valid."""
        return self._process.returncode is None and not _has_ended(self._process.pid)

    def kill(self) -> None:
        """Kill the tool and its child processes; a running call raises :class:`ToolFailed`."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def load(self, *, timeout: float | None = None) -> None:
        """Wait until the functions are imported; raises :class:`ToolFailed`."""
        if not self._loaded:
            self._value(self._receive(self._last, timeout), name="load")
            self._loaded = True

    def call(
        self, function: str, arguments: Mapping[str, Any], *, timeout: float | None = None
    ) -> Any:
        """The function's result as JSON values; raises :class:`ToolFailed`.

        After ``timeout`` seconds the process is stopped.
        """
        self.load(timeout=timeout)
        self._send({"op": "call", "function": function, "arguments": dict(arguments)})
        return self._value(self._receive(self._last, timeout), name=function)

    def close(self) -> None:
        """Stop the process and its children: close its input, then SIGTERM, then SIGKILL."""
        for descriptor in (self._requests, self._answers):
            if descriptor >= 0:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
        self._requests = self._answers = -1
        if self._process.returncode is not None:
            return
        if self._loaded:
            self._wait(_TERMINATE_AFTER)
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
            self._wait(_KILL_AFTER)
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_KILL_AFTER)

    def _wait(self, seconds: float) -> None:
        """Wait until the process has ended, at most ``seconds``."""
        deadline = time.monotonic() + seconds
        while self.alive and time.monotonic() < deadline:
            time.sleep(0.005)

    def __enter__(self) -> RunnerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, request: dict[str, Any]) -> None:
        self._last += 1
        data = json.dumps({"id": self._last, **request}).encode() + b"\n"
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._requests, view) :]
        except BrokenPipeError:
            raise self._ended() from None

    def _receive(self, wanted: int, timeout: float | None) -> dict[str, Any]:
        """The answer to the request with the id ``wanted``.

        The pipe is open to the tool's code too: other JSON on it is ignored, and anything else
        stops the process.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                answer = json.loads(self._line(deadline, timeout))
            except (ValueError, RecursionError):
                raise self._invalid("its answer is not JSON") from None
            if isinstance(answer, dict) and answer.get("id") == wanted:
                return answer

    def _line(self, deadline: float | None, timeout: float | None) -> bytes:
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > _MAX_LINE:
                raise self._invalid(f"it wrote more than {_MAX_LINE:,} bytes")
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not select.select([self._answers], [], [], left)[0]:
                self.close()
                raise ToolFailed("time", "TimeoutError", f"No answer after {timeout:g} seconds.")
            chunk = os.read(self._answers, _CHUNK)
            if not chunk:
                raise self._ended()
            self._buffer += chunk
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _invalid(self, reason: str) -> ToolFailed:
        self.close()
        return ToolFailed("exit", "ProcessEnded", f"The tool was stopped: {reason}.")

    def _value(self, answer: dict[str, Any], *, name: str) -> Any:
        if answer.get("ok"):
            return answer.get("value")
        error = answer.get("error") or {}
        raise ToolFailed(
            error.get("kind", "raised"),
            error.get("type", "Error"),
            error.get("message") or f"{name} failed.",
            error.get("traceback") or "",
        )

    def _ended(self) -> ToolFailed:
        self._wait(_KILL_AFTER)
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_KILL_AFTER)
        status = self._process.poll()
        if status is not None and status < 0:
            name = signal.Signals(-status).name
            return ToolFailed("exit", "ProcessEnded", f"The tool was stopped by {name}.")
        return ToolFailed("exit", "ProcessEnded", f"The tool exited with status {status}.")


def _has_ended(pid: int) -> bool:
    """Whether a child process has ended, without reaping it."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True
