"""Runs one call in a forked child process, so that it cannot affect the next call."""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import NoReturn


class Child:
    """A forked process that answers one request on its own pipe.

    After its answer it waits until ``gate`` is closed, so that the parent can measure it.
    """

    def __init__(self, pid: int, answer: int, gate: int) -> None:
        self.pid, self.answer, self.gate = pid, answer, gate
        self.status: int | None = None
        self.exit = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    @classmethod
    def start(cls, work: Callable[[], bytes], close: tuple[int, ...]) -> Child:
        """Fork; the child closes the descriptors ``close`` and writes what ``work`` returns."""
        answer_out, answer_in = os.pipe()
        gate_out, gate_in = os.pipe()
        flush()
        gc.freeze()
        pid = os.fork()
        if pid == 0:
            run_child(work, (*close, answer_out, gate_in), answer_in, gate_out)
        os.close(answer_in)
        os.close(gate_out)
        return cls(pid, answer_out, gate_in)

    def read(self, limit: int) -> bytes | str:
        """The child's answer, one line; ``silent`` or ``too large`` if there is none."""
        data = bytearray()
        while True:
            if self.ready(self.answer, None):
                chunk = os.read(self.answer, 1 << 20)
                data += chunk
                if chunk.endswith(b"\n"):
                    return bytes(data)
                if len(data) > limit:
                    return "too large"
                if not chunk:
                    return "silent"
            elif self.dead() and not select.select([self.answer], [], [], 0)[0]:
                return "silent"

    def ready(self, descriptor: int | None, seconds: float | None) -> bool:
        """Wait for ``descriptor`` or the child's end; returns whether it is readable."""
        watched = [fd for fd in (descriptor, self.exit) if fd is not None]
        pause = 0.01 if self.exit is None else seconds
        return descriptor in select.select(watched, [], [], pause)[0]

    def dead(self) -> bool:
        if self.status is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                pid, status = self.pid, 0
            self.status = status if pid else None
        return self.status is not None

    def end(self, *, wait: bool) -> int:
        """Kill the child and its process group; ``wait`` gives it a second to exit first.

        Returns its wait status.
        """
        if self.gate >= 0:
            os.close(self.gate)
            os.close(self.answer)
            self.gate = -1
        deadline = time.monotonic() + (1.0 if wait else 0.0)
        while not self.dead() and time.monotonic() < deadline:
            self.ready(None, deadline - time.monotonic())
        if not self.dead():
            stop(self.pid)
            while not self.dead():
                self.ready(None, 1.0)
        stop(-self.pid)
        if self.exit is not None:
            os.close(self.exit)
            self.exit = None
        return self.status or 0


def run_child(
    work: Callable[[], bytes], close: tuple[int, ...], answer: int, gate: int
) -> NoReturn:
    status = 0
    try:
        os.setpgid(0, 0)
        for descriptor in close:
            os.close(descriptor)
        write_all(answer, work())
        os.read(gate, 1)
    except BaseException:
        status = 70
    finally:
        os._exit(status)


def stop(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # noqa: S112 - the tool may have closed or replaced it
            continue


def write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
