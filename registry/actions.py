"""The registry's actions for other apps."""

from __future__ import annotations

from pathlib import Path

from catalog.models import ToolStatus
from core.store import public_store
from lumos.package.keys import metadata_key, wheel_key
from registry.cli_wheel import add_cli_wheel
from registry.listings import write_listing
from registry.repair import repair
from registry.tree import claim, list_distribution, write_config

__all__ = ["add_cli_wheel", "claim", "publish_file", "repair", "write_config", "write_tool"]


def publish_file(*, filename: str, sha256: str, source: Path, metadata: bytes) -> str:
    """Store a wheel and its METADATA (PEP 658); returns the wheel's key.

    Call it before the release's row is written. Clients do not see the file until the index
    lists it. :func:`registry.repair.repair` removes the files of a go-live that failed.
    """
    store = public_store()
    key = wheel_key(sha256, filename)
    store.put(metadata_key(key), metadata)
    with source.open("rb") as stream:
        store.put(key, stream)
    return key


def write_tool(tool_id: int) -> None:
    """Write a tool's documents and the list of tools; files of hidden releases are removed."""
    written = write_listing(tool_id)
    list_distribution(written.tool.distribution, listed=written.tool.status != ToolStatus.DELETED)
