"""What other programs see in a zip: the names that each of them lists, or ``None``."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

_ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "UNZIP": "", "ZIPINFO": ""}


def listed_by_zipfile(path: Path) -> list[str] | None:
    """Python's own reader, which also reads every member."""
    try:
        with zipfile.ZipFile(path) as archive:
            return None if archive.testzip() else archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return None


def listed_by_unzip(path: Path) -> list[str] | None:
    """Info-ZIP, tested first: any warning counts as a refusal."""
    if _run("unzip", "-tqq", path) is None:
        return None
    return _lines(_run("unzip", "-Z1", path))


def listed_by_bsdtar(path: Path) -> list[str] | None:
    """libarchive, which reads every member too."""
    if _run("bsdtar", "-xOf", path) is None:
        return None
    return _lines(_run("bsdtar", "-tf", path))


def contents_by_zipfile(path: Path) -> bytes:
    """Everything in the zip, one file after the other."""
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(info) for info in archive.infolist())


def contents_by_bsdtar(path: Path) -> bytes | None:
    """The same as libarchive extracts it."""
    return _run("bsdtar", "-xOf", path)


READERS = {
    "zipfile": listed_by_zipfile,
    "unzip": listed_by_unzip,
    "bsdtar": listed_by_bsdtar,
}


def _run(*command: str | Path) -> bytes | None:
    done = subprocess.run(command, capture_output=True, check=False, env=_ENVIRONMENT, timeout=60)
    return done.stdout if done.returncode == 0 else None


def _lines(output: bytes | None) -> list[str] | None:
    return None if output is None else output.decode("utf-8", "replace").splitlines()
