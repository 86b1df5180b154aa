"""Where the registry keeps each file: keys in its store, and paths below its address.

Addresses of files never change, because lock files name them.
"""

from __future__ import annotations

__all__ = ["hashed_index_key", "index_key", "metadata_key", "namespace_key", "wheel_key"]


def wheel_key(sha256: str, filename: str) -> str:
    """A release's wheel."""
    return f"files/{sha256[:2]}/{sha256}/{filename}"


def metadata_key(wheel: str) -> str:
    """The METADATA of the wheel under a key (PEP 658)."""
    return f"{wheel}.metadata"


def index_key(namespace: str, name: str) -> str:
    """A tool's index document."""
    return f"index/{namespace}/{name}.json"


def hashed_index_key(namespace: str, name: str, sha256: str) -> str:
    """The copy of a tool's index document under the document's own hash."""
    return f"index/{namespace}/{sha256}.{name}.json"


def namespace_key(namespace: str) -> str:
    """The mark of a namespace that is registered here, with or without tools; never served."""
    return f"index/{namespace}/.namespace"
