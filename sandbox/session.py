"""The sandboxes of one run: started when needed, replaced after a failure."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import PurePosixPath
from typing import Any

from sandbox import processes
from sandbox.explain import explain
from sandbox.layers import Plan
from sandbox.observe import Observation
from sandbox.replay import Replay, ReplayServer
from sandbox.report import Outcome, StepResult
from sandbox.supervisor import Reply, Sandbox
from sandbox.writable import SHARED_FOLDER, WORKING_FOLDER, WritableFolder

STRAYS = "It left processes running after it answered; they were stopped."


class Session:
    """Sends requests to a tool in a sandbox, and starts another sandbox after a failure.

    ``functions`` maps names to ``package.module:function``; with ``loopback`` there is a server
    inside that answers from ``replay``. What the tool does is recorded in ``observation``, unless
    it is not ``watched``. A context manager that leaves no process behind.
    """

    def __init__(
        self,
        plan: Plan,
        functions: dict[str, str],
        *,
        loopback: bool = False,
        observation: Observation | None = None,
        watched: bool = True,
    ) -> None:
        self.observation = observation or Observation()
        self.plan = self.observation.prepared(plan, watched=watched)
        self._watched = watched
        self.limits, self.functions = plan.limits, functions
        self.replay = Replay()
        self.began = time.monotonic()
        self._deadline = self.began + plan.limits.total_seconds
        planted = frozenset(
            str(PurePosixPath(path).relative_to(WORKING_FOLDER))
            for path in self.observation.planted
        )
        self._folders = [
            WritableFolder(WORKING_FOLDER, planted),
            WritableFolder(SHARED_FOLDER),
        ]
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
        """Whether a sandbox is running with the tool loaded."""
        return self._sandbox is not None and self._loaded

    @property
    def seconds_left(self) -> float:
        """The remaining time for the whole run."""
        return self._deadline - time.monotonic()

    def load(self, *, fresh: bool) -> tuple[StepResult, Reply]:
        """Import the tool: in a new process (``fresh``), or in the one that the calls fork from."""
        self.observation.step()
        reply = self.ask(op="load", functions=self.functions, fork=fresh, hold=fresh)
        result = self.result(reply)
        self._loaded = self._loaded or (reply.ok and not fresh)
        if reply.ok and not fresh:
            for folder in self._folders:
                folder.keep(self._running().init)
        self.settle(result, reply)
        if reply.ok and not fresh and not self.loaded:
            result.outcome, result.message = Outcome.CRASHED, result.violations[-1]
        return result, reply

    def ready(self) -> StepResult:
        """Make sure that a sandbox runs with the tool loaded; the result says if that failed."""
        if self.loaded:
            return StepResult(Outcome.RETURNED)
        return self.load(fresh=False)[0]

    def ask(self, **message: Any) -> Reply:
        """Send one request. Raises SandboxUnavailable if no sandbox can be started."""
        return self._running().ask(self.limits.wall_seconds, **message)

    def result(self, reply: Reply) -> StepResult:
        """Explain the reply, and add the measurements made from outside while the process waits."""
        sandbox = self._running()
        oom = sandbox.kernel_kills > self._kills
        result = explain(
            reply,
            self.limits,
            oom=oom,
            crowded=sandbox.crowded,
            processor_seconds=sandbox.processor_seconds,
        )
        held = processes.children(sandbox.runner) if reply.answer is not None else []
        peak = max([sandbox.peak_resident, *map(processes.peak_memory, held)])
        result.peak_memory_bytes = peak or None
        result.stdout, result.stderr = sandbox.printed
        self._kills, sandbox.crowded, sandbox.peak_resident = sandbox.kernel_kills, False, 0
        sandbox.processor_seconds = 0.0
        self.observation.look_at(result.value)
        return result

    def settle(self, result: StepResult, reply: Reply) -> None:
        """Prepare for the next step; end the sandbox if the last step may have changed it."""
        if reply.answer is None:
            self.end()
            return
        for folder in self._folders:
            folder.show(self._running().init, self.observation.look_into)
        released = self.ask(op="ping")
        problem = "" if released.ok else explain(released, self.limits).message
        if released.ok and self._left_running():
            problem = STRAYS
        result.killed = result.killed or released.killed
        if problem:
            self.end()
            result.violations += [] if problem in result.violations else [problem]
        elif not self._restored():
            self.end()

    def _restored(self) -> bool:
        """Whether the folders that a tool may write to are as they were after its import."""
        restored = [folder.restore(self._running().init) for folder in self._folders]
        return all(restored)

    def _left_running(self) -> bool:
        """Whether processes of the last step are still running after a short grace period.

        The kernel's list can miss a process that is being reparented, so it is read twice.
        """
        quiet = 0
        for _ in range(25):
            quiet = 0 if self._running().strays else quiet + 1
            if quiet == 2:
                return False
            time.sleep(0.002)
        return True

    def end(self) -> None:
        """End the sandbox, if there is one, with all of its processes."""
        self._parts.close()
        self._sandbox, self._loaded = None, False
        for folder in self._folders:
            folder.kept = {}

    def _running(self) -> Sandbox:
        if self._sandbox is None:
            sandbox = Sandbox(
                self.plan, self._deadline, self.observation if self._watched else None
            )
            self._sandbox = self._parts.enter_context(sandbox)
            self._kills = 0
            if sandbox.listener and not self._loopback:
                sandbox.listener.close()
            elif sandbox.listener:
                self._parts.enter_context(ReplayServer(sandbox.listener, self.replay))
        return self._sandbox
