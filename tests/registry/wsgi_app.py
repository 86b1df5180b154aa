"""The WSGI application for granian: the tree at $TREE, and behind it a site that is down."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from core.store.files import FileStore
from registry.serve import StaticTree


def _away(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    raise RuntimeError("the site is away")


application = StaticTree(
    _away,
    store=FileStore(Path(os.environ["TREE"])),
    download_log=Path(os.environ["LOG"]),
    upstream_index=os.environ.get("UPSTREAM_INDEX", ""),
)
