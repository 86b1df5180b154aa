"""What the canary tries inside the sandbox; each of it must be refused."""

import ctypes
import os
import socket
import time
from pathlib import Path

CLONE_NEWUSER = 0x10000000


def read(path: str) -> str:
    """A file that lies outside."""
    return Path(path).read_text()


def write(path: str) -> str:
    """A file outside, in a folder that everybody may write to."""
    Path(path).write_text("the sandbox let this through")
    return path


def connect(port: int) -> str:
    """A server on the machine's own loopback."""
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return "connected"


def new_namespace() -> int:
    """A namespace in which the tool would be root."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    return 0


def fork(most: int) -> int:
    """How many children can live at once."""
    for number in range(most):
        try:
            if os.fork() == 0:
                time.sleep(5)
                os._exit(0)
        except OSError:
            return number
    return most


def allocate(size: int) -> int:
    """More memory than is given."""
    return len(bytearray(size))
