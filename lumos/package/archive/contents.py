"""What may not lie in a wheel, by name and by the first bytes (rule 7, second part)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lumos.package.archive.nested import ARCHIVE_ENDINGS, archive_kind
from lumos.package.findings import Finding
from lumos.package.rulebook import RULES

__all__ = ["bytes_finding", "entry_points_finding", "is_native", "name_findings"]

_NATIVE_ENDINGS = re.compile(
    r"\.(so|pyd|dll|dylib|exe|com|a|lib|o|obj|wasm|node|jnilib|sys|drv|ocx|cpl|scr|ko)(\.\d+)*$"
)
_NO_ENTRY = re.compile(r"#.*|\[[^\[\]]*\]")
_BYTECODE_ENDINGS = re.compile(r"\.(pyc|pyo|class)$")
_STARTUP_NAMES = re.compile(r"(^|/)(sitecustomize|usercustomize)(\.[^/]*)?(/|$)")

_NATIVE_HEADS: tuple[tuple[bytes, str], ...] = (
    (b"\x7fELF", "ELF"),
    (b"\xfe\xed\xfa\xce", "Mach-O"),
    (b"\xfe\xed\xfa\xcf", "Mach-O"),
    (b"\xce\xfa\xed\xfe", "Mach-O"),
    (b"\xcf\xfa\xed\xfe", "Mach-O"),
    (b"\xca\xfe\xba\xbe", "Mach-O or Java"),
    (b"\xca\xfe\xba\xbf", "Mach-O"),
    (b"\x00asm", "WebAssembly"),
    (b"!<arch>\n", "static library"),
    (b"!<thin>\n", "static library"),
)
# importlib's magic numbers: two bytes that count up from Python 3.0 (3000), then CR LF.
_PYTHON_MAGIC = range(3000, 4200)


def name_findings(name: str) -> Iterator[Finding]:
    """Refusals of a file for its name alone, wherever it lies."""
    lower = name.lower()
    if lower.endswith(".pth") or _STARTUP_NAMES.search(lower):
        yield RULES["archive/startup-hook"].finding(
            f"{name!a} would be run by every Python that starts in the environment.", name
        )
    if _BYTECODE_ENDINGS.search(lower) or "__pycache__" in lower.split("/"):
        yield _bytecode(name)
    if ARCHIVE_ENDINGS.search(lower):
        yield _nested(name, "archive")


def bytes_finding(
    name: str, head: bytes, tail: bytes, *, is_native_allowed: bool
) -> Finding | None:
    """The refusal of a file for its first and last bytes, as :func:`archive_kind` takes them."""
    archive = archive_kind(head, tail)
    if archive:
        return _nested(name, archive)
    if _is_bytecode(head):
        return _bytecode(name)
    native = is_native(name, head)
    if native and not is_native_allowed:
        return RULES["archive/native-code"].finding(
            f"{name!a} is native code ({native}) in a wheel of pure Python.", name
        )
    return None


def is_native(name: str, head: bytes) -> str | None:
    """What kind of native code a file is by its bytes or its ending, or ``None``."""
    by_name = "native code by its ending" if _NATIVE_ENDINGS.search(name.lower()) else None
    return _native_kind(head) or by_name


def entry_points_finding(name: str, data: bytes) -> Finding | None:
    """``entry_points.txt`` may hold sections and ``#`` comments; readers take the rest as names."""
    lines = (line.strip() for line in data.decode("utf-8", "replace").splitlines())
    content = [line for line in lines if line and not _NO_ENTRY.fullmatch(line)]
    if not content:
        return None
    return RULES["archive/entry-points"].finding(f"{name!a} registers {content[0][:80]!a}.", name)


def _native_kind(head: bytes) -> str | None:
    for start, kind in _NATIVE_HEADS:
        if head.startswith(start):
            return kind
    return "PE" if head.startswith(b"MZ") and b"\x00" in head[:64] else None


def _is_bytecode(head: bytes) -> bool:
    if len(head) < 16 or head[2:4] != b"\r\n":
        return False
    return int.from_bytes(head[:2], "little") in _PYTHON_MAGIC


def _bytecode(name: str) -> Finding:
    return RULES["archive/bytecode"].finding(f"{name!a} is bytecode.", name)


def _nested(name: str, kind: str) -> Finding:
    return RULES["archive/nested-archive"].finding(f"{name!a} is an archive ({kind}).", name)
