"""The registry's own documents below /index/, built from values without the database."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from lumos.package import keys
from lumos.package.index import SCHEMA
from registry.values import Listing


def config(site_name: str) -> bytes:
    """``/index/config.json``: the URLs of the index, the files and the API."""
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
    """The keys of a tool's document and of its copy under its own hash."""
    sha256 = hashlib.sha256(document).hexdigest()
    return (
        keys.index_key(listing.namespace, listing.name),
        keys.hashed_index_key(listing.namespace, listing.name, sha256),
    )


def tool_document(listing: Listing) -> bytes:
    """``/index/{namespace}/{name}.json``: every release, newest first, for installers."""
    return _json(listing.document)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
