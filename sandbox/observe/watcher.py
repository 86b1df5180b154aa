"""Reads the kernel's reports of one sandbox, records what matters, and answers each of them."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import PurePosixPath

from sandbox import seccomp
from sandbox.layers import HOME
from sandbox.observe import familiar, memory
from sandbox.observe.network import DNS_PORT, Network
from sandbox.observe.notify import Call, Listener
from sandbox.observe.record import Kind, Recorder
from sandbox.writable import SHARED_FOLDER, WORKING_FOLDER

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
MAX_REDIRECTED = 400  # below the sink's backlog, so that no connection of ours ever waits
MAX_DATA = 64 * 1024
WRITABLE = (f"{WORKING_FOLDER}/", f"{SHARED_FOLDER}/")
MOUNTS = ("mountinfo", "mounts", "mountstats")
INTERNET = (socket.AF_INET, socket.AF_INET6)
MESSAGE = struct.Struct("=QIIQQQQI4x")  # struct msghdr: name, its size, -, vector, its size, ...

#: Where the calls that change files have folders (None: the current one) and paths.
CHANGES: dict[str, tuple[tuple[int | None, int], ...]] = {
    **dict.fromkeys(("unlink", "rmdir", "truncate"), ((None, 0),)),
    "unlinkat": ((0, 1),),
    "rename": ((None, 0), (None, 1)),
    **dict.fromkeys(("renameat", "renameat2"), ((0, 1), (2, 3))),
}

Handler = Callable[[Call], bool]


class Watcher:
    """Answers the reports on ``listener`` in a thread until the sandbox has ended."""

    def __init__(
        self, listener: Listener, network: Network, recorder: Recorder, own: tuple[str, ...]
    ) -> None:
        self.listener, self.network, self.recorder, self.own = listener, network, recorder, own
        self.memory = memory.Memory()
        self.runner = 0
        self._interpreter = ""
        self._redirected = 0
        self._programs: set[tuple[int, str]] = set()
        self._probes: set[int] = set()
        self._familiar = (*familiar.FAMILIAR, *(f"{path}/".encode() for path in own))
        self._names = calls()
        self._handlers = {number: handler(self, name) for number, name in self._names.items()}
        self._stop_reader, self._stop_writer = os.pipe()
        self._empty = os.open(os.devnull, os.O_RDONLY)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and close everything; the sandbox's processes must have ended."""
        os.close(self._stop_writer)
        self._thread.join(5)
        self.listener.close()
        self.memory.close()
        os.close(self._stop_reader)
        os.close(self._empty)

    def _serve(self) -> None:
        waiting = select.poll()
        for descriptor in (self.listener.descriptor, self._stop_reader):
            waiting.register(descriptor, select.POLLIN)
        while True:
            for descriptor, events in waiting.poll():
                if descriptor == self._stop_reader:
                    return
                if not events & select.POLLIN:
                    waiting.unregister(descriptor)  # nobody is left to report on
                else:
                    self._next()

    def _next(self) -> None:
        call = self.listener.receive()
        if call is None:
            return
        try:
            answered = self._handlers[call.number](call)
        except (OSError, ValueError, struct.error):
            answered = False  # its memory or its files are gone, or make no sense
        except Exception as error:  # a mistake of ours must not stop the tool
            self.recorder.why = f"A call could not be read ({type(error).__name__}: {error})."
            answered = False
        if not answered:
            self.listener.go_on(call)

    def on_open(self, call: Call) -> bool:
        _, path, flags, *_ = call.arguments
        return self._open(call, call.arguments[0], path, flags)

    def on_old_open(self, call: Call) -> bool:
        return self._open(call, memory.AT_FDCWD, call.arguments[0], call.arguments[1])

    def on_creat(self, call: Call) -> bool:
        return self._open(call, memory.AT_FDCWD, call.arguments[0], WRITING)

    def on_open_how(self, call: Call) -> bool:
        data = self.memory.read(call.thread, call.arguments[2], 8)
        return self._open(call, call.arguments[0], call.arguments[1], *struct.unpack("=Q", data))

    def on_change(self, call: Call) -> bool:
        """Deleting, renaming or cutting a file; a rename counts for both names."""
        for folder, path in CHANGES[self._names[call.number]]:
            start = memory.AT_FDCWD if folder is None else call.arguments[folder]
            self._open(call, start, call.arguments[path], os.O_WRONLY)
        return False

    def _open(self, call: Call, folder: int, address: int, flags: int) -> bool:
        raw = self.memory.text(call.thread, address)
        if raw.startswith(self._familiar) and b"/.." not in raw and not flags & WRITING:
            return False
        path = memory.absolute(call.thread, folder, os.fsdecode(raw))
        if path.startswith(self.own) and not flags & WRITING:
            return False
        if path.startswith(WRITABLE):
            path = memory.resolved(call.thread, path)
        if path.startswith("/proc/") and PurePosixPath(path).name in MOUNTS:
            self.listener.give(call, self._empty)  # the kernel's list names the machine's folders
            return True
        self._note_file(call, path, writing=bool(flags & WRITING))
        return False

    def _note_file(self, call: Call, path: str, *, writing: bool) -> None:
        step = self.recorder
        if writing:
            if call.thread == self.runner and step.function:
                return  # the runner fills the working folder
            permission = familiar.write_permission(path, step.folder)
            if permission is not None and not path.startswith(self.own):
                self.recorder.add(Kind.WRITE, shown(path, step.folder), "", permission)
            return
        given = path.startswith(f"{step.folder}/") and path[len(step.folder) + 1 :] in step.files
        permission = familiar.read_permission(path, given=bool(step.folder) and given)
        if permission and familiar.in_home(path) and not memory.exists(call.thread, path):
            permission = ""  # libraries look for configuration there
        if permission is not None:
            self.recorder.add(Kind.READ, shown(path, step.folder), "", permission)

    def on_execute(self, call: Call) -> bool:
        at = self._names[call.number] == "execveat"
        folder = call.arguments[0] if at else memory.AT_FDCWD
        path, arguments = call.arguments[1:3] if at else call.arguments[:2]
        program = os.fsdecode(self.memory.text(call.thread, path))
        words = self.memory.texts(call.thread, arguments)
        self.memory.forget(call.thread)
        if not self.runner:  # the launcher becomes the runner
            self.runner, self._interpreter = call.thread, program
            return False
        full = memory.absolute(call.thread, folder, program) if program else "?"
        permission = familiar.program_permission(full, words, self._interpreter)
        name = PurePosixPath(full).name
        if permission is None or memory.parent_of(call.thread) in self._probes:
            self._probes.add(call.thread)  # a compiler starts its own parts
            return False
        if (call.thread, name) in self._programs:
            return False  # execvp tries every folder of PATH
        self._programs.add((call.thread, name))
        self.recorder.add(Kind.PROGRAM, name, " ".join(words), permission)
        for secret in self.network.decoys.inside(" ".join(words).encode()):
            self.recorder.secret(secret, f"the arguments of {name}")
        return False

    def on_connect(self, call: Call) -> bool:
        descriptor, address, size, *_ = call.arguments
        data = self.memory.read(call.thread, address, min(size, 128))
        family, host, port = memory.address_of(data)
        if family == socket.AF_UNIX:
            if host and not host.startswith(familiar.OWN_SOCKETS):
                self.recorder.add(Kind.CONNECT, host, "a local socket", "admin")
            return False
        if family not in INTERNET:
            return False
        if familiar.own_address(host) and port != DNS_PORT:
            return False
        return self._redirect(call, descriptor, host, port)

    def _redirect(self, call: Call, descriptor: int, address: str, port: int) -> bool:
        """Connect the tool's socket to the sink or the resolver in its place."""
        host = self.network.names.host(address)
        self._redirected += 1
        with memory.socket_of(call.thread, descriptor) as copy:
            stream = copy.type == socket.SOCK_STREAM
            if stream:
                self.recorder.add(
                    Kind.CONNECT, f"{host}:{port}", "", familiar.network_permission(host)
                )
            if self._redirected > MAX_REDIRECTED:
                self.listener.answer(call, -errno.ECONNREFUSED)
                return True
            ip, sink = self.network.streams_to if stream else self.network.datagrams_to
            ip = f"::ffff:{ip}" if copy.family == socket.AF_INET6 else ip
            failure = copy.connect_ex((ip, sink))
            self.network.meant("tcp" if stream else "udp", copy.getsockname()[1], host, port)
        self.listener.answer(call, -failure)
        return True

    def on_send_to(self, call: Call) -> bool:
        descriptor, data, size, _, address, address_size = call.arguments
        found = self.memory.read(call.thread, address, min(address_size, 128))
        payload = self.memory.read(call.thread, data, min(size, MAX_DATA))
        return self._send(call, descriptor, found, payload, size)

    def on_send_message(self, call: Call) -> bool:
        name, size, _, vector, count, *_ = MESSAGE.unpack(
            self.memory.read(call.thread, call.arguments[1], MESSAGE.size)
        )
        if not name:
            return False
        found = self.memory.read(call.thread, name, min(size, 128))
        parts = self.memory.read(call.thread, vector, 16 * min(count, 64))
        spans = list(struct.iter_unpack("=QQ", parts[: len(parts) // 16 * 16]))
        payload = b"".join(
            self.memory.read(call.thread, start, min(length, MAX_DATA)) for start, length in spans
        )
        return self._send(
            call, call.arguments[0], found, payload, sum(length for _, length in spans)
        )

    def on_send_messages(self, call: Call) -> bool:
        """Several messages at once: only those without an address can be sent."""
        self.on_send_message(call)
        return False

    def _send(self, call: Call, descriptor: int, address: bytes, payload: bytes, size: int) -> bool:
        """Record a datagram with its address, and take it off the tool's hands."""
        family, host, port = memory.address_of(address)
        if family not in INTERNET or (familiar.own_address(host) and port != DNS_PORT):
            return False
        host = self.network.names.host(host)
        if port != DNS_PORT:
            self.network.datagram(payload, host, port)
            self.listener.answer(call, min(size, len(payload)))
            return True
        with memory.socket_of(call.thread, descriptor) as copy:
            ip, sink = self.network.datagrams_to
            ip = f"::ffff:{ip}" if copy.family == socket.AF_INET6 else ip
            sent = copy.sendto(payload, socket.MSG_DONTWAIT, (ip, sink))
            self.network.meant("udp", copy.getsockname()[1], host, port)
        self.listener.answer(call, sent)
        return True


def calls() -> dict[int, str]:
    """The names of the reported calls, by their numbers on this machine."""
    names = (*seccomp.OBSERVED, "sendto")
    return {seccomp.call_number(name): name for name in names}


def handler(watcher: Watcher, name: str) -> Handler:
    """What handles a call."""
    if name in CHANGES:
        return watcher.on_change
    return {
        "openat": watcher.on_open,
        "open": watcher.on_old_open,
        "creat": watcher.on_creat,
        "openat2": watcher.on_open_how,
        "execve": watcher.on_execute,
        "execveat": watcher.on_execute,
        "connect": watcher.on_connect,
        "sendto": watcher.on_send_to,
        "sendmsg": watcher.on_send_message,
        "sendmmsg": watcher.on_send_messages,
    }[name]


def shown(path: str, folder: str) -> str:
    """``path`` as a person reads it: from the working folder, or from the home folder."""
    if folder and path.startswith(f"{folder}/"):
        return path[len(folder) + 1 :]
    if path == HOME or path.startswith(f"{HOME}/"):
        return f"~{path.removeprefix(HOME)}"
    return path
