"""Office documents inside a wheel: zips that are data, if they hold nothing but data."""

from __future__ import annotations

import io
import re
import zipfile

__all__ = ["is_plain_document"]

MAX_BYTES = 4 * 1024 * 1024
_MAX_PARTS = 500
_ENDINGS = (".xlsx", ".docx", ".pptx", ".odt", ".ods", ".odp", ".epub")
_MARKS = ("[Content_Types].xml", "mimetype")
_PARTS = re.compile(
    r"(mimetype|\[Content_Types\]\.xml|.*\.(xml|rels|rdf|png|jpe?g|gif|svg|emf|wmf|css|xhtml|html"
    r"|opf|ncx|ttf|otf))"
)


def is_plain_document(name: str, data: bytes) -> bool:
    """Whether a zip is a document by name, by its mark and by every part (no macros, no code)."""
    if not name.lower().endswith(_ENDINGS) or len(data) > MAX_BYTES:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as document:
            parts = [part for part in document.namelist() if not part.endswith("/")]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    return (
        data.startswith(b"PK\x03\x04")
        and len(parts) <= _MAX_PARTS
        and any(mark in parts for mark in _MARKS)
        and all(_PARTS.fullmatch(part) for part in parts)
    )
