"""The layers of the sandbox, as one command line that ends in the tool's interpreter.

From outside to inside:

1. As root only: a private mount namespace with read-only bind mounts of the files that the tool may
   see, then a change to an unprivileged user.
2. bubblewrap: its own namespaces, a read-only root and a small tmpfs.
3. The system call filter.
4. Resource limits.

Every program named here is part of Debian's util-linux or of bubblewrap.
"""

from __future__ import annotations

import os
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.interpreter import Interpreter
from sandbox.limits import Limits

INSIDE = Path("/lumos")
SYSTEM = (
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/bin",
    "/usr/share/zoneinfo",
    "/usr/share/ca-certificates",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/mime.types",
    "/etc/ssl/certs",
)
SYSTEM_LINKS = ("/bin", "/lib", "/lib32", "/lib64")
STAGES = ("/run", "/var/lib", "/mnt")
USER_IDS = (61184, 65519)  # systemd's range for dynamic users
INSIDE_USER = "65534"
SHARED_MEMORY = 16 * 1024 * 1024
HOME = "/tmp/home"  # noqa: S108 - in the sandbox's own tmpfs

ENVIRONMENT = {
    "HOME": HOME,
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "LOGNAME": "sandbox",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "TMPDIR": "/tmp",  # noqa: S108 - the sandbox's own tmpfs
    "TZ": "UTC",
    "USER": "sandbox",
}


@dataclass(frozen=True, slots=True)
class Mount:
    """A file or folder of the machine, mounted read-only at ``target`` in the sandbox."""

    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Descriptors:
    """The file descriptors of the pipes that the command inherits."""

    seccomp: int
    info: int
    files: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What one sandbox shows and runs. ``command`` follows the interpreter's own options.

    ``files`` are made in it, read-only, with these texts. With ``network`` it has internet sockets
    in its own empty network. With ``observed`` (and ``network``) what it does is reported.
    """

    interpreter: Interpreter
    mounts: Sequence[Mount]
    command: Sequence[str]
    limits: Limits
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    host: str = "sandbox"
    network: bool = False
    observed: bool = False

    @property
    def python(self) -> list[str]:
        """The interpreter's command inside: isolated, without site, without bytecode."""
        return [str(self.interpreter.executable), "-I", "-S", "-B"]

    def argv(self, descriptors: Descriptors, procs: Path | None = None) -> list[str]:
        """The whole command line; it joins a memory group by writing its pid to ``procs``."""
        if os.geteuid() == 0:
            return self._as_root(descriptors, procs)
        command = self._bubblewrap(self._all_mounts(), descriptors)
        if procs is None:
            return command
        enter = f'echo $$ > {shlex.quote(str(procs))}; exec "$@"'
        return ["/bin/sh", "-ec", enter, "sandbox", *command]

    def _as_root(self, descriptors: Descriptors, procs: Path | None) -> list[str]:
        """A script in a private mount namespace that runs bubblewrap as an unused user id."""
        stage = stage_folder()
        staged = [
            Mount(stage / str(number), mount.target)
            for number, mount in enumerate(self._all_mounts())
        ]
        working = stage / "working"
        lines = [f"echo $$ > {shlex.quote(str(procs))}"] if procs else []
        lines.append(f"mount -n -t tmpfs -o size=1m,mode=0755,nosuid,nodev lumos {quoted(stage)}")
        for original, copy in zip(self._all_mounts(), staged, strict=True):
            make = "mkdir" if original.source.is_dir() else ": >"
            lines.append(f"{make} {quoted(copy.source)}")
            lines.append(f"mount -n --bind -o ro {quoted(original.source, copy.source)}")
        user = self._user()
        limits = self.limits
        lines += [
            f"mkdir {quoted(working)}",
            f"mount -n -t tmpfs -o size={limits.tmpfs_bytes},nr_inodes={limits.tmpfs_files},"
            f"mode=0700,uid={user},gid={user},nosuid,nodev lumos {quoted(working)}",
            'exec "$@"',
        ]
        drop = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        drop += ["--no-new-privs", "--bounding-set=-all", "--"]
        command = self._bubblewrap(staged, descriptors, working)
        unshare = ["unshare", "--mount", "--propagation", "private", "--"]
        return [*unshare, "/bin/sh", "-ec", "\n".join(lines), "sandbox", *drop, *command]

    def _user(self) -> int:
        first, last = USER_IDS
        return first + secrets.randbelow(last - first)

    def _all_mounts(self) -> list[Mount]:
        system = [Path(prefix) for prefix in SYSTEM]
        folders = [
            Mount(path, path)
            for path in self.interpreter.folders
            if not any(path.is_relative_to(prefix) for prefix in system)
        ]
        return [*folders, *self.mounts]

    def _bubblewrap(
        self, mounts: Sequence[Mount], descriptors: Descriptors, working: Path | None = None
    ) -> list[str]:
        limits = self.limits
        command = ["bwrap", "--unshare-user", "--unshare-all", "--disable-userns"]
        command += ["--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
        command += ["--uid", INSIDE_USER, "--gid", INSIDE_USER, "--hostname", self.host]
        command += ["--info-fd", str(descriptors.info), "--seccomp", str(descriptors.seccomp)]
        command += system_options()
        for mount in mounts:
            command += ["--ro-bind", str(mount.source), str(mount.target)]
        command += ["--proc", "/proc", "--dev", "/dev"]
        command += ["--size", str(SHARED_MEMORY), "--tmpfs", "/dev/shm"]  # noqa: S108
        if working:
            command += ["--bind", str(working), "/tmp"]  # noqa: S108 - the sandbox's own
        else:
            command += ["--size", str(limits.tmpfs_bytes), "--tmpfs", "/tmp"]  # noqa: S108
        command += ["--dir", HOME]
        for path, descriptor in zip(self.files, descriptors.files, strict=True):
            command += ["--ro-bind-data", str(descriptor), path]
        command += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"]  # noqa: S108
        for name, value in (ENVIRONMENT | self.environment).items():
            command += ["--setenv", name, value]
        return [*command, "prlimit", *limits.prlimit(), "--", *self.python, *self.command]


def system_options() -> list[str]:
    """bubblewrap's options that mount the machine's libraries and programs read-only."""
    options: list[str] = []
    for name in SYSTEM:
        options += ["--ro-bind-try", name, name]
    for name in SYSTEM_LINKS:
        path = Path(name)
        if path.is_symlink():
            options += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            options += ["--ro-bind", name, name]
    return options


def stage_folder() -> Path:
    """The mount point of all sandboxes, which only root may change.

    Raises OSError if none can be created.
    """
    for parent in STAGES:
        stage = Path(parent, "lumos-sandbox")
        try:
            stage.mkdir(mode=0o755, exist_ok=True)
            info = stage.lstat()
        except OSError:
            continue
        if info.st_uid == 0 and not info.st_mode & 0o022 and not stage.is_symlink():
            return stage
    places = ", ".join(STAGES)
    raise OSError(f"No folder to mount on can be made in {places}.")


def make_readable(folder: Path) -> None:
    """Let every user read a tree before it is mounted (as ``chmod -R a+rX`` does)."""
    for root, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            path = Path(root, name)
            mode = path.lstat().st_mode
            wanted = mode | 0o444 | (0o111 if path.is_dir() or mode & 0o100 else 0)
            if mode != wanted and not path.is_symlink():
                path.chmod(wanted & 0o7777)


def quoted(*paths: Path) -> str:
    return " ".join(shlex.quote(str(path)) for path in paths)
