"""The sandboxes of one run: started when needed, replaced where a tool wrecked one."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

from sandbox import processes
from sandbox.explain import explain
from sandbox.layers import Plan
from sandbox.replay import Replay, ReplayServer
from sandbox.report import Outcome, StepResult
from sandbox.supervisor import Reply, Sandbox

STRAYS = "It left processes running after it answered; they were stopped."


class Session:
    """Asks a tool in a sandbox, and starts the next sandbox with the tool loaded again.

    ``functions`` maps names to ``package.module:function``; with ``loopback`` there is a server
    inside that answers from ``replay``. A context manager that leaves no process behind.
    """

    def __init__(self, plan: Plan, functions: dict[str, str], *, loopback: bool = False) -> None:
        self.plan, self.limits, self.functions = plan, plan.limits, functions
        self.replay = Replay()
        self.began = time.monotonic()
        self._deadline = self.began + plan.limits.total_seconds
        self._loopback = loopback
        self._loaded = False
        self._kills = 0
        self._sandbox: Sandbox | None = None
        self._parts = ExitStack()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def loaded(self) -> bool:
        """Whether a sandbox with the tool loaded is there."""
        return self._sandbox is not None and self._loaded

    @property
    def seconds_left(self) -> float:
        """What remains of the time for the whole run."""
        return self._deadline - time.monotonic()

    def load(self, *, fresh: bool) -> tuple[StepResult, Reply]:
        """Import the tool: in a process of its own, or in the one that the calls fork from."""
        reply = self.ask(op="load", functions=self.functions, fork=fresh, hold=fresh)
        result = self.result(reply)
        self._loaded = self._loaded or (reply.ok and not fresh)
        self.settle(result, reply)
        if reply.ok and not fresh and not self.loaded:
            result.outcome, result.message = Outcome.CRASHED, result.violations[-1]
        return result, reply

    def ready(self) -> StepResult:
        """See that a sandbox with the tool loaded is there; the result says if it is not."""
        if self.loaded:
            return StepResult(Outcome.RETURNED)
        return self.load(fresh=False)[0]

    def ask(self, **message: Any) -> Reply:
        """Send one request. Raises SandboxUnavailable if no sandbox starts any more."""
        return self._running().ask(self.limits.wall_seconds, **message)

    def result(self, reply: Reply) -> StepResult:
        """The reply in words, with what can be seen from outside while the process is held."""
        sandbox = self._running()
        oom = sandbox.kernel_kills > self._kills
        found = explain(
            reply,
            self.limits,
            oom=oom,
            crowded=sandbox.crowded,
            processor_seconds=sandbox.processor_seconds,
        )
        held = processes.children(sandbox.runner) if reply.answer is not None else []
        peak = max([sandbox.peak_resident, *map(processes.peak_memory, held)])
        found.peak_memory_bytes = peak or None
        found.stdout, found.stderr = sandbox.printed
        self._kills, sandbox.crowded, sandbox.peak_resident = sandbox.kernel_kills, False, 0
        sandbox.processor_seconds = 0.0
        return found

    def settle(self, result: StepResult, reply: Reply) -> None:
        """Prepare for the next step; end a sandbox that cannot be trusted to be ready for it."""
        if reply.answer is None:
            self.end()
            return
        released = self.ask(op="ping")
        problem = "" if released.ok else explain(released, self.limits).message
        if released.ok and self._left_running():
            problem = STRAYS
        result.killed = result.killed or released.killed
        if problem:
            self.end()
            result.violations += [] if problem in result.violations else [problem]

    def _left_running(self) -> bool:
        """Whether processes of the last step are still there after a moment to end.

        The kernel's list can miss one that just gets another parent, so it is read twice.
        """
        quiet = 0
        for _ in range(25):
            quiet = 0 if self._running().strays else quiet + 1
            if quiet == 2:
                return False
            time.sleep(0.002)
        return True

    def end(self) -> None:
        """End the sandbox, if there is one, with everything in it."""
        self._parts.close()
        self._sandbox, self._loaded = None, False

    def _running(self) -> Sandbox:
        if self._sandbox is None:
            sandbox = Sandbox(self.plan, self._deadline, loopback=self._loopback)
            self._sandbox = self._parts.enter_context(sandbox)
            self._kills = 0
            if sandbox.listener:
                self._parts.enter_context(ReplayServer(sandbox.listener, self.replay))
        return self._sandbox
