"""``METADATA``: the standard's fields, read strictly, and this registry's own rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from packaging.metadata import InvalidMetadata, RawMetadata, parse_email
from packaging.metadata import Metadata as StandardMetadata

from lumos.package.findings import Finding
from lumos.package.metadata import fields
from lumos.package.metadata.fields import Notes, Person
from lumos.package.metadata.headers import header_problem
from lumos.package.versions import InvalidVersion, Version

__all__ = ["MAX_BYTES", "Metadata", "Person", "parse_metadata"]

MAX_BYTES = 1024 * 1024
#: The part before the README: parsers take quadratic time over its lines.
MAX_HEADER_BYTES = 128 * 1024
MAX_HEADER_LINES = 2_000
METADATA_VERSIONS = ("2.1", "2.2", "2.3", "2.4", "2.5")

# The standard library's parsers of addresses and content types fail so on hostile text.
_PARSER_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)

# Fields of the standard that say nothing here, or that no installer reads any more.
_CHECKED = (
    "description_content_type",
    "dynamic",
    "import_names",
    "keywords",
    "license_files",
    "metadata_version",
    "name",
    "provides_extra",
    "requires_dist",
    "requires_python",
    "summary",
    "version",
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What ``METADATA`` says. ``findings`` do not block.

    ``license_expression`` is SPDX, empty where only license files are given; ``requirements`` are
    PEP 508 as written; ``urls`` maps labels to addresses (``http`` and ``https`` only).
    """

    name: str
    version: Version
    version_pep440: str
    summary: str
    readme: str
    readme_content_type: str
    authors: tuple[Person, ...]
    maintainers: tuple[Person, ...]
    license_expression: str
    license_files: tuple[str, ...]
    keywords: tuple[str, ...]
    urls: Mapping[str, str]
    requires_python: str
    requirements: tuple[str, ...]
    classifiers: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def parse_metadata(data: bytes) -> Metadata:
    """Read ``METADATA``; raises :class:`PackageRefused` with every finding."""
    notes = Notes()
    raw = _raw(data, notes)
    standard = StandardMetadata.from_raw(raw, validate=False)
    valid = {name: _get(standard, name, notes) for name in _CHECKED}
    _check_version(raw, notes)
    version = _version(raw, notes)
    metadata = Metadata(
        name=raw.get("name", ""),
        version=version,
        version_pep440=version.pep440,
        summary=fields.summary(raw.get("summary", ""), notes),
        readme=raw.get("description", ""),
        readme_content_type=fields.readme_type(raw, notes),
        authors=fields.people(raw.get("author"), raw.get("author_email"), notes),
        maintainers=fields.people(raw.get("maintainer"), raw.get("maintainer_email"), notes),
        license_expression=fields.license(raw, notes),
        license_files=tuple(valid["license_files"] or ()),
        keywords=fields.keywords(valid["keywords"] or [], notes),
        urls=fields.urls(raw, notes),
        requires_python=fields.requires_python(valid["requires_python"], notes),
        requirements=fields.requirements(
            raw.get("name", ""), raw.get("requires_dist", []), valid["requires_dist"], notes
        ),
        classifiers=fields.classifiers(raw.get("classifiers", []), notes),
        findings=(),
    )
    notes.raise_if_refused()
    return replace(metadata, findings=tuple(notes.findings))


def _raw(data: bytes, notes: Notes) -> RawMetadata:
    """The fields as text; what cannot be read is refused at once or noted."""
    if len(data) > MAX_BYTES:
        notes.add(
            "metadata/too-large", f"METADATA has {len(data):,} bytes, more than {MAX_BYTES:,}."
        )
        notes.raise_if_refused()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        notes.add("metadata/not-utf8", f"METADATA is not UTF-8 at byte {error.start}.")
        notes.raise_if_refused()
    if "\0" in text:
        notes.add("metadata/not-utf8", "METADATA contains the character U+0000.")
    _check_header(text, notes)
    raw, unparsed = parse_email(text)
    for name in sorted(unparsed):
        notes.add(
            "metadata/field",
            f"The field {name[:80]!r} is unknown, or stands there more often than it may.",
            fix="Build the wheel again with a current build backend.",
        )
    return raw


def _check_header(text: str, notes: Notes) -> None:
    """Stop before a parser works on fields that no build backend writes."""
    header = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
    lines = header.count("\n") + 1
    if lines > MAX_HEADER_LINES or len(header) > MAX_HEADER_BYTES:
        notes.add(
            "metadata/too-large",
            f"The fields of METADATA have {lines:,} lines and {len(header):,} characters; at most "
            f"{MAX_HEADER_LINES:,} lines and {MAX_HEADER_BYTES:,} characters are read.",
        )
        notes.raise_if_refused()
    if problem := header_problem(header):
        notes.add(
            "metadata/field",
            f"In METADATA, {problem}; readers would disagree about where the fields end.",
            fix="Build the wheel again with a standard backend; do not edit it afterward.",
        )


def _get(standard: StandardMetadata, name: str, notes: Notes) -> Any:
    """A field as the standard validates it; an invalid one is noted."""
    try:
        return getattr(standard, name)
    except InvalidMetadata as error:
        cause = f" ({error.__cause__})" if error.__cause__ else ""
        notes.add(
            "metadata/field",
            f"{error}{cause}."[:400],
            fix=f"Correct {error.field} in the project file.",
        )
    except _PARSER_ERRORS as error:
        notes.add("metadata/field", f"The field {name} cannot be read ({type(error).__name__}).")
    return None


def _check_version(raw: RawMetadata, notes: Notes) -> None:
    given = raw.get("metadata_version", "")
    if given and given not in METADATA_VERSIONS:
        notes.add(
            "metadata/metadata-version",
            f"Metadata-Version is {given[:20]!r}, not one of {', '.join(METADATA_VERSIONS)}.",
        )


def _version(raw: RawMetadata, notes: Notes) -> Version:
    try:
        return Version.from_pep440(raw.get("version", ""))
    except InvalidVersion as error:
        if "version" in raw:
            notes.add("metadata/version", str(error))
        return Version(0, 0, 0)
