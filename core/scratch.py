"""Temporary folders that are removed also if the process that uses them is killed.

The user of a folder holds a lock on it, which the kernel releases when the process ends, in
another container as well. A process id in the name would mean nothing there.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "lumos-scratch-"
#: Folders have this prefix until they are locked, so that one without a lock is in use by nobody.
_NEW = "lumos-new-"


@contextmanager
def scratch_folder(kind: str, parent: Path | None = None) -> Iterator[Path]:
    """A new folder below ``parent`` (default: the machine's), deleted when the block ends."""
    new = Path(tempfile.mkdtemp(prefix=_NEW, dir=parent))
    folder = new
    descriptor = os.open(new, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # a network file system without locks for folders
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        folder = new.rename(new.with_name(f"{PREFIX}{kind}-{new.name.removeprefix(_NEW)}"))
        yield folder
    finally:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned(parent: Path, *, max_age: float) -> None:
    """Delete the folders below ``parent`` whose users have ended.

    Where locks do not work, and for a folder whose process was killed while it was made, an age
    of more than ``max_age`` seconds decides.
    """
    for folder in [*parent.glob(f"{PREFIX}*"), *parent.glob(f"{_NEW}*")]:
        with contextlib.suppress(OSError):  # removed by its user in the meantime
            if _is_abandoned(folder, max_age):
                shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path, max_age: float) -> bool:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        return False
    is_old = time.time() - status.st_mtime > max_age
    if folder.name.startswith(_NEW):
        return is_old
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return is_old
    else:
        return True
    finally:
        os.close(descriptor)
