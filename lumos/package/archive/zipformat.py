"""The zip container, read so strictly that no two readers can see different files in it.

Rules 2 to 4 of the archive rules: one end record at the exact end, a central directory right before
it, and local headers that repeat the directory without a gap. Nothing is inflated here. Layout and
field names follow the ZIP File Format Specification 6.3 (APPNOTE), sections 4.3 and 4.4.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from lumos.package.archive.zipextra import BadExtra, Sizes, fits_zip64, read_extra
from lumos.package.findings import PackageRefused
from lumos.package.rulebook import RULES

__all__ = ["Member", "read_members", "refuse_archive"]

MAX_MEMBERS = 2_000
_MAX_DIRECTORY = 8 * 1024 * 1024

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")

_STORED, _DEFLATED = 0, 8
_UTF8_FLAG = 0x0800
_DEFLATE_LEVEL_FLAGS = 0x0006
_MAX_VERSION = 45
_MSDOS, _UNIX = 0, 3


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the central directory, equal to its local header.

    ``offset`` is where the data begins; ``attributes`` are the external file attributes.
    """

    raw_name: bytes
    is_utf8: bool
    method: int
    crc: int
    compressed_size: int
    size: int
    attributes: int
    offset: int


@dataclass(frozen=True, slots=True)
class _Header:
    """A central entry before its local header is compared."""

    raw_name: bytes
    version: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    compressed_size: int
    size: int
    attributes: int
    local_offset: int


def read_members(file: BinaryIO, length: int) -> tuple[Member, ...]:
    """The entries of a zip of ``length`` bytes in order; raises :class:`PackageRefused`."""
    if _read(file, 0, 4) != b"PK\x03\x04":
        refuse_archive("archive/no-zip", "The file does not begin with a zip entry.")
    count, start, size, end = _end_record(file, length)
    if count > MAX_MEMBERS:
        refuse_archive(
            "archive/too-many-files", f"The wheel has {count} entries, more than {MAX_MEMBERS}."
        )
    if start + size != end or size > _MAX_DIRECTORY:
        refuse_archive(
            "archive/directory-place", "The directory does not end where the end record begins."
        )
    headers = _central_directory(_read(file, start, size), count)
    return _local_headers(file, headers, start)


def refuse_archive(rule: str, message: str, *, fix: str = "", file: str = "") -> NoReturn:
    """Raise :class:`PackageRefused` for one broken rule of the container."""
    raise PackageRefused([RULES[rule].finding(message, file, fix=fix)])


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    data = file.read(size)
    if len(data) != size:
        refuse_archive("archive/truncated", "The file ends in the middle of a zip structure.")
    return data


def _end_record(file: BinaryIO, length: int) -> tuple[int, int, int, int]:
    """(entries, start of the directory, its size, where the end records begin)."""
    if length < _END.size:
        refuse_archive("archive/truncated", "The file is too short for a zip.")
    place = length - _END.size
    _check_only_end(
        _read(file, max(0, length - 0xFFFF - _END.size), min(length, 0xFFFF + _END.size))
    )
    signature, disk, first_disk, here, count, size, start, comment = _END.unpack(
        _read(file, place, _END.size)
    )
    if signature != b"PK\x05\x06" or comment:
        refuse_archive("archive/end-record", "The wheel does not end with a zip end record alone.")
    if disk or first_disk:
        refuse_archive("archive/multi-disk", "The zip says that it spans several disks.")
    if place >= _LOCATOR64.size and _read(file, place - _LOCATOR64.size, 4) == b"PK\x06\x07":
        return _end_record64(file, place, (here, count, size, start))
    if here != count or 0xFFFF in (here, count) or 0xFFFFFFFF in (size, start):
        refuse_archive("archive/end-record", "The end record's numbers contradict one another.")
    return count, start, size, place


def _check_only_end(tail: bytes) -> None:
    """No second end record with a comment that would also reach the end of the file."""
    place = tail.find(b"PK\x05\x06")
    while 0 <= place < len(tail) - _END.size:
        (comment,) = struct.unpack_from("<H", tail, place + 20)
        if place + _END.size + comment == len(tail):
            refuse_archive("archive/end-record", "The wheel has two end records.")
        place = tail.find(b"PK\x05\x06", place + 1)


def _end_record64(
    file: BinaryIO, place: int, short: tuple[int, int, int, int]
) -> tuple[int, int, int, int]:
    """ZIP64: its record lies right before its locator and repeats the short record's numbers."""
    _, disk, record_place, disks = _LOCATOR64.unpack(
        _read(file, place - _LOCATOR64.size, _LOCATOR64.size)
    )
    if disk or disks != 1 or record_place != place - _LOCATOR64.size - _END64.size:
        refuse_archive("archive/zip64", "The ZIP64 locator does not point to the record before it.")
    signature, size_of_record, _, version, disk, first_disk, here, count, size, start = (
        _END64.unpack(_read(file, record_place, _END64.size))
    )
    if signature != b"PK\x06\x06" or size_of_record != _END64.size - 12 or disk or first_disk:
        refuse_archive("archive/zip64", "The ZIP64 end record is malformed.")
    limits = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    for long, given, limit in zip((here, count, size, start), short, limits, strict=True):
        if given not in (long, limit):
            refuse_archive("archive/zip64", "The ZIP64 end record contradicts the short one.")
    if here != count or version > _MAX_VERSION:
        refuse_archive("archive/zip64", "The ZIP64 end record's numbers contradict one another.")
    return count, start, size, record_place


def _central_directory(data: bytes, count: int) -> list[_Header]:
    headers: list[_Header] = []
    place = 0
    for _ in range(count):
        if place + _CENTRAL.size > len(data) or data[place : place + 4] != b"PK\x01\x02":
            refuse_archive(
                "archive/directory", "The directory has fewer entries than the end record says."
            )
        fields = _CENTRAL.unpack_from(data, place)
        names_at = place + _CENTRAL.size
        name_length, extra_length, comment_length, disk = fields[10:14]
        extra_at = names_at + name_length
        place = extra_at + extra_length
        if comment_length or disk or place > len(data):
            refuse_archive(
                "archive/directory", "A directory entry has a comment, a disk or a wrong length."
            )
        raw_name, extra = data[names_at:extra_at], data[extra_at:place]
        headers.append(_header(fields, raw_name, extra))
    if place != len(data):
        refuse_archive("archive/directory", "The directory has more bytes than its entries.")
    return headers


def _header(fields: tuple[int, ...], raw_name: bytes, extra: bytes) -> _Header:
    _, made_by, version, flags, method, time, date, crc, packed, size = fields[:10]
    internal, attributes, offset = fields[14:]
    name = ascii(raw_name.decode("utf-8", "replace"))
    sizes = _with_extra(name, extra, Sizes(size, packed, offset))
    if made_by >> 8 not in (_MSDOS, _UNIX) or internal & ~1:
        refuse_archive("archive/made-by", f"The entry {name} was made for another kind of system.")
    if made_by >> 8 == _MSDOS and not raw_name.isascii():
        refuse_archive(
            "archive/made-by",
            f"The name {name} is not ASCII in an entry that was made under Windows.",
            fix="Give the file a name of ASCII letters, or build the wheel on Linux or macOS.",
        )
    _check_flags(name, version, flags, method)
    return _Header(
        raw_name,
        version,
        flags,
        method,
        time,
        date,
        crc,
        sizes.compressed,
        sizes.size,
        attributes,
        sizes.offset or 0,
    )


def _check_flags(name: str, version: int, flags: int, method: int) -> None:
    """Rule 4: nothing encrypted, stored or deflated only; no data descriptors (rule 3)."""
    if flags & 0x2041:
        refuse_archive("archive/encrypted", f"The entry {name} is encrypted.")
    if method not in (_STORED, _DEFLATED):
        refuse_archive("archive/method", f"The entry {name} is compressed with method {method}.")
    if flags & 0x0008:
        refuse_archive("archive/data-descriptor", f"The entry {name} has its sizes after its data.")
    allowed = _UTF8_FLAG | (_DEFLATE_LEVEL_FLAGS if method == _DEFLATED else 0)
    if flags & ~allowed or version > _MAX_VERSION:
        refuse_archive("archive/flags", f"The entry {name} needs features that wheels do not use.")


def _with_extra(name: str, extra: bytes, sizes: Sizes) -> Sizes:
    try:
        return fits_zip64(read_extra(extra), sizes)
    except BadExtra as error:
        refuse_archive("archive/extra-field", f"The entry {name} has {error}.")


def _local_headers(file: BinaryIO, headers: list[_Header], end: int) -> tuple[Member, ...]:
    """Every local header in the directory's order, each right after the data before it."""
    members: list[Member] = []
    place = 0
    for header in headers:
        name = ascii(header.raw_name.decode("utf-8", "replace"))
        if header.local_offset != place:
            refuse_archive(
                "archive/gap", f"The entry {name} does not begin where the one before it ends."
            )
        data_at = _check_local(lambda at, size: _read(file, at, size), header, name)
        place = data_at + header.compressed_size
        if place > end:
            refuse_archive("archive/overlap", f"The data of {name} reaches into the directory.")
        members.append(
            Member(
                header.raw_name,
                bool(header.flags & _UTF8_FLAG),
                header.method,
                header.crc,
                header.compressed_size,
                header.size,
                header.attributes,
                data_at,
            )
        )
    if place != end:
        refuse_archive("archive/gap", "There are bytes between the last entry and the directory.")
    return tuple(members)


def _check_local(read: Callable[[int, int], bytes], header: _Header, name: str) -> int:
    """Compare one local header with the directory; returns where its data begins."""
    place = header.local_offset
    fields = _LOCAL.unpack(read(place, _LOCAL.size))
    signature, version, flags, method, time, date, crc, packed, size, name_length, extra_length = (
        fields
    )
    if signature != b"PK\x03\x04":
        refuse_archive(
            "archive/local-header", f"There is no local header where {name} should begin."
        )
    names_at = place + _LOCAL.size
    raw_name = read(names_at, name_length)
    extra = read(names_at + name_length, extra_length)
    sizes = _with_extra(name, extra, Sizes(size, packed, None))
    pairs = (
        ("name", raw_name, header.raw_name),
        ("flags", flags, header.flags),
        ("compression method", method, header.method),
        ("time", (time, date), (header.time, header.date)),
        ("checksum", crc, header.crc),
        ("compressed size", sizes.compressed, header.compressed_size),
        ("size", sizes.size, header.size),
    )
    for what, local, central in pairs:
        if local != central:
            refuse_archive(
                "archive/local-header", f"The {what} of {name} differs from the directory."
            )
    if version > _MAX_VERSION:
        refuse_archive("archive/flags", f"The entry {name} needs features that wheels do not use.")
    return names_at + name_length + extra_length
