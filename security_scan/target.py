"""The unpacked package that is scanned: its files (each read once), texts and functions."""

from __future__ import annotations

import codecs
import os
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

__all__ = ["Function", "FunctionLike", "Limits", "SourceFile", "Target"]

TEXT_SUFFIXES = {
    ".bat", ".cfg", ".cmd", ".conf", ".css", ".csv", ".env", ".htm", ".html", ".in", ".ini", ".js",
    ".json", ".jsonl", ".ipynb", ".lock", ".md", ".pem", ".properties", ".ps1", ".pth", ".py",
    ".pyi", ".pyw", ".rst", ".sh", ".sql", ".svg", ".template", ".toml", ".ts", ".txt", ".vbs",
    ".xml", ".yaml", ".yml",
}  # fmt: skip
SHEBANG = re.compile(rb"#!.*python")


class FunctionLike(Protocol):
    """The fields of ``lumos.package.functions.FunctionSpec`` that the scanners read."""

    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def input_schema(self) -> Mapping[str, Any]: ...
    @property
    def output_schema(self) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Function:
    """A function as it is sent to the child process."""

    name: str
    description: str
    input_schema: Mapping[str, Any]
    output_schema: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, function: FunctionLike) -> Function:
        """Copy the four fields."""
        return cls(
            name=function.name,
            description=function.description or "",
            input_schema=dict(function.input_schema or {}),
            output_schema=dict(function.output_schema) if function.output_schema else None,
        )

    def as_dict(self) -> dict[str, Any]:
        """The function as JSON."""
        return {
            "name": self.name,
            "description": self.description,
            "input_schema": self.input_schema,
            "output_schema": self.output_schema,
        }


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a scan.

    Bytes of a file that is parsed, and of one that is searched; processor seconds for one file in
    one scanner; wall-clock seconds and bytes of memory of the child process.
    """

    parse_bytes: int = 4_000_000
    text_bytes: int = 8_000_000
    step_seconds: float = 20.0
    total_seconds: float = 180.0
    memory_bytes: int = 2_500_000_000


@dataclass
class SourceFile:
    """One file of the package, read on first use."""

    path: str
    absolute: Path
    size: int

    @cached_property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.absolute.read_bytes()

    @cached_property
    def head(self) -> bytes:
        """The first 4,096 bytes."""
        with self.absolute.open("rb") as stream:
            return stream.read(4096)

    @property
    def suffix(self) -> str:
        """The last suffix in lower case, with its dot."""
        return os.path.splitext(self.path)[1].lower()  # noqa: PTH122

    @cached_property
    def is_python(self) -> bool:
        """Whether it is Python by its suffix, or by a shebang line."""
        return self.suffix in {".py", ".pyw", ".pyi"} or bool(SHEBANG.match(self.head))

    @cached_property
    def is_text(self) -> bool:
        """Whether it is text by its suffix, or has no NUL in its first 4,096 bytes."""
        return self.is_python or self.suffix in TEXT_SUFFIXES or b"\0" not in self.head

    @cached_property
    def text(self) -> str:
        """The decoded text; bytes that do not decode become U+FFFD. Line ends are ``\\n``."""
        text = self.data.decode(self.encoding, errors="replace")
        return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def encoding(self) -> str:
        """The encoding that Python would use if it is a known text encoding, else UTF-8."""
        if self.head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        known = self.declared_encoding in PLAIN_CODINGS or self.escapes_code
        return self.declared_encoding if known else "utf-8"

    @cached_property
    def escapes_code(self) -> bool:
        """Whether its encoding lets comments or texts contain code (by ``\\u000a``)."""
        try:
            return codecs.lookup(self.declared_encoding or "utf-8").name in ESCAPING_CODINGS
        except LookupError:
            return False

    @cached_property
    def declared_encoding(self) -> str:
        """The encoding that the source declares; empty if Python does not know it."""
        if not self.is_python:
            return "utf-8"
        try:
            return tokenize.detect_encoding(BytesIO(self.head).readline)[0].lower()
        except (SyntaxError, UnicodeDecodeError, ValueError):
            return ""


ESCAPING_CODINGS = {"utf-7", "unicode-escape", "raw-unicode-escape", "hz", "punycode"}
PLAIN_CODINGS = {
    "utf-8", "utf-8-sig", "ascii", "us-ascii", "latin-1", "iso-8859-1", "iso-8859-15", "cp1252",
    "cp1251", "cp1250", "koi8-r", "gbk", "gb2312", "gb18030", "big5", "shift_jis", "euc-jp",
    "euc-kr", "utf-16",
}  # fmt: skip


@dataclass
class Target:
    """An unpacked package with its declared permissions, texts and functions.

    ``declared`` are permission strings (``network:api.example.org``); ``texts`` are named prose
    (``README.md``, ``summary``, ``title``).
    """

    folder: Path
    declared: Sequence[str] = ()
    import_package: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    functions: Sequence[Function] = ()
    limits: Limits = field(default_factory=Limits)
    #: Data that scanners share: parsed modules, detected uses.
    shared: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def files(self) -> tuple[SourceFile, ...]:
        """Every regular file in all folders, sorted by path; links are not followed."""
        return tuple(sorted(self._walk(), key=lambda file: file.path))

    def _walk(self) -> Iterator[SourceFile]:
        for root, folders, names in os.walk(self.folder):
            folders.sort()
            for name in names:
                absolute = Path(root, name)
                if absolute.is_file() and not absolute.is_symlink():
                    path = absolute.relative_to(self.folder).as_posix()
                    yield SourceFile(path, absolute, absolute.stat().st_size)

    @property
    def python_files(self) -> Iterator[SourceFile]:
        """The Python source files that are small enough to be parsed."""
        for file in self.files:
            if file.is_python and file.size <= self.limits.parse_bytes:
                yield file

    @property
    def text_files(self) -> Iterator[SourceFile]:
        """The text files that are small enough to be searched."""
        for file in self.files:
            if file.size <= self.limits.text_bytes and file.is_text:
                yield file
