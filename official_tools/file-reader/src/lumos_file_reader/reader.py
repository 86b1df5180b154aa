"""The function: a path in, the content of the file out."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from lumos_file_reader.decoding import decode
from lumos_file_reader.loading import load

__all__ = ["MAX_SIZE", "FileContent", "file_reader"]

MAX_SIZE = 100 * 1024 * 1024


@dataclass(frozen=True)
class FileContent:
    """What a file holds.

    Attributes:
        path: The path as it was given.
        content: The text, or the bytes as base64 if that was asked for.
        encoding: The encoding that was used, or "base64".
        size: The size of the file in bytes.
        lines: How many lines the text has; 0 for base64.
    """

    path: str
    content: str
    encoding: str
    size: int
    lines: int


def file_reader(path: str, encoding: str = "utf-8", max_size: int = 1048576) -> FileContent:
    """Read a file as text, or as base64.

    Only regular files are read, never folders, devices or pipes. Binary files and files in another
    encoding are recognized and refused with a hint. Line breaks stay as they are; a byte order
    mark is dropped.

    Args:
        path: The path of the file; a relative one starts at the working folder.
        encoding: The encoding of the text, such as utf-8, utf-16, latin-1 or cp1252; "base64"
            gives the bytes of any file.
        max_size: The largest size in bytes that is read, from 1 to 104857600 (100 MiB). A larger
            file is refused, never cut.

    Returns:
        The content with its size.

    Raises:
        ValueError: The file is not there, may not be read, is no regular file, is too large, or
            does not fit the encoding.
    """
    if not 1 <= max_size <= MAX_SIZE:
        raise ValueError(
            f"max_size is {max_size}, but it must lie between 1 and {MAX_SIZE} bytes. "
            "Leave it out for 1 MiB."
        )
    data = load(path, max_size)
    if encoding.lower() == "base64":
        return FileContent(path, b64encode(data).decode(), "base64", len(data), 0)
    text, name = decode(data, encoding, path)
    lines = text.count("\n") + (bool(text) and not text.endswith("\n"))
    return FileContent(path, text, name, len(data), lines)
