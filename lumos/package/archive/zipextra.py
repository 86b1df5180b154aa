"""Extra fields of zip entries: a few harmless kinds, each once, and consistent ZIP64."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["BadExtra", "Sizes", "fits_zip64", "read_extra"]

_ZIP64 = 0x0001


def _is_unix_time(data: bytes) -> bool:
    """Flags and up to three times; a directory has the first alone."""
    return len(data) in (5, 9, 13) and not data[0] & ~7 and data[0] & 1 == 1


def _is_unix_owner(data: bytes) -> bool:
    """Version 1, then user and group, each with the length of its number."""
    if len(data) < 3 or data[0] != 1:
        return False
    user = data[1]
    return len(data) > 2 + user and len(data) == 3 + user + data[2 + user] and user <= 8


# Times and numeric owners: no reader takes a name, a type or a link from these.
_HARMLESS: dict[int, Callable[[bytes], bool]] = {
    0x000A: lambda data: len(data) == 32,  # NTFS times
    0x5455: _is_unix_time,
    0x5855: lambda data: len(data) in (8, 12),  # older Unix times and owner
    0x7875: _is_unix_owner,
}
_NAMED = {0x7075: "a second, Unicode name", 0x6375: "a Unicode comment", 0x9901: "AES encryption"}
_FULL = 0xFFFFFFFF


class BadExtra(ValueError):
    """An extra field that could change what a reader sees; the message completes "has …"."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The numbers that ZIP64 may replace; a local header has no offset."""

    size: int
    compressed: int
    offset: int | None


def read_extra(data: bytes) -> dict[int, bytes]:
    """The fields by their kind; raises :class:`BadExtra` for a malformed or unwanted one."""
    fields: dict[int, bytes] = {}
    place = 0
    while place < len(data):
        if place + 4 > len(data):
            raise BadExtra("a malformed extra field")
        kind, size = struct.unpack_from("<HH", data, place)
        end = place + 4 + size
        if end > len(data):
            raise BadExtra("a malformed extra field")
        if kind in fields:
            raise BadExtra(f"the extra field 0x{kind:04x} twice")
        if kind != _ZIP64 and kind not in _HARMLESS:
            raise BadExtra(_NAMED.get(kind, f"the unknown extra field 0x{kind:04x}"))
        fields[kind] = data[place + 4 : end]
        if kind != _ZIP64 and not _HARMLESS[kind](fields[kind]):
            raise BadExtra(f"the extra field 0x{kind:04x} in a form that readers refuse")
        place = end
    return fields


def fits_zip64(fields: dict[int, bytes], sizes: Sizes) -> Sizes:
    """The real numbers. ZIP64 replaces exactly those that the header leaves full, in order."""
    full = [value == _FULL for value in (sizes.size, sizes.compressed, sizes.offset)]
    data = fields.get(_ZIP64)
    if data is None:
        if any(full):
            raise BadExtra("a size that only ZIP64 could give, and no ZIP64 field")
        return sizes
    if not any(full) or len(data) != 8 * sum(full):
        raise BadExtra("a ZIP64 field that does not fit its header")
    numbers = iter(struct.unpack(f"<{sum(full)}Q", data))
    given = (sizes.size, sizes.compressed, sizes.offset)
    size, compressed, offset = (
        next(numbers) if is_full else value for is_full, value in zip(full, given, strict=True)
    )
    return Sizes(size or 0, compressed or 0, offset)
