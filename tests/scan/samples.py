"""The labeled corpus: inert look-alikes of real packages, as text files that no tool imports.

A sample is a ``.txt`` file; ``# file: PATH`` lines say where each file of the package begins.
``corpus/tune`` was looked at while the rules were written, ``corpus/test`` was not; ``held`` has
honest samples that a moderator decides about. Samples name
no host but ``evil.invalid`` and well-known services, and what they would run is ``echo``.
``corpus/blind`` holds packages written by somebody who had not read the rules, many in one file,
each after a ``# sample: FAMILY.NAME`` line; do not read it while changing rules.
"""

from __future__ import annotations

import re
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
MARK = re.compile(r"^# file: (.+)\n", re.MULTILINE)
SAMPLE = re.compile(r"^# sample: (.+)\n", re.MULTILINE)


def unpack(sample: Path, folder: Path) -> Path:
    """Write the files of ``sample`` below ``folder``; give ``folder``."""
    return _write_parts(sample.read_text(encoding="utf-8"), folder)


def unpack_many(samples: Path, folder: Path) -> list[Path]:
    """Write each sample of a file of many into a folder of its own below ``folder``."""
    _, *parts = SAMPLE.split(samples.read_text(encoding="utf-8"))
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [_write_parts(text, folder / name) for name, text in pairs]


def _write_parts(text: str, folder: Path) -> Path:
    _, *parts = MARK.split(text)
    for path, content in zip(parts[::2], parts[1::2], strict=True):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    return folder


def samples(split: str, label: str) -> list[Path]:
    """The samples of a split (``tune``, ``test``) with a label (``malicious``, ``benign``)."""
    return sorted((CORPUS / split / label).glob("*.txt"))


def write(folder: Path, **files: str) -> Path:
    """Write modules: ``write(tmp_path, core="import os")`` makes ``acme_tool/core.py``."""
    package = folder / "acme_tool"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    for name, text in files.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    return folder
