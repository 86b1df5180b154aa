"""A cache of wheels by sha256, which is checked when a wheel is stored and when it is read."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from lumos.client.errors import IntegrityError
from lumos.client.transport import Transport

__all__ = ["WheelCache", "cache_root", "sha256_of"]


def cache_root() -> Path:
    """``LUMOS_CACHE_DIR``, otherwise the platform's cache folder for lumos."""
    named = os.environ.get("LUMOS_CACHE_DIR")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("lumos", appauthor=False)


def sha256_of(path: Path) -> str:
    """The sha256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class WheelCache:
    """Stores files as ``wheels/{first two digits}/{sha256}/{file name}`` in the cache folder."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = (root or cache_root()) / "wheels"
        self._parts: set[Path] = set()

    def path(self, sha256: str, file: str) -> Path:
        """The path of a wheel with this content, which may not exist yet."""
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
        """The path of the wheel, from the cache or downloaded.

        Raises :class:`IntegrityError` if the downloaded file has another size or sha256.
        """
        path = self.path(sha256, file)
        if path.is_file():
            if sha256_of(path) == sha256:
                return path
            path.unlink()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        part = Path(name)
        self._parts.add(part)
        try:
            with os.fdopen(handle, "wb") as sink:
                download = transport.download(url, sink, limit=size)
            if download.size != size or download.sha256 != sha256:
                raise _mismatch(
                    file, url, expected=(size, sha256), actual=(download.size, download.sha256)
                )
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
            self._parts.discard(part)
        return path

    def drop_parts(self) -> None:
        """Delete the partial files of downloads that were abandoned."""
        for part in list(self._parts):
            part.unlink(missing_ok=True)


def _mismatch(
    file: str, url: str, *, expected: tuple[int, str], actual: tuple[int, str]
) -> IntegrityError:
    return IntegrityError(
        f"The downloaded file {file} is not the expected one.",
        why=f"Expected {expected[0]:,} bytes with sha256 {expected[1]}; "
        f"{url} sent {actual[0]:,} bytes with sha256 {actual[1]}.",
        hint="Nothing was installed. Try again. If the error persists, lumos.lock or the file on "
        "the server was changed: report this to the operator of the registry.",
        details={"expected_sha256": expected[1], "actual_sha256": actual[1], "url": url},
    )
