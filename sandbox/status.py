"""Find out whether this machine has a working sandbox."""

from __future__ import annotations

import functools
import os
import platform
import shutil
import sys
import threading
from dataclasses import dataclass
from typing import Any

from lumos.package.rules import N_
from sandbox import seccomp
from sandbox.canary import ProbeResult, canary
from sandbox.cgroup import make_group
from sandbox.launch import SandboxUnavailable
from sandbox.limits import MIB

PROGRAMS = {"bwrap": "bubblewrap", "prlimit": "util-linux"}
ROOT_PROGRAMS = {"unshare": "util-linux", "setpriv": "util-linux", "mount": "mount"}
SECCOMP_PACKAGE = "libseccomp2"
INSTALLERS = {
    "debian": "apt-get install -y",
    "ubuntu": "apt-get install -y",
    "fedora": "dnf install -y",
    "rhel": "dnf install -y",
    "arch": "pacman -S --noconfirm",
    "alpine": "apk add",
}
LAYERS = (
    N_("unprivileged user"),
    N_("user, pid, network, ipc, host name and cgroup namespaces"),
    N_("read-only root with a small tmpfs"),
    N_("system call filter"),
    N_("resource limits"),
    N_("wall clock and bounded output"),
)
lock = threading.Lock()


def renew_lock() -> None:
    """Replace the lock in a forked process, where the thread that holds it does not exist."""
    global lock  # noqa: PLW0603
    lock = threading.Lock()


# A Celery worker may fork a child while another thread runs the canary and holds the lock.
os.register_at_fork(after_in_child=renew_lock)


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """The layers that this machine has. ``missing`` names the others; the sandbox works without
    a memory group (the supervisor samples memory instead) but without no other layer.
    ``install_command`` is empty if nothing has to be installed.
    """

    available: bool
    layers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""
    install_command: str = ""
    probes: tuple[ProbeResult, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The status as JSON."""
        return {
            "available": self.available,
            "layers": list(self.layers),
            "missing": list(self.missing),
            "reason": self.reason,
            "install_command": self.install_command,
            "probes": [
                {"name": item.name, "held": item.held, "message": item.message}
                for item in self.probes
            ],
        }


def status() -> SandboxStatus:
    """The sandbox's status. Runs the canary on the first call in a process (takes seconds)."""
    with lock:
        return look()


def require() -> SandboxStatus:
    """The status of a working sandbox; raises SandboxUnavailable with advice otherwise."""
    current = status()
    if not current.available:
        raise SandboxUnavailable(f"Not run: sandbox unavailable. {current.reason}")
    return current


@functools.cache
def look() -> SandboxStatus:
    if not sys.platform.startswith("linux"):
        reason = f"It needs Linux, and this is {platform.system()}. Run the worker on Linux."
        return SandboxStatus(False, missing=LAYERS, reason=reason)
    programs = PROGRAMS | (ROOT_PROGRAMS if os.geteuid() == 0 else {})
    absent = {name: package for name, package in programs.items() if not shutil.which(name)}
    filter_problem = no_filter()
    if absent or filter_problem:
        return not_installed(absent, filter_problem)
    try:
        probes = tuple(canary())
    except (SandboxUnavailable, OSError, ValueError) as error:
        return SandboxStatus(False, missing=LAYERS, reason=f"{error} {advice()}")
    broken = [probe for probe in probes if not probe.held]
    if broken:
        failures = "; ".join(f"{probe.name} ({probe.message})" for probe in broken)
        reason = f"The sandbox did not stop the canary from: {failures}. {advice()}"
        return SandboxStatus(False, missing=LAYERS, reason=reason, probes=probes)
    return holding(probes)


def holding(probes: tuple[ProbeResult, ...]) -> SandboxStatus:
    """The status of a sandbox in which the canary could not break out."""
    group = make_group(64 * MIB)
    layers = (
        LAYERS if os.geteuid() != 0 else (LAYERS[0], N_("private mount namespace"), *LAYERS[1:])
    )
    if group is None:
        return SandboxStatus(
            True,
            layers=(*layers, "memory watch"),
            missing=("memory group",),
            reason="No memory group can be created here, so memory is sampled from outside.",
            probes=probes,
        )
    group.remove()
    return SandboxStatus(True, (*layers, f"memory group (version {group.version})"), probes=probes)


def not_installed(absent: dict[str, str], filter_problem: str) -> SandboxStatus:
    packages = sorted({*absent.values(), *([SECCOMP_PACKAGE] if filter_problem else [])})
    problems = [f"the program {name} is missing" for name in sorted(absent)]
    problems += [filter_problem] if filter_problem else []
    command = f"{installer()} {' '.join(packages)}" if installer() else ""
    advise = f"Install it: {command}" if command else f"Install {', '.join(packages)}"
    return SandboxStatus(
        available=False,
        missing=tuple(sorted(absent)) + (("system call filter",) if filter_problem else ()),
        reason=f"The sandbox is not installed: {'; '.join(problems)}. {advise}",
        install_command=command,
    )


def no_filter() -> str:
    """Why the system call filter cannot be built; empty if it can."""
    try:
        seccomp.program()
    except ImportError:
        return "the Python package pyseccomp is missing"
    except (RuntimeError, OSError, ValueError) as error:
        return f"the system call filter cannot be built ({error})"
    return ""


def installer() -> str:
    """The package installer of this Linux distribution; empty if it is unknown."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return next((INSTALLERS[name] for name in names if name in INSTALLERS), "")


def advice() -> str:
    """Advice for the common reasons why an installed sandbox does not start."""
    if os.geteuid() == 0:
        return (
            "In a container the worker needs CAP_SYS_ADMIN and a seccomp profile that allows "
            "namespaces, or run it as an ordinary user."
        )
    return (
        "Allow unprivileged user namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns=0 "
        "or kernel.unprivileged_userns_clone=1, and in a container a seccomp profile that allows "
        "them."
    )
