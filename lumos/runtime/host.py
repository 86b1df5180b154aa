"""Keeps a warm process for every tool that is called, and starts a new one where it ended."""

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

__all__ = ["Ticket", "ToolHost"]


class Ticket:
    """One call that may be given up from another thread: its tool is ended, no other call is."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._process: RunnerProcess | None = None
        self._given_up = False

    def begin(self, start: Callable[[], RunnerProcess]) -> RunnerProcess:
        """The process to call in; raises :class:`ToolFailed` where nobody waits any more."""
        with self._guard:
            if self._given_up:
                raise ToolFailed("cancelled", "Cancelled", "The call was cancelled.")
            self._process = start()
            return self._process

    def end(self) -> None:
        """The call is over; its process is for others now."""
        with self._guard:
            self._process = None

    def give_up(self) -> None:
        """Nobody waits for the answer: end the process if the call runs, else keep it from it."""
        with self._guard:
            self._given_up = True
            if self._process is not None:
                self._process.kill()


class ToolHost:
    """Calls functions by their offered names, from any thread; one call at a time in each tool."""

    def __init__(self, project: Project, *, timeout: float | None = None) -> None:
        self.offers: Mapping[str, Offer] = {offer.name: offer for offer in offers(project)}
        self._python = python_of(environment_of(project))
        self._timeout = timeout
        self._processes: dict[ToolName, RunnerProcess] = {}
        self._locks = {offer.tool.locked.tool: threading.Lock() for offer in self.offers.values()}

    def call(self, name: str, arguments: Mapping[str, Any], ticket: Ticket | None = None) -> Any:
        """The value of the offered function ``name``; raises a LumosError.

        A process that ended is replaced at the next call, never within one: a function that
        changes something must not run twice. With a ``ticket`` the call can be given up.
        """
        offer = self.offers[name]
        ticket = ticket or Ticket()
        problems = argument_problems(arguments, offer.spec.input_schema)
        if problems:
            raise ToolFailed("arguments", "InvalidArguments", "\n".join(problems))
        with self._locks[offer.tool.locked.tool]:
            process = ticket.begin(lambda: self._process(offer))
            try:
                return process.call(offer.spec.name, arguments, timeout=self._timeout)
            except ToolFailed as error:
                if error.kind in ("exit", "time", "load"):
                    self._drop(offer.tool.locked.tool)
                raise
            finally:
                ticket.end()

    def close(self) -> None:
        """End every process."""
        for tool in list(self._processes):
            self._drop(tool)

    def kill(self) -> None:
        """End every process at once, whatever it does; for a signal handler."""
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
