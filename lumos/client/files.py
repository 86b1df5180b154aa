"""Writing files so that a reader, or a crash, never sees half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["restoring", "write_atomically"]


def write_atomically(path: Path, text: str, *, mode: int | None = None) -> None:
    """Replace ``path`` by ``text`` (UTF-8): temporary file beside it, fsync, rename.

    The file keeps its permission bits; ``mode`` sets them, from the first byte on.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if mode is None:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            part.chmod(mode)
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def restoring(*paths: Path) -> Iterator[None]:
    """Put these files back as they were if the block fails, Ctrl-C included."""
    before = {path: path.read_text("utf-8") if path.exists() else None for path in paths}
    try:
        yield
    except BaseException:
        for path, text in before.items():
            if text is None:
                path.unlink(missing_ok=True)
            elif not path.exists() or path.read_text("utf-8") != text:
                write_atomically(path, text)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
