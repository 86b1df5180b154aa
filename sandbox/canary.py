"""Tries to break out of the sandbox. The sandbox is used only if every attempt fails."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.scratch import scratch_folder
from sandbox import processes
from sandbox.contents import plan_for
from sandbox.interpreter import interpreter
from sandbox.limits import MIB, Limits
from sandbox.observe import Observation
from sandbox.supervisor import Reply, Sandbox

PROBE = Path(__file__).with_name("probe")
NAMES = ("read", "write", "connect", "new_namespace", "fork", "allocate")
LIMITS = Limits(wall_seconds=10, memory_bytes=256 * MIB, processes=16, total_seconds=60)
NAMESPACES = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")
SECRET = "lumos-canary-secret"  # noqa: S105 - what the probe must not be able to read


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One attempt: ``held`` is True if the sandbox prevented it, ``message`` says what happened."""

    name: str
    held: bool
    message: str


def canary() -> list[ProbeResult]:
    """Run every attempt in a real sandbox. Raises SandboxUnavailable if no sandbox starts."""
    observation = Observation()
    plan = observation.prepared(plan_for(PROBE, None, interpreter(), LIMITS))
    with (
        scratch_folder("canary") as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
        Sandbox(plan, time.monotonic() + LIMITS.total_seconds, observation) as sandbox,
    ):
        functions = {name: f"lumos_canary:{name}" for name in NAMES}
        loaded = sandbox.ask(LIMITS.wall_seconds, op="load", functions=functions)
        if not loaded.ok:
            return [ProbeResult("start", False, f"The canary does not load: {loaded.error}")]
        return list(attempts(sandbox, folder, server))


def attempts(sandbox: Sandbox, folder: Path, server: socket.socket) -> Iterator[ProbeResult]:
    """The attempts, each judged from outside the sandbox where that is possible."""
    yield user(sandbox)
    yield namespaces(sandbox)
    for name, mode in (("a private secret file", 0o600), ("a public secret file", 0o644)):
        path = folder / f"secret-{mode:o}"
        path.write_text(SECRET)
        path.chmod(mode)
        reply = call(sandbox, "read", path=str(path))
        yield refused(f"reading {name}", reply, held=SECRET not in str(reply.answer))
    folder.chmod(0o777)
    reply = call(sandbox, "write", path=str(folder / "written"))
    yield refused("writing outside", reply, held=not (folder / "written").exists())
    reply = call(sandbox, "connect", port=server.getsockname()[1])
    yield refused("the network", reply, held=not connected(server))
    reply = call(sandbox, "new_namespace")
    yield refused("a new namespace", reply, held=not reply.ok)
    reply = call(sandbox, "fork", most=LIMITS.processes * 4)
    count = (reply.answer or {}).get("value", 0)
    held = reply.ok and isinstance(count, int) and count < LIMITS.processes
    yield ProbeResult("endless processes", held, f"{count} of {LIMITS.processes} were allowed")
    reply = call(sandbox, "allocate", size=LIMITS.memory_bytes * 2)
    yield refused("endless memory", reply, held=reply.error.get("type") == "MemoryError")


def user(sandbox: Sandbox) -> ProbeResult:
    """Check from outside that the tool does not run as root."""
    uid = processes.status(sandbox.runner).get("Uid", 0)
    return ProbeResult("an unprivileged user", uid != 0, f"runs as user {uid}")


def namespaces(sandbox: Sandbox) -> ProbeResult:
    """Check from outside that the tool has a namespace of its own of each kind."""
    shared = [
        kind for kind in NAMESPACES if namespace("self", kind) == namespace(sandbox.runner, kind)
    ]
    text = f"shares {', '.join(shared)} with the machine" if shared else "shares none"
    return ProbeResult("namespaces of its own", not shared, text)


def namespace(pid: int | str, kind: str) -> str:
    return str(Path(f"/proc/{pid}/ns/{kind}").readlink())


def call(sandbox: Sandbox, function: str, **arguments: Any) -> Reply:
    return sandbox.ask(
        LIMITS.wall_seconds, op="call", function=function, arguments=arguments, fork=True
    )


def refused(name: str, reply: Reply, *, held: bool) -> ProbeResult:
    error = reply.error
    message = str(error.get("message") or error.get("type") or reply.failure or "not refused")
    answered = reply.answer is not None
    return ProbeResult(name, held and answered, message)


def connected(server: socket.socket) -> bool:
    """Whether a connection to ``server`` was made."""
    server.settimeout(0)
    try:
        server.accept()[0].close()
    except OSError:
        return False
    return True
