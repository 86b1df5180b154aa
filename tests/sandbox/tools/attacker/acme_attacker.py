"""Every attack that the sandbox must survive; only ever run inside it."""

from __future__ import annotations

import ctypes
import faulthandler
import fcntl
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
NUMBERS = {
    "x86_64": {
        "mount": 165,
        "umount2": 166,
        "pivot_root": 155,
        "chroot": 161,
        "ptrace": 101,
        "process_vm_readv": 310,
        "kcmp": 312,
        "pidfd_getfd": 438,
        "bpf": 321,
        "io_uring_setup": 425,
        "userfaultfd": 323,
        "perf_event_open": 298,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "memfd_create": 319,
        "memfd_secret": 447,
        "shmget": 29,
        "open_by_handle_at": 304,
        "init_module": 175,
        "kexec_load": 246,
        "reboot": 169,
        "swapon": 167,
        "sethostname": 170,
        "settimeofday": 164,
        "personality": 135,
        "unshare": 272,
        "setns": 308,
        "clone3": 435,
        "fsopen": 430,
        "open_tree": 428,
        "mount_setattr": 442,
        "io_setup": 206,
        "sync": 162,
        "seccomp": 317,
        "iopl": 172,
        "quotactl": 179,
        "syslog": 103,
        "unknown": 999,
    }
}


def tried(action) -> str:
    """What came of an attempt: ``refused: ...`` or ``done: ...``."""
    try:
        return f"done: {action()!r}"[:300]
    except BaseException as error:
        return f"refused: {type(error).__name__}: {error}"[:300]


def system_calls() -> dict[str, str]:
    found = {}
    for name, number in NUMBERS.get(platform.machine(), {}).items():
        ctypes.set_errno(0)
        result = LIBC.syscall(number, 0, 0, 0, 0, 0, 0)
        error = ctypes.get_errno()
        found[name] = (
            os.strerror(error) if result == -1 and error in (1, 38) else f"{result}/{error}"
        )
    return found


def clone_namespaces() -> dict[str, str]:
    """clone(2) with every namespace flag, and by the flag's neighbors in the same word."""
    found = {}
    for name, flag in (
        ("NEWNS", 0x00020000),
        ("NEWCGROUP", 0x02000000),
        ("NEWUTS", 0x04000000),
        ("NEWIPC", 0x08000000),
        ("NEWUSER", 0x10000000),
        ("NEWPID", 0x20000000),
        ("NEWNET", 0x40000000),
        ("NEWUSER|NEWNS", 0x10020000),
    ):
        ctypes.set_errno(0)
        pid = LIBC.syscall(56, flag | signal.SIGCHLD, 0, 0, 0, 0)
        if pid == 0:
            os._exit(0)
        found[name] = os.strerror(ctypes.get_errno()) if pid == -1 else f"pid {pid}"
    return found


def files(paths: list[str]) -> dict[str, str]:
    return {path: tried(lambda path=path: Path(path).read_bytes()[:40]) for path in paths}


def listings(paths: list[str]) -> dict[str, str]:
    return {path: tried(lambda path=path: os.listdir(path)) for path in paths}


def writes(paths: list[str]) -> dict[str, str]:
    return {path: tried(lambda path=path: Path(path, "written").write_text("x")) for path in paths}


def environments() -> list[str]:
    """Every environment that can be read, with our own."""
    found = [f"{name}={value}" for name, value in os.environ.items()]
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            found += path.read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
    return found


def processes() -> list[str]:
    return [path.read_text() for path in Path("/proc").glob("[0-9]*/cmdline")]


def sockets() -> dict[str, str]:
    found = {
        family.name: tried(lambda family=family: socket.socket(family).close())
        for family in socket.AddressFamily
        if family is not socket.AF_UNIX
    }
    found["AF_PACKET raw"] = tried(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
    found["AF_INET datagram"] = tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    ctypes.set_errno(0)
    hidden = LIBC.syscall(41, ctypes.c_ulong(0x1_0000_0002), 1, 0)
    found["AF_INET in a wide word"] = f"done: {hidden}" if hidden >= 0 else "refused: -1"
    found["unix pair"] = tried(lambda: [each.close() for each in socket.socketpair()])
    return found


def lookups(port: int = 9) -> dict[str, str]:
    """Ways to the machine's own server, with internet sockets allowed."""
    return {
        "loopback": tried(lambda: socket.create_connection(("127.0.0.1", port), 1).close()),
        "public": tried(lambda: socket.create_connection(("192.0.2.1", 80), 1).close()),
        "name": tried(lambda: socket.create_connection(("example.invalid", 80), 1).close()),
        "metadata": tried(lambda: socket.create_connection(("169.254.169.254", 80), 1).close()),
        "six": tried(lambda: socket.socket(socket.AF_INET6)),
        "netlink": tried(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)),
    }


def identity() -> dict[str, object]:
    status = Path("/proc/self/status").read_text()
    wanted = ("CapEff", "CapPrm", "CapBnd", "NoNewPrivs", "Seccomp")
    rows = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    found: dict[str, object] = {name: rows[name].strip() for name in wanted}
    found["uid"], found["groups"] = os.getuid(), os.getgroups()
    found["setuid"] = tried(lambda: os.setuid(0))
    found["su"] = tried(lambda: subprocess.run(["su", "-c", "id"], capture_output=True, check=True))
    found["renice"] = tried(lambda: os.nice(-5))
    found["raise limit"] = tried(
        lambda: resource.setrlimit(resource.RLIMIT_NPROC, (10_000, 10_000))
    )
    return found


def terminal() -> str:
    def inject() -> None:
        descriptor = os.open("/dev/tty", os.O_RDWR)
        fcntl.ioctl(descriptor, 0x5412, struct.pack("c", b"x"))

    return tried(inject)


def devices() -> dict[str, str]:
    return {
        "node": tried(lambda: os.mknod("/tmp/disk", 0o060666, os.makedev(8, 0))),
        "kmsg": tried(lambda: os.open("/dev/kmsg", os.O_RDWR)),
        "mem": tried(lambda: os.open("/dev/mem", os.O_RDONLY)),
        "sysrq": tried(lambda: Path("/proc/sysrq-trigger").write_text("h")),
        "core_pattern": tried(lambda: Path("/proc/sys/kernel/core_pattern").write_text("|/x")),
        "drop_caches": tried(lambda: Path("/proc/sys/vm/drop_caches").write_text("1")),
    }


def fork_bomb() -> None:
    while True:
        try:
            os.fork()
        except OSError:
            time.sleep(0.01)


def fork_until_refused() -> int:
    while True:
        if os.fork() == 0:
            time.sleep(60)


def thread_bomb() -> int:
    while True:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def cpu_loop() -> None:
    while True:
        pass


def stubborn_cpu_loop() -> None:
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    cpu_loop()


def sleep_forever() -> None:
    time.sleep(1_000_000)


def huge_file() -> None:
    with Path("/tmp/huge").open("wb") as file:
        while True:
            file.write(b"x" * 1_000_000)


def fill_space() -> None:
    for number in range(10_000):
        Path(f"/tmp/part{number}").write_bytes(b"x" * 1_000_000)


def fill_shared_memory() -> None:
    for number in range(10_000):
        Path(f"/dev/shm/part{number}").write_bytes(b"x" * 1_000_000)


def many_files() -> None:
    for number in range(1_000_000):
        os.close(os.open(f"/tmp/{number}", os.O_CREAT | os.O_WRONLY))


def descriptors() -> None:
    found = []
    while True:
        found.append(os.open("/dev/null", os.O_RDONLY))


def memory_bomb() -> int:
    parts = []
    while True:
        parts.append(bytearray(10_000_000))


def shared_memory_bomb() -> int:
    """Each process stays below its own limit; all together do not."""
    for _ in range(12):
        if os.fork() == 0:
            keep = bytearray(os.urandom(1)) * 40_000_000
            time.sleep(60)
            os._exit(keep[0])
    time.sleep(60)
    return 0


def kill_all() -> None:
    os.kill(-1, signal.SIGKILL)
    time.sleep(60)


def kill_parent() -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)


def stop_parent() -> None:
    os.kill(os.getppid(), signal.SIGSTOP)
    time.sleep(60)


def endless_output() -> None:
    while True:
        os.write(1, b"spam " * 10_000)
        os.write(2, b"spam " * 10_000)


def exit_at_once() -> None:
    os._exit(3)


def raise_exit() -> None:
    sys.exit("bye")


def close_all() -> str:
    os.closerange(0, 256)
    return "closed"


def recurse() -> int:
    """Recursion in native code, past the end of the stack."""
    found: tuple[object, ...] = ()
    for _ in range(500_000):
        found = (found,)
    return hash(found)


def segfault() -> None:
    faulthandler.enable()
    ctypes.string_at(0)


def abort() -> None:
    os.abort()


def daemonise() -> str:
    """A grandchild in a session of its own, which keeps every pipe open."""
    heard, said = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(said, b"away")
            time.sleep(1_000)
        os._exit(0)
    os.read(heard, 4)  # before that, the end of this process would take it along
    return "started"


def big_value() -> str:
    return "x" * 1_000_000_000


def bigger_value() -> list[str]:
    return ["x" * 1000] * 100_000


def not_a_number() -> list[float]:
    return [float("nan"), float("inf"), float("-inf"), 1.5]


def not_json() -> object:
    return threading.Lock()


def cyclic() -> list[object]:
    found: list[object] = []
    found.append(found)
    return found


def surrogate() -> str:
    return "\ud800"


def nul() -> str:
    print("a\0b")
    return "a\0b"


def lying_error() -> None:
    class MemoryError(Exception):
        def __str__(self) -> str:
            raise SystemExit

    raise MemoryError


def long_error() -> None:
    raise ValueError("x" * 10_000_000)


def fine() -> str:
    return "fine"


def bytecode_32_bit() -> str:
    """A system call through the 32-bit entry point, which has other numbers."""
    import mmap

    code = b"\xb8\x14\x00\x00\x00\xcd\x80\xc3"  # mov eax, 20 (getpid); int 0x80; ret
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return f"done: {ctypes.CFUNCTYPE(ctypes.c_int)(address)()}"
