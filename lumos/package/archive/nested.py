"""Archives inside a wheel, known by their bytes whatever they are called (rule 7)."""

from __future__ import annotations

import lzma
import re
import struct
from collections.abc import Callable

__all__ = ["ARCHIVE_ENDINGS", "HEAD_BYTES", "TAIL_BYTES", "archive_kind"]

HEAD_BYTES = 33 * 1024
"""An ISO image names itself 32 kB after its beginning."""
TAIL_BYTES = 66_000
"""A zip's end record with the longest comment."""

ARCHIVE_ENDINGS = re.compile(
    r"\.(zipx?|whl|egg|nupkg|vsix|jar|war|ear|aar|apk|xpi|crx|pyz|pyzw|phar|tar|tgz|tbz2?|txz|tlz"
    r"|tz|tzst|gz|bz2|xz|lzma|zst|lz|lz4|lzo|br|z|7z|rar|cab|ar|arj|lha|lzh|cpio|cpgz|deb|rpm"
    r"|iso|ova|dmg|img|pkg|msi|wim|squashfs|sqsh|appimage|snap|flatpak)(\.\d+)?$"
)

_HEADS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"PK\x07\x08", "zip"),
    (0, b"\x1f\x8b\x08", "gzip"),
    (4, b"1AY&SY", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstandard"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"\x02\x21\x4c\x18", "lz4"),
    (0, b"LZIP\x01", "lzip"),
    (0, b"\x89LZO\x00\r\n\x1a\n", "lzop"),
    (0, b"LRZI\x00", "lrzip"),
    (0, b"\xff\x06\x00\x00sNaPpY", "snappy"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"MSCF\x00\x00\x00\x00", "cab"),
    (0, b"xar!", "xar"),
    (0, b"070701", "cpio"),
    (0, b"070702", "cpio"),
    (0, b"070707", "cpio"),
    (0, b"\xed\xab\xee\xdb", "rpm"),
    (0, b"MSWIM\x00\x00\x00", "wim"),
    (0, b"hsqs", "squashfs"),
    (0, b"sqsh", "squashfs"),
    (0, b"\x45\x3d\xcd\x28", "cramfs"),
    (0, b"\x28\xcd\x3d\x45", "cramfs"),
    (7, b"**ACE**", "ace"),
    (20, b"\xdc\xa7\xc4\xfd", "zoo"),
    (257, b"ustar", "tar"),
    (32_769, b"CD001", "iso"),
)
_LHA = re.compile(rb"..-(lh[0-9a-d]|lz[s45]|pm[0-2])-", re.DOTALL)
_COMPRESS = re.compile(rb"\x1f\x9d[\x09-\x10\x89-\x90]")
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_CPIO = {b"\xc7\x71": "<", b"\x71\xc7": ">"}
_END = struct.Struct("<4s4H2LH")
_LZMA_SMALLEST, _LZMA_MEMORY, _LZMA_LONGEST = 1 << 12, 1 << 20, 1 << 38
_CHECKSUM = slice(148, 156)


def archive_kind(head: bytes, tail: bytes) -> str | None:
    """The kind of archive that a file's first and last bytes show, or ``None``.

    ``head`` and ``tail`` are up to :data:`HEAD_BYTES` and :data:`TAIL_BYTES`. Formats without a
    mark of their own are known by what their readers verify.
    """
    for place, mark, kind in _HEADS:
        if head.startswith(mark, place):
            return kind
    for recognizes, kind in _RECOGNIZERS:
        if recognizes(head):
            return kind
    if tail[-512:].startswith(b"koly\x00\x00\x00\x04"):
        return "dmg"
    return "zip" if _ends_as_zip(tail) else None


def _ends_as_zip(tail: bytes) -> bool:
    """An end record that reaches the end, or one after a directory: readers allow bytes behind."""
    place = tail.rfind(b"PK\x05\x06")
    while place >= 0:
        if place + _END.size <= len(tail):
            _, disk, first, here, count, size, _, comment = _END.unpack_from(tail, place)
            if place + _END.size + comment == len(tail):
                return True
            directory = tail[max(0, place - size) :][:4]
            is_whole = not disk and not first and here == count and size >= 46 * count > 0
            if is_whole and (size > place or directory == b"PK\x01\x02"):
                return True
        place = tail.rfind(b"PK\x05\x06", 0, place)
    return False


def _is_old_tar(head: bytes) -> bool:
    """The tar of Unix v7 has no mark, but a checksum over its first block."""
    block = head[:512]
    if len(block) < 512 or not block[0]:
        return False
    try:
        given = int(block[_CHECKSUM].strip(b" \0"), 8)
    except ValueError:
        return False
    blank = block[: _CHECKSUM.start] + b" " * 8 + block[_CHECKSUM.stop :]
    return given == sum(blank)


def _is_lzma(head: bytes) -> bool:
    """The header of ``.lzma`` as liblzma accepts it."""
    if len(head) < 14 or head[13] or head[0] >= 225:
        return False
    literal, position = head[0] % 9, head[0] // 9 % 5
    dictionary, size = struct.unpack_from("<LQ", head, 1)
    top = 1 << max(dictionary.bit_length() - 1, 0)
    return (
        literal + position <= 4
        and dictionary >= _LZMA_SMALLEST
        and dictionary in (top, top + top // 2, 0xFFFFFFFF)
        and (size == 0xFFFFFFFFFFFFFFFF or 0 < size < _LZMA_LONGEST)
        and _begins_as_lzma(head, min(dictionary, _LZMA_MEMORY))
    )


def _begins_as_lzma(head: bytes, dictionary: int) -> bool:
    """Whether the first bytes decode: other data refers to bytes that are not there yet."""
    start = head[:1] + struct.pack("<L", dictionary) + head[5:]
    try:
        lzma.LZMADecompressor(lzma.FORMAT_ALONE).decompress(start, 2 * _LZMA_SMALLEST)
    except lzma.LZMAError:
        return False
    return True


def _is_old_cpio(head: bytes) -> bool:
    """The binary cpio: two bytes of magic, and a name that ends where its length says."""
    order = _CPIO.get(head[:2])
    if order is None or len(head) < 28:
        return False
    (length,) = struct.unpack_from(f"{order}H", head, 20)
    name = head[26 : 26 + length]
    return 1 < length <= len(head) - 26 and name.find(b"\0") == length - 1


def _is_arj(head: bytes) -> bool:
    """Two bytes of magic, then two lengths within ARJ's bounds."""
    if len(head) < 34 or head[:2] != b"\x60\xea":
        return False
    (basic,) = struct.unpack_from("<H", head, 2)
    return 30 <= basic <= 2600 and 30 <= head[4] <= basic


_RECOGNIZERS: tuple[tuple[Callable[[bytes], object], str], ...] = (
    (_LHA.match, "lha"),
    (_COMPRESS.match, "compress"),
    (_SKIPPABLE.match, "zstandard"),
    (_is_old_tar, "tar"),
    (_is_lzma, "lzma"),
    (_is_old_cpio, "cpio"),
    (_is_arj, "arj"),
)
