"""Wheels of the ``lumos`` command on ``/simple/lumos-cli/``. They have no database rows."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from pathlib import Path

from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version

from core.store import Store, StoreKeyError, public_store
from lumos.package.keys import metadata_key
from registry import simple
from registry.artifacts import with_metadata
from registry.tree import CLI, locked, write_project, write_root
from registry.values import Artifact, rfc3339

#: The number of versions that stay installable.
VERSIONS_KEPT = 5
PAGE = f"simple/{CLI}/index.json"


class NotTheCommand(ValueError):
    """The file is not a wheel of lumos-cli."""


def add_cli_wheel(path: Path) -> str:
    """Serve the wheel, replacing one of the same name; returns its key."""
    metadata = _metadata(path)
    store = public_store()
    artifact = _artifact(path, metadata)
    with locked():
        others = [other for other in _served(store) if other.filename != artifact.filename]
        newest_first = sorted(
            [artifact, *others], key=lambda wheel: Version(wheel.version), reverse=True
        )
        store.put(metadata_key(artifact.key), metadata)
        with path.open("rb") as stream:
            store.put(artifact.key, stream)
        write_project(store, simple.Project(CLI, tuple(newest_first[:VERSIONS_KEPT])))
    write_root()
    return artifact.key


def cli_keys(store: Store) -> set[str]:
    """Every key that belongs to the command."""
    served = _served(store)
    if not served:
        return set()
    wheels = {key for artifact in served for key in with_metadata(artifact.key)}
    return {PAGE, f"simple/{CLI}/index.html", *wheels}


def _served(store: Store) -> tuple[Artifact, ...]:
    try:
        return simple.artifacts_of(store.get(PAGE))
    except StoreKeyError:
        return ()


def _metadata(path: Path) -> bytes:
    try:
        name, version, _, _ = parse_wheel_filename(path.name)
        with zipfile.ZipFile(path) as wheel:
            metadata = wheel.read(f"lumos_cli-{version}.dist-info/METADATA")
    except (InvalidWheelFilename, zipfile.BadZipFile, KeyError, OSError) as error:
        raise NotTheCommand(
            f"{path} cannot be served: {error}. Build it with: hatchling build -t wheel"
        ) from error
    if name != CLI:
        raise NotTheCommand(f"{path} is a wheel of {name}, not of {CLI}.")
    return metadata


def _artifact(path: Path, metadata: bytes) -> Artifact:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return Artifact(
        filename=path.name,
        sha256=sha256,
        size=path.stat().st_size,
        version=path.name.split("-")[1],
        requires_python=BytesHeaderParser().parsebytes(metadata).get("Requires-Python", ""),
        metadata_sha256=hashlib.sha256(metadata).hexdigest(),
        uploaded_at=rfc3339(datetime.now(UTC)),
    )
