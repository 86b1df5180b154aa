"""A cache of wheels by content: what is in it was checked against its sha256, and is again."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from lumos.client.errors import IntegrityError
from lumos.client.transport import Transport

__all__ = ["WheelCache", "cache_root", "sha256_of"]


def cache_root() -> Path:
    """``LUMOS_CACHE_DIR``, else the platform's folder for caches."""
    named = os.environ.get("LUMOS_CACHE_DIR")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("lumos", appauthor=False)


def sha256_of(path: Path) -> str:
    """The sha256 of a file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class WheelCache:
    """Files at ``wheels/{first two}/{sha256}/{file name}`` under the cache's root."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = (root or cache_root()) / "wheels"
        self._parts: set[Path] = set()

    def path(self, sha256: str, file: str) -> Path:
        """Where a wheel with this content is kept."""
        return self.root / sha256[:2] / sha256 / file

    def fetch(
        self,
        transport: Transport,
        *,
        url: str,
        file: str,
        sha256: str,
        size: int,
    ) -> Path:
        """The wheel, from the cache or downloaded; size and sha256 are compared before it is kept.

        Raises :class:`IntegrityError` where the registry sends other bytes than it promised.
        """
        kept = self.path(sha256, file)
        if kept.is_file():
            if sha256_of(kept) == sha256:
                return kept
            kept.unlink()
        kept.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=kept.parent, suffix=".part")
        part = Path(name)
        self._parts.add(part)
        try:
            with os.fdopen(handle, "wb") as sink:
                got = transport.download(url, sink, limit=size)
            if got.size != size or got.sha256 != sha256:
                raise _mismatch(file, url, expected=(size, sha256), got=(got.size, got.sha256))
            part.replace(kept)
        finally:
            part.unlink(missing_ok=True)
            self._parts.discard(part)
        return kept

    def drop_parts(self) -> None:
        """Delete what downloads that nobody waits for have left."""
        for part in list(self._parts):
            part.unlink(missing_ok=True)


def _mismatch(
    file: str, url: str, *, expected: tuple[int, str], got: tuple[int, str]
) -> IntegrityError:
    return IntegrityError(
        f"{file} is not the file that was promised.",
        why=f"Expected {expected[0]:,} bytes with sha256 {expected[1]}; "
        f"{url} sent {got[0]:,} bytes with sha256 {got[1]}.",
        hint="Nothing was installed. Try again; if it stays so, the hash in lumos.lock was edited, "
        "or the file was changed on its way or on the server: tell the operator of the registry.",
        details={"expected_sha256": expected[1], "actual_sha256": got[1], "url": url},
    )
