"""A tool's wheel, read and checked as a whole: what the server and ``lumos check`` both call."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from lumos.package.agreement import Contents, agreement_findings
from lumos.package.archive.contents import name_findings
from lumos.package.archive.files import content_findings
from lumos.package.archive.reader import Archive, read_archive
from lumos.package.findings import Finding, PackageRefused
from lumos.package.functions import FUNCTIONS_FILE, FunctionSpec, parse_functions
from lumos.package.manifest.reader import MANIFEST_FILE, Manifest, parse_manifest
from lumos.package.metadata.backends import missing_file
from lumos.package.metadata.reader import Metadata, parse_metadata
from lumos.package.metadata.wheelfile import (
    Naming,
    WheelInfo,
    find_dist_info,
    parse_filename,
    parse_wheel_info,
)
from lumos.package.names.distributions import tool_of
from lumos.package.names.tools import ToolName
from lumos.package.rulebook import RULES
from lumos.package.versions import Version

__all__ = ["Wheel", "read_wheel"]

T = TypeVar("T")

_MAX_READ = 2 * 1024 * 1024
_MAX_FINDINGS = 500

# Written by installers, or a second list of contents: none of a builder's business.
_INSTALLERS_FILES = ("installer", "requested", "direct_url.json", "record.jws", "record.p7s")


@dataclass(frozen=True)
class Wheel:
    """A wheel that keeps every rule. ``files`` are the paths of its files, in order.

    ``sha256`` is of the whole file (hexadecimal), ``size`` and ``unpacked_bytes`` are in bytes,
    ``is_pure`` says that it is for every platform. ``findings`` do not block.
    """

    tool: ToolName
    version: Version
    filename: str
    tags: tuple[str, ...]
    is_pure: bool
    sha256: str
    size: int
    unpacked_bytes: int
    archive: Archive
    metadata: Metadata
    metadata_bytes: bytes
    manifest: Manifest
    functions: tuple[FunctionSpec, ...]
    files: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def read_wheel(path: str | os.PathLike[str], *, filename: str | None = None) -> Wheel:
    """Read and check a wheel; raises :class:`PackageRefused` with every finding.

    ``filename`` is the wheel's own name where the file is stored under another. A broken container
    or name stops at once; what lies inside a sound one is gathered.
    """
    filename = filename or Path(path).name
    naming = parse_filename(filename)
    archive = read_archive(path)
    return _Reader(archive, filename, naming).wheel()


class _Reader:
    """One reading of one wheel: gathers findings while it can go on."""

    def __init__(self, archive: Archive, filename: str, naming: Naming) -> None:
        self.archive = archive
        self.filename = filename
        self.naming = naming
        self.names = frozenset(entry.name for entry in archive.files)
        self.dist_info = find_dist_info((entry.name for entry in archive.entries), naming)
        self.import_package = naming.distribution.replace("-", "_")
        self.findings: list[Finding] = []

    def wheel(self) -> Wheel:
        """The wheel, or :class:`PackageRefused`."""
        tool, findings = tool_of(self.naming.distribution)
        self.findings += findings
        self.findings += self._layout()
        self._stop_if_refused()
        metadata_bytes = self._member("METADATA")
        info = self._wheel_info()
        self.findings += content_findings(
            self.archive,
            self.names,
            record=f"{self.dist_info}/RECORD",
            entry_points=f"{self.dist_info}/entry_points.txt",
            is_native_allowed=not self.naming.is_pure and not info.is_purelib,
        )
        metadata = self._try(lambda: parse_metadata(metadata_bytes))
        manifest, functions = self._tool_files(info)
        if metadata is not None:
            self._same_names(metadata)
        self._stop_if_refused()
        if tool is None or metadata is None or manifest is None or functions is None:
            raise PackageRefused(self.findings)
        return Wheel(
            tool=tool,
            version=metadata.version,
            filename=self.filename,
            tags=self.naming.tags,
            is_pure=self.naming.is_pure,
            sha256=_sha256(self.archive),
            size=self.archive.stamp[0],
            unpacked_bytes=self.archive.unpacked_bytes,
            archive=self.archive,
            metadata=metadata,
            metadata_bytes=metadata_bytes,
            manifest=manifest,
            functions=functions,
            files=tuple(entry.name for entry in self.archive.files),
            findings=(*self.findings, *self._in_dist_info(metadata.findings)),
        )

    def _layout(self) -> Iterator[Finding]:
        """Every file lies in the import package or in dist-info, and none is of a bad kind."""
        for entry in self.archive.entries:
            top, _, rest = entry.name.partition("/")
            if top not in (self.import_package, self.dist_info) or not (rest or entry.is_dir):
                yield _outside(entry.name, self.import_package, self.dist_info)
            if top == self.dist_info and rest.lower() in _INSTALLERS_FILES:
                yield _outside(entry.name, self.import_package, self.dist_info)
            yield from name_findings(entry.name)
        if f"{self.import_package}/__init__.py" not in self.names:
            yield RULES["archive/import-package"].finding(
                f"The wheel has no {self.import_package}/__init__.py.",
                fix=f"Call the package {self.import_package} and give it an __init__.py.",
            )
        for name in ("METADATA", "WHEEL", "RECORD"):
            if f"{self.dist_info}/{name}" not in self.names:
                yield _outside(f"{self.dist_info}/{name}", self.import_package, self.dist_info)

    def _wheel_info(self) -> WheelInfo:
        file = f"{self.dist_info}/WHEEL"
        info, findings = parse_wheel_info(self._member("WHEEL"), file, self.naming)
        self.findings += findings
        return info

    def _tool_files(
        self, info: WheelInfo
    ) -> tuple[Manifest | None, tuple[FunctionSpec, ...] | None]:
        """``tool.toml`` and ``functions.json``, then both against the files."""
        manifest = self._tool_file(
            MANIFEST_FILE,
            info,
            lambda text, _: parse_manifest(text, import_package=self.import_package),
        )
        functions = self._tool_file(
            FUNCTIONS_FILE, info, lambda text, file: parse_functions(text, file=file)
        )
        if manifest is not None and functions is not None:
            contents = Contents(self.import_package, self.names, self.archive.read)
            self.findings += agreement_findings(manifest, functions, contents)
        return manifest, functions

    def _tool_file(self, name: str, info: WheelInfo, parse: Callable[[str, str], T]) -> T | None:
        file = f"{self.import_package}/{name}"
        if file not in self.names:
            self.findings.append(missing_file(name, file, info.generator))
            return None
        try:
            text = self._small(file).decode("utf-8")
        except UnicodeDecodeError:
            message = f"{file} is not UTF-8."
            fix = "Save the file as UTF-8."
            rule = f"{'manifest' if name == MANIFEST_FILE else 'functions'}/not-utf8"
            self.findings.append(RULES[rule].finding(message, fix=fix, file=file))
            return None
        return self._try(lambda: parse(text, file))

    def _same_names(self, metadata: Metadata) -> None:
        """Wheel name = METADATA."""
        given = (metadata.name.replace("_", "-").replace(".", "-").lower(), metadata.version_pep440)
        if given != (self.naming.distribution, self.naming.version):
            self.findings.append(
                RULES["archive/name-mismatch"].finding(
                    f"METADATA is of {metadata.name} {metadata.version_pep440}, the file name of "
                    f"{self.naming.distribution} {self.naming.version}.",
                    file=f"{self.dist_info}/METADATA",
                )
            )

    def _member(self, name: str) -> bytes:
        return self._small(f"{self.dist_info}/{name}")

    def _small(self, file: str) -> bytes:
        """A file that is read as a whole, if it is no larger than such files are."""
        size = self.archive.entry(file).size
        if size > _MAX_READ:
            message = f"{file} has {size:,} bytes, more than {_MAX_READ:,}."
            fix = "Move data into files of their own."
            finding = RULES["archive/too-large"].finding(message, fix=fix, file=file)
            raise PackageRefused([*self.findings, finding])
        return self.archive.read(file)

    def _try(self, parse: Callable[[], T]) -> T | None:
        try:
            return parse()
        except PackageRefused as error:
            self.findings += self._in_dist_info(error.findings)
            return None

    def _in_dist_info(self, findings: tuple[Finding, ...]) -> list[Finding]:
        path = f"{self.dist_info}/METADATA"
        return [
            replace(finding, file=path) if finding.file == "METADATA" else finding
            for finding in findings
        ]

    def _stop_if_refused(self) -> None:
        if any(finding.blocking for finding in self.findings):
            raise PackageRefused(self.findings[:_MAX_FINDINGS])


def _sha256(archive: Archive) -> str:
    with archive.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _outside(name: str, import_package: str, dist_info: str) -> Finding:
    return RULES["archive/layout"].finding(
        f"{name!a} is missing, or lies where a tool may have nothing.",
        fix=f"Keep every file in {import_package}/ (and what the backend writes in {dist_info}/).",
        file=name,
    )
