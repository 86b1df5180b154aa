"""Run several processes: restart those that end, and stop all on Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

#: Seconds before a process is restarted that ended soon after its start.
PAUSE = 1.0
#: Seconds that a process has to end after SIGTERM, before SIGKILL.
STOP_TIMEOUT = 15.0


class Supervised:
    """A command that runs in its own process group."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.name = name
        self.command = command
        self.env = env
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0

    def start(self) -> None:
        """Start the process. It is killed if this process ends for any reason."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own command lines
            [*_dies_with_parent(), *self.command], env=dict(self.env), start_new_session=True
        )

    def has_ended(self) -> bool:
        """Whether the process is not running."""
        return self.process is None or self.process.poll() is not None

    def clear(self) -> None:
        """Kill processes that remain in the group, such as the workers of a killed server."""
        if self.process is not None:
            _signal_group(self.process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Send SIGTERM."""
        if self.process is not None and self.process.poll() is None:
            _signal_group(self.process.pid, signal.SIGTERM)


class Supervisor:
    """Keeps processes running until SIGINT, SIGTERM or SIGHUP."""

    def __init__(self, *children: Supervised) -> None:
        self.children = children
        self.stopping = threading.Event()

    def run(self, then: Callable[[threading.Event], None]) -> None:
        """Start all processes, call ``then(stop event)`` in a thread, and restart what ends."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        for child in self.children:
            child.start()
        beside = threading.Thread(target=then, args=[self.stopping], daemon=True)
        beside.start()
        while not self.stopping.wait(0.3):
            for child in self.children:
                if child.has_ended() and not self.stopping.is_set():
                    self._restart(child)
        self._end()

    def _restart(self, child: Supervised) -> None:
        code = child.process.returncode if child.process else None
        print(f"{child.name} exited with {code}; restarting", file=sys.stderr, flush=True)
        child.clear()
        if time.monotonic() - child.started < PAUSE * 3:
            self.stopping.wait(PAUSE)
        if not self.stopping.is_set():
            child.start()

    def _end(self) -> None:
        for child in self.children:
            child.stop()
        deadline = time.monotonic() + STOP_TIMEOUT
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(deadline - time.monotonic(), 0.1))
                except subprocess.TimeoutExpired:
                    print(f"{child.name} does not end; killing it", file=sys.stderr, flush=True)
            child.clear()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()


def _dies_with_parent() -> list[str]:
    """A command prefix by which the kernel ends the process with this one; empty if unavailable."""
    return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


def _signal_group(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        return
