"""The copy of a package that the sandbox runs: without the results that its examples promise."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import tomlkit

from lumos.package.manifest.reader import MANIFEST_FILE
from lumos.package.wheel import Wheel

#: The keys of an example that say what its function should return.
PROMISES = ("output", "output_schema")


def without_answers(wheel: Wheel, folder: Path, target: Path) -> Path:
    """Copy the unpacked ``wheel`` to ``target``; every file but those with answers is linked.

    The manifest loses the outputs of its examples, and recordings lose their pairs: those are
    served to the tool, never shown.
    """
    shutil.copytree(folder, target, copy_function=os.link)
    package = target / wheel.tool.import_package
    entries = wheel.manifest.functions.values()
    examples = [example for entry in entries for example in entry.examples]
    copied = {name for example in examples for name in example.files}
    for name in {example.http for example in examples if example.http} - copied:
        _replace(package / name, "[]\n")
    manifest = package / MANIFEST_FILE
    document = tomlkit.parse(manifest.read_text())
    for function in document.get("functions", {}).values():
        for example in function.get("examples", []):
            _forget(example)
    _replace(manifest, tomlkit.dumps(document))
    return target


def _forget(example: Any) -> None:
    for key in PROMISES:
        example.pop(key, None)


def _replace(path: Path, text: str) -> None:
    """Write a new file; the old one is linked to what the scanners read."""
    path.unlink()
    path.write_text(text)
