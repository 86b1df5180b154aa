"""Writes download logs as our servers do."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from django.conf import settings

from catalog.models import Release


def line(release: Release, time: str = "2026-11-20T10:00:00.000+00:00", **changes: object) -> bytes:
    """One line of the log."""
    entry = {
        "id": uuid.uuid4().hex,
        "time": time,
        "path": f"/{release.file_key}",
        "status": 200,
        "agent": "pip/23.2.1",
    }
    return json.dumps({**entry, **changes}).encode() + b"\n"


def write(*lines: bytes, name: str = "web-20261120T10-1.log") -> Path:
    """Append lines to a log."""
    path = Path(settings.DOWNLOAD_LOG_DIR) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as log:
        log.writelines(lines)
    return path
