"""Arguments of a waiting system call, read from the caller's memory and from ``/proc``.

Another thread of the tool can change them after they were read: what is seen is evidence, and
nothing here decides what a tool may do.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
from collections import OrderedDict
from pathlib import Path

PAGE = 4096
LONGEST_PATH = 4096
OPEN_FILES = 16
AT_FDCWD = -100
PIDFD_GETFD = 438  # the same number on every architecture
LIBC = ctypes.CDLL(None, use_errno=True)


class Memory:
    """Reads the memory of threads; keeps a few of the kernel's files open."""

    def __init__(self) -> None:
        self._files: OrderedDict[int, int] = OrderedDict()

    def close(self) -> None:
        """Close the files."""
        while self._files:
            os.close(self._files.popitem()[1])

    def forget(self, thread: int) -> None:
        """Close the file of a thread whose memory is about to be replaced (by exec)."""
        if thread in self._files:
            os.close(self._files.pop(thread))

    def read(self, thread: int, address: int, size: int) -> bytes:
        """Up to ``size`` bytes; fewer where the memory ends. Empty if it cannot be read."""
        for _ in range(2):
            try:
                data = os.pread(self._file(thread), size, address)
            except (OSError, OverflowError):
                data = b""
            if data:
                return data
            self.forget(thread)  # after exec the file belongs to the memory that is gone
        return b""

    def text(self, thread: int, address: int) -> bytes:
        """The bytes before the next NUL, at most the longest path."""
        if not address:
            return b""
        data = self.read(thread, address, 256)
        if b"\0" not in data:
            data = self.read(thread, address, LONGEST_PATH)
        return data.partition(b"\0")[0]

    def texts(self, thread: int, address: int, most: int = 16) -> list[str]:
        """An array of texts that ends with a null pointer, as execve takes it."""
        data = self.read(thread, address, 8 * most) if address else b""
        found = []
        for (pointer,) in struct.iter_unpack("=Q", data[: len(data) // 8 * 8]):
            if not pointer:
                break
            found.append(self.text(thread, pointer)[:300].decode("utf-8", "replace"))
        return found

    def _file(self, thread: int) -> int:
        if thread in self._files:
            return self._files[thread]
        if len(self._files) >= OPEN_FILES:
            os.close(self._files.popitem(last=False)[1])
        self._files[thread] = os.open(f"/proc/{thread}/mem", os.O_RDONLY | os.O_CLOEXEC)
        return self._files[thread]


def absolute(thread: int, folder: int, path: str) -> str:
    """``path`` of a call in full, without ``..``; ``folder`` is the descriptor it starts from."""
    if not path.startswith("/"):
        folder = folder & 0xFFFFFFFF
        name = "cwd" if folder == AT_FDCWD & 0xFFFFFFFF else f"fd/{folder}"
        try:
            path = f"{Path(f'/proc/{thread}/{name}').readlink()}/{path}"
        except OSError:
            path = f"?/{path}"
    return os.path.normpath(path)


def resolved(thread: int, path: str, links: int = 20) -> str:
    """``path`` without symbolic links, as ``thread`` sees it; ``/proc`` is left as it is."""
    done, rest = "", [part for part in path.split("/") if part]
    while rest and links:
        part = rest.pop(0)
        if part == "..":
            done = done.rpartition("/")[0]
            continue
        if done == "/proc":
            return "/".join((done, part, *rest))
        try:
            target = str(Path(f"/proc/{thread}/root{done}/{part}").readlink())
        except OSError:  # no link
            done = f"{done}/{part}"
            continue
        links -= 1
        done = "" if target.startswith("/") else done
        rest = [piece for piece in target.split("/") if piece and piece != "."] + rest
    return done or "/"


def exists(thread: int, path: str) -> bool:
    """Whether there is something at ``path``, as ``thread`` sees it; links are not followed."""
    return os.path.lexists(f"/proc/{thread}/root{path}")


def socket_of(thread: int, descriptor: int) -> socket.socket:
    """A copy of a thread's socket in this process. Raises OSError."""
    process = os.pidfd_open(group_of(thread))
    try:
        found = LIBC.syscall(PIDFD_GETFD, process, descriptor, 0)
        if found < 0:
            raise OSError(ctypes.get_errno(), "pidfd_getfd")
    finally:
        os.close(process)
    try:
        return socket.socket(fileno=found)
    except OSError:
        os.close(found)
        raise


def group_of(thread: int) -> int:
    """The process that a thread belongs to."""
    return status_number(thread, "Tgid") or thread


def parent_of(thread: int) -> int:
    """The process that started the thread's process; 0 if unknown."""
    return status_number(thread, "PPid")


def status_number(thread: int, name: str) -> int:
    with contextlib.suppress(OSError, IndexError, ValueError):
        text = Path(f"/proc/{thread}/status").read_text()
        return int(text.partition(f"\n{name}:")[2].split()[0])
    return 0


def address_of(data: bytes) -> tuple[int, str, int]:
    """Family, address and port of a ``sockaddr``; for a local socket the path and 0."""
    if len(data) < 2:
        return socket.AF_UNSPEC, "", 0
    (family,) = struct.unpack_from("=H", data)
    if family == socket.AF_INET and len(data) >= 8:
        return family, socket.inet_ntop(family, data[4:8]), int.from_bytes(data[2:4], "big")
    if family == socket.AF_INET6 and len(data) >= 24:
        text = socket.inet_ntop(family, data[8:24]).removeprefix("::ffff:")
        return family, text, int.from_bytes(data[2:4], "big")
    if family == socket.AF_UNIX:
        path = data[2:]
        return family, "" if path[:1] == b"\0" else os.fsdecode(path.partition(b"\0")[0]), 0
    return family, "", 0
