"""The observation of one run, over all the sandboxes that it starts."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from sandbox.layers import HOME, Plan
from sandbox.observe.decoys import plant
from sandbox.observe.network import Network
from sandbox.observe.notify import Listener
from sandbox.observe.record import Observed, Recorder
from sandbox.observe.watcher import Watcher

NOT_OBSERVED = "This machine's kernel or libseccomp cannot report system calls."
#: What name look-ups read; the resolver itself is reached on the loopback.
SYSTEM_FILES = {
    "/etc/nsswitch.conf": "hosts: files dns\n",
    "/etc/resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
}


class Observation:
    """Plants secrets in a plan and watches the sandboxes that are started from it."""

    def __init__(self) -> None:
        self.recorder, self.decoys = Recorder(), plant()

    @property
    def planted(self) -> dict[str, str]:
        """The planted files of the home folder: paths inside and texts."""
        return {f"{HOME}/{name}": text for name, text in self.decoys.files.items()}

    def step(
        self, function: str = "", example: str = "", folder: str = "", files: Iterable[str] = ()
    ) -> None:
        """Name the step that begins: a call, or the import. ``files`` (names in the working
        ``folder``) were put there for it, so that reading them is reading the user's files.
        """
        self.recorder.step(function, example, folder, files)

    def prepared(self, plan: Plan, *, watched: bool = True) -> Plan:
        """``plan`` with the planted secrets and what look-ups of names need.

        If it is not ``watched``, the tool finds the same, but nothing is reported, and the network
        has neither a resolver nor a sink.
        """
        return replace(
            plan,
            environment=plan.environment | self.decoys.environment,
            files={
                **plan.files,
                **SYSTEM_FILES,
                "/etc/hosts": f"127.0.0.1 localhost {plan.host}\n",
                **self.planted,
            },
            network=True,
            observed=watched,
        )

    @contextmanager
    def watching(
        self, plan: Plan, sockets: tuple[socket.socket, socket.socket], listener: int | None
    ) -> Iterator[None]:
        """Watch one sandbox from before its runner starts until after it ended."""
        network = Network(*sockets, self.recorder, self.decoys)
        network.start()
        if listener is None:
            self.recorder.why = NOT_OBSERVED
        prefix = str(plan.interpreter.prefix)
        own = (prefix, str(PurePosixPath(plan.interpreter.executable)))
        watcher = (
            None if listener is None else Watcher(Listener(listener), network, self.recorder, own)
        )
        if watcher:
            watcher.start()
        try:
            yield
        finally:
            if watcher:
                watcher.stop()
            network.stop()

    def look_at(self, value: Any) -> None:
        """Look for planted secrets in a function's result."""
        for name in self.decoys.inside_value(value):
            self.recorder.secret(name, "the result")

    def look_into(self, name: str, data: bytes) -> None:
        """Look for planted secrets in a file that the tool wrote."""
        for secret in self.decoys.inside(data):
            self.recorder.secret(secret, f"the file {name}")

    def observed(self) -> Observed:
        """What was seen so far."""
        return self.recorder.observed()
