"""Start, query, monitor and end one sandbox from outside.

Its output is untrusted: sizes are bounded, time is measured here, an answer without a request is a
failure, and ``close`` ends every process.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import selectors
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import Any

from sandbox import processes
from sandbox.launch import Launched, SandboxUnavailable, launch
from sandbox.layers import Plan
from sandbox.observe import Observation
from sandbox.streams import Answers, Printed, Requests, watch
from sandbox.writable import WORKING_FOLDER

TICK = 0.05
START_SECONDS = 30.0
MAX_DEPTH = 100
OWN_PROCESSES = 2  # bubblewrap's own, which count toward the limit


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of one request: an ``answer``, or the reason of the ``failure``: ``timed out``,
    ``memory``, ``output limit``, ``died`` or ``garbage``.

    ``seconds`` is measured outside, from the request's first byte to the answer's last.
    ``killed``: SIGKILL ended the process.
    """

    seconds: float
    answer: dict[str, Any] | None = None
    failure: str = ""
    detail: str = ""
    killed: bool = False

    @property
    def ok(self) -> bool:
        return self.answer is not None and self.answer.get("ok") is True

    @property
    def error(self) -> dict[str, Any]:
        """The runner's error; empty if there is none, or no answer."""
        error = (self.answer or {}).get("error")
        return error if isinstance(error, dict) else {}


class Sandbox:
    """A started sandbox with a runner in it; a context manager.

    ``deadline`` (of ``time.monotonic``) ends every wait except that for the start. After a reply
    with a ``failure`` the sandbox cannot be used any more. Raises SandboxUnavailable if it does
    not start.
    """

    def __init__(self, plan: Plan, deadline: float, observation: Observation | None = None) -> None:
        self.plan, self.observation = plan, observation
        self.limits, self.deadline = plan.limits, deadline
        self.crowded = False
        self.peak_resident = 0
        self.processor_seconds = 0.0
        self.listener: socket.socket | None = None
        self._over = ("", "")
        self._init = 0
        self._watching = contextlib.ExitStack()
        self._parts = launch(plan)
        self._requests = Requests(self._parts.requests)
        self._answers = Answers(self._parts.answers, self.limits.output_bytes + 1024)
        self._out, self._err = Printed(self._parts.out), Printed(self._parts.err)
        self._selector = selectors.DefaultSelector()
        self._drains = {
            part.descriptor: part.drain for part in (self._answers, self._out, self._err)
        }
        for descriptor in (*self._drains, self._parts.requests):
            os.set_blocking(descriptor, False)
        for descriptor in self._drains:
            self._selector.register(descriptor, selectors.EVENT_READ)

    def __enter__(self) -> Sandbox:
        try:
            self._greet(self._parts)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def init(self) -> int:
        """The sandbox's first process, outside; 0 before it said so."""
        return self._init

    @property
    def runner(self) -> int:
        """The runner's process id outside; 0 after it has ended."""
        return next(iter(processes.children(self._init)), 0) if self._init else 0

    @property
    def strays(self) -> int:
        """The number of processes besides the runner."""
        return max(0, len(processes.descendants(self._init)) - 1)

    @property
    def kernel_kills(self) -> int:
        """How often the kernel ended a process because the sandbox reached its memory limit.

        0 if the sandbox never reached it: the kernel also counts kills for lack of memory on the
        whole machine.
        """
        group = self._parts.group
        return group.kills if group and group.was_full else 0

    @property
    def printed(self) -> tuple[str, str]:
        """The tails of stdout and stderr since the last request."""
        return self._out.tail, self._err.tail

    def ask(self, seconds: float, **message: Any) -> Reply:
        """Send one request and wait for its answer, at most ``seconds``."""
        self._drain()
        self._out.restart()
        self._err.restart()
        if self._answers.waiting:
            return Reply(0.0, failure="garbage", detail="it answered before the request")
        identifier = secrets.token_hex(8)
        self._requests.put(json.dumps({"id": identifier, **message}).encode() + b"\n")
        began = time.perf_counter()
        if self._init:
            seconds = min(seconds, self.deadline - time.monotonic())
        reply = self._wait(began, seconds, identifier)
        self._drain()
        return reply

    def close(self) -> None:
        """End every process of the sandbox and wait until they are gone."""
        self._end(self._parts.process)
        self._watching.close()
        self._selector.close()
        if self.listener:
            self.listener.close()
        self._parts.close()

    def _greet(self, parts: Launched) -> None:
        """Wait for the runner's first answer, before any code of the tool is loaded."""
        if parts.control:
            self._observe(parts.control)
        reply = self.ask(START_SECONDS, op="ping")
        if not reply.ok:
            printed = self._err.tail.strip().splitlines()
            reason = printed[-1] if printed else reply.detail or reply.failure
            raise SandboxUnavailable(f"The sandbox does not start: {reason}.")
        try:
            self._init = int(json.loads(os.read(parts.info, 4096))["child-pid"])
        except (ValueError, KeyError, OSError) as error:
            raise SandboxUnavailable(f"The sandbox does not say how it runs: {error}.") from error

    def _observe(self, control: socket.socket) -> None:
        """Take the sockets that the launcher opened, and answer the calls that are reported.

        Where the launcher ends before it sends them, the first request says why.
        """
        control.settimeout(START_SECONDS)
        try:
            _, descriptors, _, _ = socket.recv_fds(control, 32, 4)
        except OSError:
            return
        if len(descriptors) < 3:
            return
        self.listener, *sockets = (socket.socket(fileno=each) for each in descriptors[:3])
        listener = descriptors[3] if len(descriptors) > 3 else None
        if self.observation is None:
            for part in sockets:
                part.close()
            return
        self._watching.enter_context(
            self.observation.watching(self.plan, (sockets[0], sockets[1]), listener)
        )

    def _wait(self, began: float, seconds: float, identifier: str) -> Reply:
        look = began + TICK
        while True:
            now = time.perf_counter()
            line = self._answers.line()
            if line is not None:
                return parse(line, identifier, now - began)
            failure, detail = self._failure(now - began >= seconds)
            if failure:
                killed = failure == "died" and self._was_killed()
                return Reply(now - began, failure=failure, detail=detail, killed=killed)
            self._collect(min(look, began + seconds) - now)
            if time.perf_counter() >= look:
                self._sample()
                look = time.perf_counter() + TICK

    def _failure(self, late: bool) -> tuple[str, str]:
        """The failure and its detail if the request has failed; empty strings otherwise."""
        bound = f"more than {self.limits.output_bytes:,} bytes"
        if self._answers.too_long:
            return "output limit", f"it answered {bound}"
        if self._out.size + self._err.size > self.limits.output_bytes:
            return "output limit", f"it printed {bound}"
        if self._over[0]:
            return self._over
        if self._answers.closed or self._parts.process.poll() is not None:
            return "died", "it ended the process that runs it"
        return ("timed out", "") if late else ("", "")

    def _was_killed(self) -> bool:
        """Whether SIGKILL ended it, which bubblewrap reports like a shell: status 128 + signal."""
        try:
            return self._parts.process.wait(2.0) in (-signal.SIGKILL, 128 + signal.SIGKILL)
        except subprocess.TimeoutExpired:
            return False

    def _sample(self) -> None:
        """Sample the processes from outside, because there may be no memory group."""
        if not self._init:
            return
        usage, limit = processes.usage(self._init), self.limits.memory_bytes
        self.crowded = self.crowded or usage.threads + OWN_PROCESSES >= self.limits.processes
        used = processes.processor_seconds(usage.pids)
        self.processor_seconds = max(self.processor_seconds, used)
        resident = usage.resident
        if resident > limit:
            resident = processes.proportional(usage.pids)
        self.peak_resident = max(self.peak_resident, resident)
        if resident > limit:
            self._over = ("memory", f"its processes held more than {limit:,} bytes together")
        if processes.space_files(self._init, WORKING_FOLDER) > self.limits.tmpfs_files:
            self._over = ("memory", f"it made more than {self.limits.tmpfs_files:,} files")

    def _drain(self) -> None:
        for _ in range(256):
            if not self._collect(0.0):
                return

    def _collect(self, seconds: float) -> bool:
        """Write and read what is ready within ``seconds``; returns whether anything was read."""
        with contextlib.suppress(BrokenPipeError):
            done = self._requests.flush()
            watch(self._selector, self._requests.descriptor, not done, selectors.EVENT_WRITE)
        ready = [key.fd for key, _ in self._selector.select(max(0.0, seconds))]
        for descriptor in self._drains.keys() & set(ready):
            watch(self._selector, descriptor, self._drains[descriptor](), selectors.EVENT_READ)
        return bool(ready)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the first process of the pid namespace, which ends all, then bubblewrap."""
        below = processes.children(process.pid)
        for pid in below:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            process.wait(2.0 if below else 0.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for _ in range(500):
            if not self._init or not processes.descendants(self._init):
                return
            time.sleep(0.01)


def parse(line: bytes, identifier: str, seconds: float) -> Reply:
    """Parse a line of the runner. The tool may have written it, so it is checked."""
    try:
        answer = json.loads(line.decode(), parse_constant=refuse_constant)
        if b"\\ud" in line.lower():
            json.dumps(answer, ensure_ascii=False).encode()
        refuse_depth(answer)
    except (ValueError, RecursionError) as error:
        return Reply(seconds, failure="garbage", detail=f"its answer is not JSON: {error}"[:200])
    if not isinstance(answer, dict) or answer.get("id") != identifier or "ok" not in answer:
        return Reply(seconds, failure="garbage", detail="its answer belongs to no request")
    return Reply(seconds, answer=answer)


def refuse_depth(value: Any) -> None:
    """Raise ValueError for nesting that would exhaust the stack of recursive readers."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for nested in level
            if isinstance(nested, dict | list)
            for item in (nested.values() if isinstance(nested, dict) else nested)
        ]
        if not level:
            return
    raise ValueError(f"it is nested more than {MAX_DEPTH} deep")


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
