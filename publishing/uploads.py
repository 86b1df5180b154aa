"""An upload on its way to the disk: counted and hashed while it streams, cut at the limit."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from core.errors import TooLarge

#: What a multipart body may weigh beyond its wheel: field names, notes, boundaries.
FORM_ALLOWANCE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A wheel as received: a file of ours, its name as sent, its size and SHA-256."""

    path: Path
    filename: str
    size: int
    sha256: str

    @classmethod
    def from_form(cls, sent: UploadedFile) -> Upload:
        """What the upload handler left."""
        path = Path(sent.temporary_file_path())  # type: ignore[attr-defined]
        return cls(path, _base_name(sent.name or ""), sent.size or 0, sent.sha256)  # type: ignore[attr-defined]

    @classmethod
    def from_path(cls, path: Path) -> Upload:
        """A wheel on this machine, as `publish_official` has it."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return cls(path, path.name, path.stat().st_size, digest)


class HashingUploadHandler(TemporaryFileUploadHandler):
    """Streams a file to the disk, hashes it on the way, and stops at the size limit."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Refuse by the declared length, before a byte is read."""
        if content_length > settings.WHEEL_MAX_BYTES + FORM_ALLOWANCE:
            raise too_large(content_length)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self.digest = hashlib.sha256()
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """A part of it arrives."""
        self.received += len(raw_data)
        if self.received > settings.WHEEL_MAX_BYTES:
            raise too_large(self.received)
        self.digest.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """It is whole: its hash goes with it."""
        done = super().file_complete(file_size)
        if done is not None:
            done.sha256 = self.digest.hexdigest()  # type: ignore[attr-defined]
        return done


def too_large(size: int) -> TooLarge:
    """The refusal of a wheel over the limit."""
    limit = settings.WHEEL_MAX_BYTES // (1024 * 1024)
    return TooLarge(
        "wheel_too_large",
        f"The upload has more than {limit} MB ({size // (1024 * 1024)} MB were announced or sent), "
        "and a wheel may have no more.",
        suggestion="Leave out what the tool does not need when it runs: test data, models, media.",
        extra={"limit_bytes": settings.WHEEL_MAX_BYTES},
    )


def spare_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for one check's work, on the disk of DATA_DIR; gone when the block ends."""
    return tempfile.TemporaryDirectory(prefix="lumos-", dir=settings.FILE_UPLOAD_TEMP_DIR)


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def forget(paths: Iterable[Path]) -> None:
    """Remove files that may be gone already."""
    for path in paths:
        path.unlink(missing_ok=True)
