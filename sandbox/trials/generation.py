"""The parent's side of making inputs: a child process that can be left alone and stopped."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.scratch import scratch_folder
from lumos.package.manifest.examples import fill_http
from sandbox.replay import BASE_URL
from sandbox.trials.subject import Subject, pinned

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 6.0  # of processor time, of which starting takes up to one
WALL_SECONDS = 20.0
PER_FUNCTION = 50
FEWEST = 16
IN_ALL = 400
MAX_OUTPUT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Generated:
    """The inputs of one function, each with the index of its example, and what it ``raises``."""

    trials: Sequence[tuple[dict[str, Any], int | None]] = ()
    raises: Sequence[str] = ()


class Generation:
    """Makes the inputs for the trials of a tool in a process of its own; a context manager.

    The process starts with the block and runs beside it. ``seed`` is hexadecimal, at least 16
    digits; ``folder`` is the unpacked tool, whose sources are read for docstrings.
    """

    def __init__(self, folder: Path, subjects: Sequence[Subject], seed: str) -> None:
        self.folder, self.subjects, self.seed = folder, subjects, seed
        self._parts = contextlib.ExitStack()
        self._child: subprocess.Popen[bytes] | None = None
        self._answer, self._end = Path(), 0.0
        self._found: dict[str, Generated] | None = None

    def __enter__(self) -> Generation:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._parts.close()

    def start(self) -> None:
        """Start the process."""
        scratch = self._parts.enter_context(scratch_folder("try"))
        self._answer, self._end = scratch / "answer", time.monotonic() + WALL_SECONDS
        (scratch / "request").write_text(json.dumps(self._request()))
        with (scratch / "request").open() as request, self._answer.open("wb") as answer:
            self._child = subprocess.Popen(
                [sys.executable, "-s", "-P", "-m", "sandbox.trials"],
                stdin=request,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                cwd=scratch,
                env=_environment(),
                start_new_session=True,
            )
        self._parts.callback(_stop, self._child)

    def collect(self) -> dict[str, Generated]:
        """Wait for the inputs, by function; those that were not made in time are missing."""
        if self._found is None:
            assert self._child is not None
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(max(0.0, self._end - time.monotonic()))
            _stop(self._child)
            self._found = dict(self._read())
        return self._found

    def _read(self) -> Iterator[tuple[str, Generated]]:
        """The complete lines of the answer."""
        subjects = {subject.name: subject for subject in self.subjects}
        with self._answer.open("rb") as stream:
            lines = stream.read(MAX_OUTPUT).split(b"\n")[:-1]
        for line in lines:
            item = json.loads(line)
            kept = subjects[item["name"]].kept
            trials = [({**values, **kept(example)}, example) for values, example in item["trials"]]
            yield item["name"], Generated(trials, item["raises"])

    def _request(self) -> Mapping[str, Any]:
        possible = [subject for subject in self.subjects if not subject.not_tried]
        share = min(PER_FUNCTION, max(FEWEST, IN_ALL // max(1, len(possible))))
        chosen = sorted(possible, key=lambda subject: _order(self.seed, subject.name))
        return {
            "folder": str(self.folder),
            "seed": self.seed,
            "seconds": SECONDS,
            "functions": [_function(subject, share) for subject in chosen[: IN_ALL // FEWEST]],
        }


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()


def _order(seed: str, name: str) -> str:
    """A function's place where there are too many to try all."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def _function(subject: Subject, count: int) -> dict[str, Any]:
    return {
        "name": subject.name,
        "entry": subject.entry,
        "schema": subject.spec.input_schema,
        "count": count,
        "examples": [
            {"arguments": fill_http(item.arguments, BASE_URL), "pinned": pinned(item)}
            for item in subject.examples
        ],
    }


def _environment() -> dict[str, str]:
    """What the child needs and nothing that is secret; a fixed hash seed, so that it repeats."""
    ours = [str(ROOT), *(sysconfig.get_path(name) for name in ("purelib", "platlib"))]
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(ours)),
        "PYTHONHASHSEED": "0",
        "LC_ALL": "C.UTF-8",
        "HYPOTHESIS_NO_PLUGINS": "1",
    }
