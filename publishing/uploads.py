"""Store uploads on disk while they arrive; count and hash them, and enforce the size limit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext as _

from core.errors import TooLarge
from core.scratch import scratch_folder

#: Bytes allowed in a multipart body besides the wheel: field names, notes, boundaries.
FORM_ALLOWANCE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A received wheel: a local file, the file name as sent, size in bytes and SHA-256 in hex."""

    path: Path
    filename: str
    size: int
    sha256: str

    @classmethod
    def from_form(cls, sent: UploadedFile) -> Upload:
        """From a file that HashingUploadHandler stored."""
        path = Path(sent.temporary_file_path())  # type: ignore[attr-defined]
        return cls(path, _base_name(sent.name or ""), sent.size or 0, sent.sha256)  # type: ignore[attr-defined]

    @classmethod
    def from_path(cls, path: Path) -> Upload:
        """From a local file."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return cls(path, path.name, path.stat().st_size, digest)


class HashingUploadHandler(TemporaryFileUploadHandler):
    """Streams a file to disk, hashes it, and raises TooLarge above the size limit."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Reject by Content-Length, before the body is read."""
        if content_length > settings.WHEEL_MAX_BYTES + FORM_ALLOWANCE:
            raise too_large(content_length)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest = hashlib.sha256()
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > settings.WHEEL_MAX_BYTES:
            raise too_large(self.received)
        self.digest.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Add the hash as ``sha256``."""
        uploaded = super().file_complete(file_size)
        if uploaded is not None:
            uploaded.sha256 = self.digest.hexdigest()  # type: ignore[attr-defined]
        return uploaded


def too_large(size: int) -> TooLarge:
    """The error for a wheel over the size limit."""
    limit = settings.WHEEL_MAX_BYTES // (1024 * 1024)
    return TooLarge(
        "wheel_too_large",
        _("The wheel is too large: %(size)s MB sent or announced, and the maximum is %(limit)s MB.")
        % {"size": size // (1024 * 1024), "limit": limit},
        suggestion=_("Remove files that the tool does not need to run: test data, models, media."),
        extra={"limit_bytes": settings.WHEEL_MAX_BYTES},
    )


def spare_folder() -> AbstractContextManager[Path]:
    """A temporary folder below DATA_DIR for one check; deleted when the block ends."""
    return scratch_folder("check", Path(settings.FILE_UPLOAD_TEMP_DIR))


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def delete_files(paths: Iterable[Path]) -> None:
    """Delete files; no error for files that do not exist."""
    for path in paths:
        path.unlink(missing_ok=True)
