"""Starts the command line of the layers, connected to the supervisor by pipes."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from dataclasses import dataclass, replace

from sandbox import seccomp
from sandbox.cgroup import MemoryGroup, make_group
from sandbox.layers import INSIDE, Descriptors, Plan

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class SandboxUnavailable(RuntimeError):
    """The tool was not run, because a layer of the sandbox is missing on this machine."""


class SandboxKilled(RuntimeError):
    """A process of the sandbox was killed, and no limit of the sandbox explains it.

    The cause is usually the machine, not the tool, so the run should be repeated.
    """


@dataclass(frozen=True, slots=True)
class Launched:
    """A started command line and the supervisor's ends of its pipes."""

    process: subprocess.Popen[bytes]
    group: MemoryGroup | None
    requests: int
    answers: int
    out: int
    err: int
    info: int
    control: socket.socket | None

    def close(self) -> None:
        """Close all descriptors; the process keeps running."""
        for descriptor in (self.requests, self.answers, self.out, self.err, self.info):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        if self.control:
            self.control.close()
        if self.group:
            self.group.remove()


class Pipes:
    """Pairs of descriptors: one end for the sandbox, the other for the supervisor."""

    def __init__(self) -> None:
        self.ours: list[int] = []
        self.theirs: list[int] = []

    def reading(self) -> int:
        """Create a pipe that the supervisor reads; the sandbox's end is the last of ``theirs``."""
        ours, theirs = os.pipe()
        return self._keep(ours, theirs)

    def writing(self) -> int:
        """Create a pipe that the supervisor writes."""
        theirs, ours = os.pipe()
        return self._keep(ours, theirs)

    def _keep(self, ours: int, theirs: int) -> int:
        self.ours.append(ours)
        self.theirs.append(theirs)
        return theirs

    def close(self, *, ours: bool) -> None:
        for descriptor in self.theirs + (self.ours if ours else []):
            os.close(descriptor)


def launch(plan: Plan) -> Launched:
    """Start ``plan``. The sockets of the sandbox's own network, if it has them, arrive on
    ``control``. Raises SandboxUnavailable if the command line does not start.
    """
    group = make_group(plan.limits.memory_bytes)
    pipes = Pipes()
    ours, theirs = socket.socketpair() if plan.network else (None, None)
    try:
        process = start(plan, pipes, group, theirs)
    except BaseException:
        pipes.close(ours=True)
        if ours:
            ours.close()
        if group:
            group.remove()
        raise
    finally:
        if theirs:
            theirs.close()
    pipes.close(ours=False)
    requests, answers, out, err, info = pipes.ours
    return Launched(process, group, requests, answers, out, err, info, ours)


def start(
    plan: Plan, pipes: Pipes, group: MemoryGroup | None, control: socket.socket | None
) -> subprocess.Popen[bytes]:
    requests, answers = pipes.writing(), pipes.reading()
    out, err, info = pipes.reading(), pipes.reading(), pipes.reading()
    program = memory_file(seccomp.program(plan.network))
    files = [memory_file(text.encode()) for text in plan.files.values()]
    command = [*plan.command, "--in", str(requests), "--out", str(answers)]
    if control:
        command = [*launcher(control.fileno(), notify=plan.observed), *plan.python, *command]
    inherited = [program, *files, info, requests, answers]
    inherited += [control.fileno()] if control else []
    try:
        return subprocess.Popen(  # noqa: S603 - the layers' own command line
            replace(plan, command=command).argv(
                Descriptors(seccomp=program, info=info, files=files), group.procs if group else None
            ),
            cwd="/",
            env={"PATH": PATH},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            pass_fds=inherited,
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxUnavailable(f"The sandbox does not start: {error}.") from error
    finally:
        for descriptor in (program, *files):
            os.close(descriptor)


def launcher(control: int, *, notify: bool) -> list[str]:
    """The arguments that start ``listen.py``, with the filter that reports calls."""
    try:
        program = seccomp.observer(notify)
    except (RuntimeError, OSError, ValueError):  # a libseccomp that cannot report
        program = seccomp.observer(notify=False)
    number = seccomp.call_number(seccomp.LOADER)
    return [str(INSIDE / "listen.py"), str(control), str(number), program.hex()]


def memory_file(data: bytes) -> int:
    """A descriptor from which ``data`` can be read."""
    descriptor = os.memfd_create("lumos-sandbox")
    os.write(descriptor, data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
