"""Records the results of scans and sandbox runs, for tests of what comes before and after them.

The results are real: the first test that meets a package has it checked, and the others, also in
later stages and runs, use the record. Its key is the hash of the package's contents (without its
version number) and of the code that made the result: after a change of a rule no older record is
used.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sandbox import status
from sandbox.trials.generation import Generated, Generation

REPOSITORY = Path(__file__).resolve().parents[2]
RECORDS = REPOSITORY / ".pytest_cache" / "recorded_checks"
KEPT_SECONDS = 7 * 24 * 3600
#: The packages whose code makes a result.
CODE = ("core", "lumos", "sandbox", "security_scan")
#: What follows from the package, or only says how long its trials may take.
OF_TRIALS = ("generation", "pace")


class LateGeneration(Generation):
    """Makes the inputs of trials only where there is no record of them."""

    def __enter__(self) -> LateGeneration:
        return self

    def collect(self) -> dict[str, Generated]:
        if self._child is None:
            self.start()
        return super().collect()


def use_recorded_checks(patch: pytest.MonkeyPatch) -> None:
    """Use a record where there is one, in place of the scanners and the sandbox."""
    _records()  # before a test changes what the machine looks like
    import sandbox
    from publishing.checks import scanning, trying

    patch.setattr(trying, "Generation", LateGeneration)
    for place, name in (
        (scanning, "scan_isolated"),
        (trying, "run_trials"),
        (sandbox, "run_tool"),
        (sandbox, "run_again"),
        (sandbox, "describe_tool"),
    ):
        patch.setattr(place, name, _recorded(name, getattr(place, name)))


def _recorded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(folder: Path, **options: Any) -> Any:
        kept = _records() / _key(name, folder, options)
        if kept.exists():
            return pickle.loads(kept.read_bytes())
        found = function(folder, **options)
        aside = kept.with_suffix(f".{os.getpid()}")
        aside.write_bytes(pickle.dumps(found))
        aside.rename(kept)
        return found

    return call


@cache
def _records() -> Path:
    """Where results of the present rules are kept; those of other rules are removed in time."""
    folder = RECORDS / _rules()
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    for other in RECORDS.iterdir():
        if time.time() - other.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def _rules() -> str:
    """What a result depends on beside the package: our code, its libraries, this machine."""
    here = f"{sys.version} {platform.platform()} {os.getuid()} {status().available}"
    whole = hashlib.sha256(here.encode())
    sources = [path for name in CODE for path in (REPOSITORY / name).rglob("*")]
    for path in [REPOSITORY / "requirements.txt", *sorted(sources)]:
        if path.is_file() and path.suffix != ".pyc":
            whole.update(f"\n{path} ".encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:32]


def _key(name: str, folder: Path, options: dict[str, Any]) -> str:
    whole = hashlib.sha256(name.encode())
    for root in (folder, options.get("dependencies_dir")):
        for path, content in _files(root) if root else ():
            whole.update(f"\n{path} {len(content)}\n".encode() + content)
    for key, value in sorted(options.items()):
        if key not in ("progress", "dependencies_dir", "report", *OF_TRIALS):
            whole.update(f"\n{key}={value!r}".replace(str(folder), "").encode())
    return whole.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name == "RECORD":
            continue
        content = path.read_bytes()
        if path.name == "METADATA":
            lines = content.splitlines()
            content = b"\n".join(line for line in lines if not line.startswith(b"Version:"))
        inside = path.relative_to(folder).parts
        yield "/".join(part for part in inside if not part.endswith(".dist-info")), content
