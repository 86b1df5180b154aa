"""A package that this run has scanned and run in the sandbox need not be so again.

For tests of what comes before and after the checks. The results are real: the first test that
meets a package has it checked, the others recall what was found. Version numbers do not count.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import environment


def recall_checks(patch: pytest.MonkeyPatch) -> None:
    """Put the memory in front of the scanners and of the sandbox."""
    from publishing.checks import scanning
    from security_scan import sandbox

    for place, name in (
        (scanning, "scan_isolated"),
        (sandbox, "run_tool"),
        (sandbox, "describe_tool"),
    ):
        patch.setattr(place, name, _recalled(name, getattr(place, name)))


def _recalled(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(folder: Path, **options: Any) -> Any:
        kept = environment.root() / "recalled" / _key(name, folder, options)
        if kept.exists():
            return pickle.loads(kept.read_bytes())
        found = function(folder, **options)
        kept.parent.mkdir(exist_ok=True)
        aside = kept.with_suffix(f".{environment.worker_id()}")
        aside.write_bytes(pickle.dumps(found))
        aside.rename(kept)
        return found

    return call


def _key(name: str, folder: Path, options: dict[str, Any]) -> str:
    whole = hashlib.sha256(name.encode())
    for root in (folder, options.get("dependencies_dir")):
        for path, content in _files(root) if root else ():
            whole.update(f"\n{path} {len(content)}\n".encode() + content)
    for key, value in sorted(options.items()):
        if key not in ("progress", "dependencies_dir"):
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
