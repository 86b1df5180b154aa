"""Every file of a wheel read once: its first bytes, its hash, its place in RECORD."""

from __future__ import annotations

from collections.abc import Iterator

from lumos.package.archive.contents import bytes_finding, entry_points_finding, is_native
from lumos.package.archive.nested import HEAD_BYTES, TAIL_BYTES
from lumos.package.archive.office import MAX_BYTES as MAX_DOCUMENT
from lumos.package.archive.office import is_plain_document
from lumos.package.archive.reader import Archive, Entry
from lumos.package.archive.record import FileFacts, compare_record, hashers, wanted_algorithms
from lumos.package.findings import Finding
from lumos.package.rulebook import RULES

__all__ = ["content_findings"]


def content_findings(
    archive: Archive,
    names: frozenset[str],
    *,
    record: str,
    entry_points: str,
    is_native_allowed: bool,
) -> Iterator[Finding]:
    """The findings on the files' contents (rules 7 and 8); inflates each file once."""
    record_bytes = archive.read(record)
    algorithms = wanted_algorithms(record_bytes)
    facts: dict[str, FileFacts] = {}
    has_native = False
    for entry in archive.files:
        facts[entry.name], head, tail = _facts(archive, entry, algorithms)
        if head.startswith(b"PK") and _is_document(archive, entry):
            continue
        has_native = has_native or bool(is_native(entry.name, head))
        finding = bytes_finding(entry.name, head, tail, is_native_allowed=is_native_allowed)
        if finding is not None:
            yield finding
    if is_native_allowed and not has_native:
        yield RULES["archive/no-native-code"].finding(
            "The wheel is for one platform and has no native code."
        )
    yield from compare_record(record_bytes, record, facts)
    for name in names:
        if name.lower() != entry_points.lower():
            continue
        found = entry_points_finding(name, archive.read(name))
        if found is not None:
            yield found


def _is_document(archive: Archive, entry: Entry) -> bool:
    return entry.size <= MAX_DOCUMENT and is_plain_document(entry.name, archive.read(entry.name))


def _facts(
    archive: Archive, entry: Entry, algorithms: tuple[str, ...]
) -> tuple[FileFacts, bytes, bytes]:
    """Size and digests, the first bytes and the last."""
    digests = hashers(algorithms)
    head = tail = b""
    for chunk in archive.chunks(entry):
        if len(head) < HEAD_BYTES:
            head = (head + chunk)[:HEAD_BYTES]
        tail = (tail + chunk)[-TAIL_BYTES:]
        for digest in digests:
            digest.update(chunk)
    found = {name: digest.digest() for name, digest in zip(algorithms, digests, strict=True)}
    return FileFacts(entry.size, found), head, tail
