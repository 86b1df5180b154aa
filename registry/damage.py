"""Find files that changed on disk by their hash, withdraw them and log an error.

A sweep reads a bounded part of the tree, and the next one continues after it, so every wheel is
checked regularly, however many there are.
"""

from __future__ import annotations

import hashlib
import logging

from core import audit
from core.store import Store, StoreKeyError
from lumos.package.keys import metadata_key
from registry.artifacts import restore_metadata
from registry.values import Artifact, Listing

logger = logging.getLogger("lumos.registry")

BYTES_PER_SWEEP = 2_000_000_000
#: Keys in the private store: the last tool that was checked, and the folder of damaged files.
POSITION, ASIDE = "sweep/verified", "damaged"


class Verifier:
    """Compares the wheels of tools, passed in order of their ids, with their hashes."""

    def __init__(self, public: Store, private: Store, budget: int | None = None) -> None:
        self.public, self.private = public, private
        self.left = BYTES_PER_SWEEP if budget is None else budget
        self.last = self._position()
        self.damaged: list[str] = []

    def look(self, tool_id: int, values: Listing) -> bool:
        """Whether all of the tool's files are unchanged or outside the part that is checked now."""
        if tool_id <= self.last or self.left <= 0:
            return True
        self.last = tool_id
        damaged = [key for entry in values.offered for key in self._damaged(entry.artifact)]
        for key in damaged:
            self._tell(key, f"{values.namespace}/{values.name}")
        self.damaged += damaged
        return not damaged

    def finish(self) -> None:
        """Store where the next sweep continues; after the last tool, at the first."""
        position = self.last if self.left <= 0 else 0
        if position != self._position():
            self.private.put(POSITION, str(position).encode())

    def _damaged(self, artifact: Artifact) -> list[str]:
        damaged = []
        meta = metadata_key(artifact.key)
        if not self._holds(artifact.key, artifact.sha256):
            self._set_aside(artifact.key)
            damaged.append(artifact.key)
        if not self._holds(meta, artifact.metadata_sha256):
            self._set_aside(meta)
            if not restore_metadata(artifact, self.public):
                damaged.append(meta)
        return damaged

    def _holds(self, key: str, sha256: str) -> bool:
        try:
            with self.public.open(key) as stored:
                # mypy: BinaryIO lacks readinto, which the streams of every store have
                hashed = hashlib.file_digest(stored.stream, "sha256")  # type: ignore[arg-type]
                digest = hashed.hexdigest()
                self.left -= stored.size
        except StoreKeyError:
            return True  # lost: the caller of bring_back reports it
        except OSError:  # may be temporary, so a file that cannot be read is not withdrawn
            logger.exception("Could not read %s", key)
            return True
        return digest == sha256

    def _set_aside(self, key: str) -> None:
        """Move the file to the private store; if that cannot be written, leave it in place."""
        try:
            with self.public.open(key) as stored:
                self.private.put(f"{ASIDE}/{key}", stored.stream)
            self.public.delete(key)
        except (OSError, StoreKeyError) as error:
            logger.warning(
                "Could not withdraw %s; clients reject it because of its hash: %s", key, error
            )

    def _tell(self, key: str, tool: str) -> None:
        logger.error(
            "%s is damaged: its bytes are not those that were published, so nobody can install it. "
            "Put it back from a backup of DATA_DIR/public.",
            key,
        )
        audit.record(by=None, action="artifact.damaged", target=tool, key=key)

    def _position(self) -> int:
        try:
            return int(self.private.get(POSITION))
        except (StoreKeyError, ValueError):
            return 0
