"""Which files, programs and addresses say something about a tool, and what they need.

Everything that an interpreter and common libraries do by themselves is left out: reading code and
system configuration, temporary files, the name service cache, probing for programs by ctypes.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from pathlib import PurePosixPath

from sandbox.layers import HOME, SYSTEM, SYSTEM_LINKS
from sandbox.writable import WORKING_FOLDER

#: Reading below these folders needs no permission.
OWN = (*SYSTEM, *SYSTEM_LINKS, "/usr", "/sbin", "/lumos", "/sys", "/dev")
FAMILIAR = tuple(f"{folder}/".encode() for folder in OWN)
#: Of other folders, what belongs to the machine or to people; the rest is configuration.
PRIVATE = ("/root", "/home", "/Users", "/var/lib", "/var/run/secrets", "/run/secrets", "/srv")
SENSITIVE = ("/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/ssh")
OTHER_PROCESSES = ("environ", "mem", "cmdline", "maps", "root", "cwd", "fd")
#: Files of the home folder that HTTP libraries and caches use on their own.
HOME_FAMILIAR = (".netrc", "_netrc", ".cache")
START_UP = (".pth", "sitecustomize.py", "usercustomize.py")
#: Programs by which the standard library looks for libraries and names the machine.
PROBES = {
    "ldconfig": ("-p",),
    "gcc": ("-Wl,-t",),
    "cc": ("-Wl,-t",),
    "ld": ("-t",),
    "objdump": ("-p",),
    "uname": ("-p",),
    "file": ("-b",),
    "lsb_release": ("-a",),
}
#: Programs that only tell about the machine; they are shown and need no permission.
TELLING = ("fc-list", "getconf", "locale", "lscpu", "nvidia-smi", "stty", "tput")
OWN_SOCKETS = (
    f"{WORKING_FOLDER}/",
    "/run/uuidd/",
    "/var/run/nscd/",
    "/run/nscd/",
    "/run/systemd/",
    "/dev/log",
)
OWN_NAMES = ("localhost", "sandbox", "")


def read_permission(path: str, *, given: bool) -> str | None:
    """What reading ``path`` needs: a permission, "" for none, None if it is not worth a word.

    ``given`` says that the file was put into the working folder for this call.
    """
    if given:
        return "file-read"
    if below(path, (WORKING_FOLDER,)) and not in_home(path):
        return None
    if in_home(path):
        return "" if home_familiar(path) else "file-read"
    if path.startswith("/proc/"):
        parts = PurePosixPath(path).parts
        foreign = len(parts) > 3 and parts[2].isdigit() and parts[3] in OTHER_PROCESSES
        return "file-read" if foreign and parts[2] == "1" else None
    if below(path, SENSITIVE):
        return "file-read"
    if below(path, PRIVATE):
        return "file-read"
    return "" if not below(path, ("/etc", *OWN)) and path != "/" else None


def write_permission(path: str, folder: str) -> str | None:
    """As :func:`read_permission`, for writing; ``folder`` is the call's working folder."""
    if folder and below(path, (folder,)) and path != folder:
        return "file-write"
    if in_home(path):
        return "" if home_familiar(path) else "file-write"
    if below(path, (WORKING_FOLDER, "/dev", "/proc", "/var/lib/libuuid")):
        return None
    if below(path, OWN) and not path.endswith(START_UP):
        return ""
    return "file-write"


def program_permission(path: str, arguments: Sequence[str], interpreter: str) -> str | None:
    """As :func:`read_permission`, for starting a program."""
    name = PurePosixPath(path).name
    if name in PROBES and tuple(arguments[1 : 1 + len(PROBES[name])]) == PROBES[name]:
        return None
    if name in TELLING:
        return ""
    code = arguments[arguments.index("-c") + 1 :] if "-c" in arguments else []
    helper = bool(code) and code[0].startswith(("from multiprocessing.", "import multiprocessing."))
    return None if path == interpreter and helper else "system-command"


def network_permission(host: str) -> str:
    """What a connection to ``host`` needs; nothing for the sandbox's own loopback."""
    return "" if own_address(host) else f"network:{host}"


def own_address(host: str) -> bool:
    """Whether ``host`` is the sandbox itself."""
    if host.lower().rstrip(".") in OWN_NAMES or host.endswith(".arpa"):
        return True
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified


def in_home(path: str) -> bool:
    return below(path, (HOME,))


def home_familiar(path: str) -> bool:
    """The home folder itself is what ``expanduser`` gives; listing it is worth a word."""
    rest = path.removeprefix(HOME).lstrip("/")
    return rest.partition("/")[0] in HOME_FAMILIAR


def below(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
