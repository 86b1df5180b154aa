"""From bytes to text, with binary content told apart."""

from __future__ import annotations

import codecs

__all__ = ["decode"]

_HEAD = 8192
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SIGNATURES = {
    b"\x89PNG\r\n": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF-": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\x1f\x8b": "a gzip archive",
    b"\x7fELF": "a program",
    b"MZ": "a Windows program",
    b"SQLite format 3\0": "an SQLite database",
}
_NOT_FOR_FILES = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
)
_AS_BYTES = 'Use encoding "base64" to read any file as bytes.'


def decode(data: bytes, encoding: str, path: str) -> tuple[str, str]:
    """The text of ``data`` and the name of its encoding; a byte order mark is dropped.

    Raises ValueError if the encoding is not one of text, or the bytes do not fit it.
    """
    codec = _lookup(encoding)
    name = "utf-8" if codec.name == "utf-8-sig" else codec.name
    marked = next((_MARKS[mark] for mark in _MARKS if data.startswith(mark)), None)
    wide = name.startswith(("utf-16", "utf-32"))
    if marked and marked != "utf-8" and not wide:
        raise ValueError(
            f"The file {path!r} begins with the byte order mark of {marked}. "
            f'Use encoding "{marked}".'
        )
    if not wide and b"\0" in data[:_HEAD]:
        raise ValueError(f"The file {path!r} is {_kind(data)}, not text. {_AS_BYTES}")
    try:
        text = data.decode("utf-8-sig" if name == "utf-8" else encoding)
    except (UnicodeDecodeError, UnicodeError) as error:
        place = getattr(error, "start", 0)
        raise ValueError(_misfit(data, path, name, place)) from None
    return text, name


def _lookup(encoding: str) -> codecs.CodecInfo:
    try:
        codec = codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, ValueError, TypeError):
        raise _unknown(encoding) from None
    if codec.name in _NOT_FOR_FILES:
        raise _unknown(encoding)
    return codec


def _unknown(encoding: str) -> ValueError:
    return ValueError(
        f"The encoding {encoding[:40]!r} is not one of text files. Use utf-8, utf-16, latin-1, "
        'cp1252, shift_jis or another one that Python knows, or "base64" for bytes.'
    )


def _kind(data: bytes) -> str:
    known = (kind for signature, kind in _SIGNATURES.items() if data.startswith(signature))
    return next(known, "binary")


def _misfit(data: bytes, path: str, encoding: str, place: int) -> str:
    kind = _kind(data)
    if kind != "binary":
        return f"The file {path!r} is {kind}, not text. {_AS_BYTES}"
    return (
        f"The file {path!r} is not written in {encoding}: byte {place + 1} does not fit. "
        f'Try another encoding, such as "cp1252" for Western European text. {_AS_BYTES}'
    )
