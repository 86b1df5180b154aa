"""Wheels as archives: rules 1 to 7 before anything is inflated, and inflating safely (rule 9)."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from lumos.package.archive.paths import name_problem, tree_problems
from lumos.package.archive.unpack import write_tree
from lumos.package.archive.zipformat import Member, read_members, refuse_archive
from lumos.package.findings import Finding, PackageRefused
from lumos.package.rulebook import RULES

__all__ = ["MAX_BYTES", "Archive", "Entry", "inflate", "read_archive"]

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ENTRY = 50 * 1024 * 1024
MAX_RATIO = 100
# Small files of one repeated line reach the ratio honestly and cannot hurt.
_RATIO_FROM = 64 * 1024
_CHUNK = 256 * 1024
_FOLDER_ATTRIBUTE, _VOLUME_ATTRIBUTE = 0x10, 0x08
# Read-only, folder, archive, normal, and 7-Zip's mark that the upper half is a Unix mode.
_PLAIN_ATTRIBUTES = 0x01 | _FOLDER_ATTRIBUTE | 0x20 | 0x80 | 0x8000


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or folder of an archive. ``name`` of a folder ends with a slash."""

    name: str
    size: int
    compressed_size: int
    crc: int
    method: int
    mode: int
    offset: int

    @property
    def is_dir(self) -> bool:
        """Whether this is a folder."""
        return self.name.endswith("/")


@dataclass(frozen=True)
class Archive:
    """A checked wheel on disk. Contents are read from the file, which must not change."""

    path: Path
    entries: tuple[Entry, ...]
    unpacked_bytes: int
    stamp: tuple[int, int, int]

    @property
    def files(self) -> tuple[Entry, ...]:
        """The entries that are not folders."""
        return tuple(entry for entry in self.entries if not entry.is_dir)

    def entry(self, name: str) -> Entry:
        """The entry of this name; raises ``KeyError``."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(entry.name == name for entry in self.entries)

    def read(self, name: str) -> bytes:
        """The content of one file; raises ``KeyError`` or :class:`PackageRefused`."""
        return b"".join(self.chunks(self.entry(name)))

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """The content of one file in pieces, its size and checksum checked at the end."""
        with self.path.open("rb") as file:
            if _stamp(file) != self.stamp:
                refuse_archive("archive/changed", "The wheel changed while it was being read.")
            file.seek(entry.offset)
            yield from _inflated(file, entry)


def read_archive(path: str | os.PathLike[str]) -> Archive:
    """Check a wheel's container and names; raises :class:`PackageRefused`.

    The container's own rules stop at the first finding, as nothing after it can be trusted; names,
    kinds and sizes are gathered.
    """
    path = Path(path)
    with path.open("rb") as file:
        stamp = _stamp(file)
        if stamp[0] > MAX_BYTES:
            refuse_archive(
                "archive/too-large",
                f"The wheel has {stamp[0]:,} bytes, more than {MAX_BYTES:,}.",
                fix="Leave out data that the tool can fetch or compute.",
            )
        members = read_members(file, stamp[0])
    findings = [*_name_findings(members), *_size_findings(members, stamp[0])]
    if findings:
        raise PackageRefused(findings)
    entries = tuple(_entry(member) for member in members)
    findings = [*tree_problems(entry.name for entry in entries), *_kind_findings(members)]
    if findings:
        raise PackageRefused(findings)
    return Archive(path, entries, sum(entry.size for entry in entries), stamp)


def inflate(archive: Archive, folder: str | os.PathLike[str]) -> None:
    """Write the files into ``folder``, which must be new or empty; raises what reading raises."""
    write_tree(
        Path(folder),
        (
            (entry.name, None if entry.is_dir else archive.chunks(entry))
            for entry in archive.entries
        ),
    )


def _stamp(file: BinaryIO) -> tuple[int, int, int]:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        refuse_archive("archive/no-zip", "The wheel is not a regular file.")
    return status.st_size, status.st_mtime_ns, status.st_ino


def _entry(member: Member) -> Entry:
    return Entry(
        name=member.raw_name.decode(),
        size=member.size,
        compressed_size=member.compressed_size,
        crc=member.crc,
        method=member.method,
        mode=member.attributes >> 16,
        offset=member.offset,
    )


def _inflated(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The real bytes, never more than the header promised."""
    packed = _packed(file, entry)
    written, crc = 0, 0
    for chunk in _deflated(packed, entry) if entry.method else packed:
        written += len(chunk)
        crc = zlib.crc32(chunk, crc)
        if written > entry.size:
            break
        yield chunk
    if (written, crc) != (entry.size, entry.crc):
        _refuse_content(entry)


def _packed(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    left = entry.compressed_size
    while left:
        data = file.read(min(left, _CHUNK))
        if not data:
            _refuse_content(entry)
        left -= len(data)
        yield data


def _deflated(packed: Iterator[bytes], entry: Entry) -> Iterator[bytes]:
    """Inflate in bounded pieces; the stream must end exactly where its data ends."""
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for data in packed:
            rest = data
            while rest and not decoder.eof:
                yield decoder.decompress(rest, _CHUNK)
                rest = decoder.unconsumed_tail
            if rest:
                _refuse_content(entry)
        while not decoder.eof and (chunk := decoder.decompress(b"", _CHUNK)):
            yield chunk
    except zlib.error:
        _refuse_content(entry)
    if not decoder.eof or decoder.unused_data:
        _refuse_content(entry)


def _refuse_content(entry: Entry) -> NoReturn:
    refuse_archive(
        "archive/content",
        f"The content of {entry.name!a} is damaged: its size or checksum is not what was promised.",
        file=entry.name,
    )


def _name_findings(members: tuple[Member, ...]) -> Iterator[Finding]:
    for member in members:
        problem = name_problem(member.raw_name, is_utf8=member.is_utf8)
        if problem:
            shown = ascii(member.raw_name.decode("utf-8", "replace")[:120])
            yield RULES["archive/name"].finding(
                f"The entry {shown} is refused: its name {problem}.", file=shown.strip("'")
            )


def _size_findings(members: tuple[Member, ...], length: int) -> Iterator[Finding]:
    total = sum(member.size for member in members)
    if total > MAX_UNPACKED or (total > _RATIO_FROM and total > MAX_RATIO * length):
        yield _too_large(f"Unpacked, the wheel would have {total:,} bytes", "")
    for member in members:
        name = member.raw_name.decode("utf-8", "replace")
        ratio_limit = MAX_RATIO * max(member.compressed_size, 1)
        if member.size > MAX_ENTRY or (member.size > _RATIO_FROM and member.size > ratio_limit):
            yield _too_large(f"Unpacked, {name!a} would have {member.size:,} bytes", name)
        if member.method == 0 and member.size != member.compressed_size:
            yield RULES["archive/stored-size"].finding(
                f"{name!a} is stored with two different sizes.", file=name
            )


def _too_large(message: str, name: str) -> Finding:
    return RULES["archive/too-large"].finding(f"{message}.", name)


def _kind_findings(members: tuple[Member, ...]) -> Iterator[Finding]:
    """Rule 7, first part: regular files and folders only."""
    for member in members:
        name = member.raw_name.decode()
        if problem := _kind_problem(member, is_dir=name.endswith("/")):
            yield RULES["archive/kind"].finding(f"The entry {name!a} {problem}.", file=name)


def _kind_problem(member: Member, *, is_dir: bool) -> str | None:
    mode = member.attributes >> 16
    allowed = (0, stat.S_IFDIR) if is_dir else (0, stat.S_IFREG)
    if stat.S_IFMT(mode) not in allowed:
        return f"is marked as {_KINDS.get(stat.S_IFMT(mode), 'something unknown')}"
    if mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX):
        return "has a setuid, setgid or sticky bit"
    if member.attributes & _VOLUME_ATTRIBUTE:
        return "is marked as a volume label"
    if member.attributes & 0xFFFF & ~_PLAIN_ATTRIBUTES:
        return "has attributes that hide it, or make it a link or a device on Windows"
    if member.attributes & _FOLDER_ATTRIBUTE and not is_dir:
        return "is marked as a folder and named as a file"
    if is_dir and (member.size or member.compressed_size or member.crc or member.method):
        return "is a folder with content"
    return None


_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a block device",
    stat.S_IFCHR: "a character device",
    stat.S_IFDIR: "a folder",
    stat.S_IFREG: "a regular file",
}
