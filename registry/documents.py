"""The registry's own documents below /index/, built purely from values."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from lumos.package import keys
from registry.values import Listing, Mark, ReleaseEntry

SCHEMA = 1


def config(site_name: str) -> bytes:
    """``/index/config.json``: where everything is."""
    return _json(
        {
            "schema": SCHEMA,
            "name": site_name,
            "api": "/api/v1/",
            "index": "/index/",
            "simple": "/simple/",
            "files": "/files/",
        }
    )


def keys_of(listing: Listing, document: bytes) -> tuple[str, str]:
    """Where a tool's document lies, and its copy under its own hash."""
    sha256 = hashlib.sha256(document).hexdigest()
    return (
        keys.index_key(listing.namespace, listing.name),
        keys.hashed_index_key(listing.namespace, listing.name, sha256),
    )


def tool_document(listing: Listing) -> bytes:
    """``/index/{namespace}/{name}.json``: every release, newest first, with what installs need."""
    return _json(
        {
            "schema": SCHEMA,
            "tool": f"{listing.namespace}/{listing.name}",
            "distribution": listing.distribution,
            "title": listing.title,
            "summary": listing.summary,
            "category": listing.category,
            "status": listing.status,
            "deprecation": listing.deprecation or None,
            "successor": listing.successor,
            "releases": [_release(each) for each in listing.releases],
        }
    )


def _release(release: ReleaseEntry) -> dict[str, Any]:
    artifact = release.artifact
    return {
        "version": release.version,
        "file": artifact.filename,
        "url": f"../../{artifact.key}",
        "sha256": artifact.sha256,
        "size": artifact.size,
        "requires_python": artifact.requires_python,
        "uploaded_at": artifact.uploaded_at,
        "dependencies": {
            "tools": [{"tool": tool, "specifier": specifier} for tool, specifier in release.tools],
            "python": list(release.python),
        },
        "permissions": release.permissions.as_dict(),
        "functions": list(release.functions),
        "functions_digest": release.functions_digest,
        "scores": dict(release.scores),
        "gate_passed": release.gate_passed,
        "yanked": _mark(release.yanked),
        "quarantined": _mark(release.quarantined),
    }


def _mark(mark: Mark | None) -> dict[str, str] | None:
    return {"reason": mark.reason, "at": mark.at} if mark else None


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
