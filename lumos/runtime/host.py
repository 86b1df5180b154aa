"""Keeps a process for every tool that was called, and replaces it after it has ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from lumos.client.installer import environment_of
from lumos.client.project import Project
from lumos.client.pythonenv import python_of
from lumos.package.names.tools import ToolName
from lumos.runtime.arguments import argument_problems
from lumos.runtime.environment import tool_environment
from lumos.runtime.offer import Offer, offers
from lumos.runtime.process import RunnerProcess, ToolFailed
from lumos.runtime.results import checked_result

__all__ = ["Call", "ToolHost"]


class Call:
    """A call that another thread can cancel. That kills the tool's process, but no other call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: RunnerProcess | None = None
        self._cancelled = False

    def begin(self, start: Callable[[], RunnerProcess]) -> RunnerProcess:
        """Start or reuse the process; raises :class:`ToolFailed` if the call was cancelled."""
        with self._lock:
            if self._cancelled:
                raise ToolFailed("cancelled", "Cancelled", "The call was cancelled.")
            self._process = start()
            return self._process

    def end(self) -> None:
        """Mark the call as finished: cancelling it no longer kills the process."""
        with self._lock:
            self._process = None

    def cancel(self) -> None:
        """Kill the process if the call is running; otherwise the call will not start."""
        with self._lock:
            self._cancelled = True
            if self._process is not None:
                self._process.kill()


class ToolHost:
    """Calls functions by their offered names. Thread-safe; each tool runs one call at a time."""

    def __init__(self, project: Project, *, timeout: float | None = None) -> None:
        self.offers: Mapping[str, Offer] = {offer.name: offer for offer in offers(project)}
        self._python = python_of(environment_of(project))
        self._timeout = timeout
        self._processes: dict[ToolName, RunnerProcess] = {}
        self._locks = {offer.tool.locked.tool: threading.Lock() for offer in self.offers.values()}

    def call(self, name: str, arguments: Mapping[str, Any], call: Call | None = None) -> Any:
        """The result of the offered function ``name``; raises a LumosError.

        A call is never repeated, as it may have had side effects: a process that ended is
        replaced at the next call. ``call`` lets another thread cancel.
        """
        offer = self.offers[name]
        call = call or Call()
        problems = argument_problems(arguments, offer.spec.input_schema)
        if problems:
            raise ToolFailed("arguments", "InvalidArguments", "\n".join(problems))
        with self._locks[offer.tool.locked.tool]:
            process = call.begin(lambda: self._process(offer))
            try:
                value = process.call(offer.spec.name, arguments, timeout=self._timeout)
            except ToolFailed as error:
                if error.kind in ("exit", "time", "load"):
                    self._drop(offer.tool.locked.tool)
                raise
            finally:
                call.end()
        return checked_result(value, offer.spec)

    def close(self) -> None:
        """End every process."""
        for tool in list(self._processes):
            self._drop(tool)

    def kill(self) -> None:
        """Kill every process at once; safe in a signal handler."""
        for process in list(self._processes.values()):
            process.kill()

    def _process(self, offer: Offer) -> RunnerProcess:
        tool = offer.tool.locked.tool
        process = self._processes.get(tool)
        if process is not None and not process.alive:
            self._drop(tool)
            process = None
        if process is None:
            environment = tool_environment(offer.tool, offer.entry.config)
            process = RunnerProcess(self._python, offer.tool.entries, environment)
            self._processes[tool] = process
        return process

    def _drop(self, tool: ToolName) -> None:
        process = self._processes.pop(tool, None)
        if process is not None:
            process.close()
