"""Zips written field by field, so that a test can lie in any one of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

LOCAL = ("signature", "version", "flags", "method", "time", "date", "crc", "packed", "size")
LOCAL_FORMAT = "<4s5H3L2H"
CENTRAL_FORMAT = "<4s6H3L5H2L"
END_FORMAT = "<4s4H2LH"


@dataclass(frozen=True)
class RawEntry:
    """One entry; ``local`` and ``central`` replace single fields of either header by name."""

    name: bytes
    content: bytes = b""
    method: int = 8
    flags: int = 0
    mode: int = 0o100644
    dos: int = 0
    local: Mapping[str, Any] = field(default_factory=dict)
    central: Mapping[str, Any] = field(default_factory=dict)
    data: bytes | None = None
    before: bytes = b""
    after: bytes = b""

    @property
    def packed(self) -> bytes:
        if self.data is not None:
            return self.data
        if self.method == 0:
            return self.content
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(self.content) + packer.flush()

    def fields(self) -> dict[str, Any]:
        return {
            "version": 20,
            "flags": self.flags,
            "method": self.method,
            "time": 0,
            "date": 0x5C21,
            "crc": zlib.crc32(self.content),
            "packed": len(self.packed),
            "size": len(self.content),
            "name": self.name,
            "extra": b"",
        }


@dataclass(frozen=True)
class RawZip:
    """A whole zip; ``end`` replaces single fields of the end record."""

    entries: tuple[RawEntry, ...]
    prefix: bytes = b""
    gap: bytes = b""
    before_end: bytes = b""
    suffix: bytes = b""
    comment: bytes = b""
    end: Mapping[str, int] = field(default_factory=dict)
    order: tuple[int, ...] | None = None

    def with_entry(self, index: int, **changes: Any) -> RawZip:
        entries = list(self.entries)
        entries[index] = replace(entries[index], **changes)
        return replace(self, entries=tuple(entries))

    def and_entry(self, entry: RawEntry) -> RawZip:
        return replace(self, entries=(*self.entries, entry))

    def pack(self) -> bytes:
        """The bytes of the zip."""
        body = bytearray(self.prefix)
        offsets: list[int] = []
        for entry in self.entries:
            body += entry.before
            offsets.append(len(body))
            body += _local(entry) + entry.packed + entry.after
        body += self.gap
        start = len(body)
        order = self.order if self.order is not None else tuple(range(len(self.entries)))
        for index in order:
            body += _central(self.entries[index], offsets[index])
        end = {
            "disk": 0,
            "first_disk": 0,
            "here": len(order),
            "count": len(order),
            "size": len(body) - start,
            "start": start,
            "comment": len(self.comment),
        } | dict(self.end)
        body += self.before_end
        body += struct.pack(END_FORMAT, b"PK\x05\x06", *end.values()) + self.comment + self.suffix
        return bytes(body)

    def write(self, path: Path) -> Path:
        path.write_bytes(self.pack())
        return path


def _local(entry: RawEntry) -> bytes:
    parts = {"signature": b"PK\x03\x04"} | entry.fields() | dict(entry.local)
    name, extra = parts["name"], parts["extra"]
    numbers = [parts[key] for key in LOCAL]
    return struct.pack(LOCAL_FORMAT, *numbers, len(name), len(extra)) + name + extra


def _central(entry: RawEntry, offset: int) -> bytes:
    parts: dict[str, Any] = {
        "signature": b"PK\x01\x02",
        "made_by": (3 << 8) | 20,
        "comment": b"",
        "disk": 0,
        "internal": 0,
        "attributes": (entry.mode << 16) | entry.dos,
        "offset": offset,
    }
    parts |= entry.fields() | dict(entry.central)
    keys = ("made_by", "version", "flags", "method", "time", "date", "crc", "packed", "size")
    lengths = [len(parts["name"]), len(parts["extra"]), len(parts["comment"])]
    header = struct.pack(
        CENTRAL_FORMAT,
        parts["signature"],
        *(parts[key] for key in keys),
        *lengths,
        *(parts[key] for key in ("disk", "internal", "attributes", "offset")),
    )
    return header + parts["name"] + parts["extra"] + parts["comment"]


def extra_field(kind: int, data: bytes) -> bytes:
    """One extra field."""
    return struct.pack("<HH", kind, len(data)) + data
