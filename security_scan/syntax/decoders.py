"""The pure functions that ``values`` may call: text encodings, compression and similar.

A function is in the table if it has no effect, its cost is bounded by the size of its arguments,
and malicious packages use it to hide text. Decompression stops after LONGEST bytes, so a bomb
costs no more than that. Decoders accept the errors that Python's own accept (missing padding) and
raise Undecodable for all others, which the evaluator turns into UNKNOWN.
"""

from __future__ import annotations

import ast
import base64
import binascii
import bz2
import codecs
import lzma
import urllib.parse
import zlib
from collections.abc import Callable
from typing import Any

__all__ = ["DECODERS", "DECODING", "LONGEST", "METHODS", "Undecodable"]

LONGEST = 4_000_000
CODINGS = {"utf-8", "utf8", "ascii", "latin-1", "latin1", "utf-16", "utf-16-le", "utf-32", "cp1252"}
TEXT_CODECS = {
    "rot13", "rot_13", "rot-13", "hex", "hex_codec", "base64", "base64_codec", "zlib", "zip", "bz2",
    "unicode_escape", "unicode-escape", "string_escape", "raw_unicode_escape",
}  # fmt: skip


class Undecodable(Exception):
    """The argument is not constant, too large, or invalid for the decoder."""


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("ascii")
    if isinstance(value, list | tuple):
        return bytes(value)
    if not isinstance(value, bytes):
        raise Undecodable
    return value


def _padded(value: Any) -> bytes:
    data = _bytes(value).rstrip(b"=\n")
    return data + b"=" * (-len(data) % 4)


def _inflate(value: Any, wbits: int = zlib.MAX_WBITS | 32, *_: Any) -> bytes:
    wbits = wbits if isinstance(wbits, int) and wbits < 0 else zlib.MAX_WBITS | 32
    try:
        return zlib.decompressobj(wbits).decompress(_bytes(value), LONGEST)
    except zlib.error as error:
        raise Undecodable from error


def _bounded(make: Callable[[], Any]) -> Callable[..., bytes]:
    def decompress(value: Any, *_: Any) -> bytes:
        try:
            return bytes(make().decompress(_bytes(value), LONGEST))
        except (OSError, EOFError, lzma.LZMAError) as error:
            raise Undecodable from error

    return decompress


def _codec(value: Any, coding: Any = "utf-8", *_: Any) -> Any:
    """``codecs.decode`` for a fixed list of encodings."""
    name = str(coding).lower()
    if name in {"zlib", "zip"}:
        return _inflate(value)
    if name == "bz2":
        return _bounded(bz2.BZ2Decompressor)(value)
    if name in {"base64", "base64_codec"}:
        return base64.b64decode(_padded(value))
    if name in {"hex", "hex_codec"}:
        return binascii.unhexlify(_bytes(value))
    if name in TEXT_CODECS:
        return codecs.decode(value, name.replace("string_escape", "unicode_escape"))
    return _text(value, name)


def _text(value: Any, coding: Any = "utf-8", *_: Any) -> str:
    name = str(coding).lower()
    if name in TEXT_CODECS:
        return _as_text(_codec(value, name))
    if name not in CODINGS or not isinstance(value, bytes):
        raise Undecodable
    return value.decode(name, "replace")


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _encode(value: Any, coding: Any = "utf-8", *_: Any) -> Any:
    name = str(coding).lower()
    if name.replace("_", "").replace("-", "") == "rot13":
        return codecs.encode(value, "rot13")
    if name not in CODINGS:
        raise Undecodable
    return value.encode(name)


def _chr(value: Any) -> str:
    return chr(value) if 0 <= value < 0x110000 else ""


def _b64(value: Any, *_: Any) -> bytes:
    return base64.b64decode(_padded(value), altchars=b"-_" if _urlsafe(value) else None)


def _urlsafe(value: Any) -> bool:
    data = _bytes(value)
    return b"-" in data or b"_" in data


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    def decode(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except (binascii.Error, UnicodeError, SyntaxError) as error:
            raise Undecodable from error

    return decode


_DECODING: dict[str, Callable[..., Any]] = {
    "base64.b64decode": _b64,
    "base64.standard_b64decode": _b64,
    "base64.urlsafe_b64decode": _b64,
    "base64.decodebytes": _b64,
    "base64.decodestring": _b64,
    "base64.b32decode": lambda value, *_: base64.b32decode(_bytes(value), casefold=True),
    "base64.b16decode": lambda value, *_: base64.b16decode(_bytes(value), casefold=True),
    "base64.b85decode": lambda value: base64.b85decode(_bytes(value)),
    "base64.a85decode": lambda value, *_: base64.a85decode(_bytes(value)),
    "binascii.unhexlify": lambda value: binascii.unhexlify(_bytes(value)),
    "binascii.a2b_hex": lambda value: binascii.unhexlify(_bytes(value)),
    "binascii.a2b_base64": _b64,
    "bytes.fromhex": bytes.fromhex,
    "bytearray.fromhex": bytes.fromhex,
    "codecs.decode": _codec,
    "codecs.encode": _encode,
    "zlib.decompress": _inflate,
    "gzip.decompress": _inflate,
    "bz2.decompress": _bounded(bz2.BZ2Decompressor),
    "lzma.decompress": _bounded(lzma.LZMADecompressor),
    "urllib.parse.unquote": lambda value, *_: urllib.parse.unquote(value),
}
_PLAIN: dict[str, Callable[..., Any]] = {
    "chr": _chr,
    "unichr": _chr,
    "ord": ord,
    "int": int,
    "len": len,
    "str": lambda value, *rest: _text(value, *rest) if rest else _as_text(value),
    "bytes": lambda value, *rest: _encode(value, *rest) if rest else _bytes(value),
    "bytearray": lambda value, *rest: _encode(value, *rest) if rest else _bytes(value),
    "list": list,
    "tuple": list,
    "iter": list,
    "reversed": lambda value: list(value)[::-1],
    "range": lambda *ends: list(range(*ends)) if len(range(*ends)) < LONGEST else [],
    "zip": lambda *lists: [list(each) for each in zip(*lists, strict=False)],
    "enumerate": lambda value, start=0: [list(each) for each in enumerate(value, start)],
    "ast.literal_eval": lambda value: ast.literal_eval(value) if len(value) < 10_000 else None,
    "str.join": lambda glue, parts: glue.join(parts),
    "os.path.join": lambda *parts: "/".join(parts),
}
DECODING = frozenset(_DECODING)
DECODERS = {name: _guarded(function) for name, function in [*_DECODING.items(), *_PLAIN.items()]}


def _join(glue: Any, parts: Any) -> Any:
    return glue.join([str(p) if isinstance(glue, str) else p for p in parts])


def _replace(text: Any, old: Any, new: Any, *_: Any) -> Any:
    if len(new) > 100 and len(text) > 10_000:
        raise Undecodable
    return text.replace(old, new)


_METHODS: dict[str, Callable[..., Any]] = {
    "join": _join,
    "replace": _replace,
    "decode": _text,
    "encode": _encode,
    "format": lambda text, *values: text.format(*map(str, values)),
    "lower": lambda text: text.lower(),
    "upper": lambda text: text.upper(),
    "title": lambda text: text.title(),
    "strip": lambda text, *chars: text.strip(*chars),
    "lstrip": lambda text, *chars: text.lstrip(*chars),
    "rstrip": lambda text, *chars: text.rstrip(*chars),
    "split": lambda text, *by: text.split(*by),
    "swapcase": lambda text: text.swapcase(),
    "hex": lambda data: data.hex(),
    "translate": lambda text, table: text.translate(table) if isinstance(table, dict) else "",
}
METHODS = {name: _guarded(function) for name, function in _METHODS.items()}
