"""Files that cannot be reviewed: native and byte code, undecodable or unparsable source."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from lumos.package.findings import Finding
from security_scan.binaries import native_kind
from security_scan.guard import Guard
from security_scan.reading import project_of
from security_scan.rules.files import RULES, UNPARSED
from security_scan.target import PLAIN_CODINGS, SourceFile, Target

__all__ = ["FilesScanner", "unparsed", "unread"]

EXTENSION_MODULE = re.compile(r"\.(so(\.\d+)*|pyd|dylib|a|lib)$")
BYTE_CODE = {".pyc", ".pyo"}
STARTUP = re.compile(r"(^|/)(sitecustomize|usercustomize)\.py$|\.pth$")
ACTS = re.compile(
    r"\b(exec|eval|compile|__import__|import_module|subprocess|os\.(system|popen|exec\w+)|socket|"
    r"urllib|requests|httpx|ctypes|marshal|base64|pickle)\b"
)
MAGIC = (
    (b"\x7fELF", "ELF"),
    (b"MZ", "Windows"),
    (b"\xfe\xed\xfa\xce", "Mach-O"),
    (b"\xfe\xed\xfa\xcf", "Mach-O"),
    (b"\xce\xfa\xed\xfe", "Mach-O"),
    (b"\xcf\xfa\xed\xfe", "Mach-O"),
    (b"\xca\xfe\xba\xbe", "Mach-O or Java"),
    (b"\0asm", "WebAssembly"),
)
# CPython writes two bytes of version, then CR LF, at the start of byte code.
BYTE_CODE_MAGIC = re.compile(rb"[\x00-\xff][\x0b-\x0f]\r\n[\x00-\x03]\x00\x00\x00", re.DOTALL)


class FilesScanner:
    """Checks names, first bytes and encodings."""

    name = "files"
    version = "1"

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """Findings ``files/…`` for each file that cannot be reviewed."""
        yield from guard.each(self.name, target.files, lambda file: self._check(file, target))
        modules = project_of(target, guard).modules
        for file in target.files:
            if file.is_python and file.path not in modules:
                yield from unread(file.path, file.text)
        for module in modules.values():
            if module.error:
                yield unparsed(module.path, module.error_line, module.path, module.error)

    def _check(self, file: SourceFile, target: Target) -> Iterator[Finding]:
        yield from _binary(file)
        if STARTUP.search(file.path):
            yield RULES["files/startup-hook"].finding(
                f"{file.path} runs whenever Python starts.", file.path
            )
        if file.is_python:
            yield from _source(file, target.limits.parse_bytes)


def unparsed(path: str, line: int | None, what: str, error: str) -> Finding:
    """The finding for code that this Python cannot parse."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return RULES[UNPARSED].finding(
        f"{what} cannot be parsed with Python {python}: {error}.", path, line
    )


def unread(path: str, text: str) -> Iterator[Finding]:
    """A finding if a file that was read only in part names dangerous functions."""
    match = ACTS.search(text)
    if match:
        yield RULES["files/unread-code"].finding(
            f"{path} could not be read to its end, and its text names {match[0]}.",
            path,
            text.count("\n", 0, match.start()) + 1,
        )


def _binary(file: SourceFile) -> Iterator[Finding]:
    if file.suffix in BYTE_CODE or BYTE_CODE_MAGIC.match(file.head):
        yield RULES["files/byte-code"].finding(f"{file.path} is compiled Python.", file.path)
        return
    kind = next((kind for magic, kind in MAGIC if file.head.startswith(magic)), "")
    if EXTENSION_MODULE.search(file.path.lower()):
        yield RULES["files/native-code"].finding(
            f"{file.path} is compiled code.", file.path, evidence={"format": kind or "unknown"}
        )
        return
    if not kind or b"\0" not in file.head:
        kind = native_kind(file.data)
    if kind:
        yield RULES["files/executable"].finding(
            f"{file.path} is a compiled program ({kind}).", file.path, evidence={"format": kind}
        )


def _source(file: SourceFile, limit: int) -> Iterator[Finding]:
    if file.size > limit:
        yield RULES["files/too-large"].finding(
            f"{file.path} has {file.size:,} bytes; the scanners parse up to {limit:,}.", file.path
        )
        return
    coding = file.declared_encoding
    if coding not in PLAIN_CODINGS:
        rule = "files/escaped-code" if file.escapes_code else "files/undecodable"
        yield RULES[rule].finding(
            f"{file.path} names an encoding that is not plain text: {coding or 'unknown'}.",
            file.path,
            1,
        )
        return
    bad = file.text.count("\ufffd") - file.data.count("\ufffd".encode())
    if bad > 0 and file.encoding in {"utf-8", "utf-8-sig", "ascii"}:
        line = file.text[: file.text.index("\ufffd")].count("\n") + 1
        yield RULES["files/undecodable"].finding(
            f"{file.path} holds {bad} bytes that are not {file.encoding}.", file.path, line
        )
