"""Recognize native code and programs by their bytes, also in the middle of a file."""

from __future__ import annotations

import re

__all__ = ["native_kind"]

#: Headers that random data hardly ever contains: magic bytes, then fields with few valid values.
HEADERS = (
    (re.compile(rb"\x7fELF[\x01\x02][\x01\x02]\x01.{9}(?:[\1-\4]\0|\0[\1-\4])", re.DOTALL), "ELF"),
    (re.compile(rb"\xfe\xed\xfa[\xce\xcf][\0\1]\0\0[\x06\x07\x0c\x12]"), "Mach-O"),
    (re.compile(rb"[\xce\xcf]\xfa\xed\xfe[\x06\x07\x0c\x12]\0\0[\0\1]"), "Mach-O"),
    (re.compile(rb"\xca\xfe\xba[\xbe\xbf]\0\0\0[\1-\x14][\0\1]\0\0[\x06\x07\x0c\x12]"), "Mach-O"),
    (re.compile(rb"\xca\xfe\xba\xbe\0[\0\3][\0\1][\x2d-\x60]\0"), "Java"),
    (re.compile(rb"\0asm[\1\x0d]\0[\0\1]\0"), "WebAssembly"),
    (re.compile(rb"dex\n03[5-9]\0|dex\n04[01]\0"), "Android"),
)
#: Headers that are too short to be searched for except at the start.
STARTS = (
    (b"!<arch>\n", "static library"),
    (b"!<thin>\n", "static library"),
    (b"BC\xc0\xde", "LLVM"),
    (b"\x1bLua", "Lua byte code"),
)
PE = re.compile(rb"PE\0\0(?:\x4c\x01|\x64\x86|\xc0\x01|\xc4\x01|\x64\xaa|\0\x02)")


def native_kind(data: bytes) -> str:
    """The format of the first program in ``data``, at its start or behind other content; or ``""``.

    Encoded, compressed and encrypted programs are not found here.
    """
    for start, kind in STARTS:
        if data.startswith(start):
            return kind
    for header, kind in HEADERS:
        if header.search(data):
            return kind
    return "Windows" if _holds_pe(data) else ""


def _holds_pe(data: bytes) -> bool:
    """Whether an ``MZ`` header points to a PE header."""
    for match in PE.finditer(data):
        place = match.start()
        begin = data.rfind(b"MZ", max(0, place - 4096), place)
        while begin >= 0:
            if int.from_bytes(data[begin + 60 : begin + 64], "little") == place - begin:
                return True
            begin = data.rfind(b"MZ", max(0, place - 4096), begin)
    return False
