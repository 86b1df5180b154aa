"""RECORD: every file with its hash and size, and nothing else (rule 8)."""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lumos.package.findings import Finding
from lumos.package.rulebook import RULES

__all__ = ["ALGORITHMS", "FileFacts", "compare_record"]

ALGORITHMS = ("sha256", "sha384", "sha512")
_MAX_ROWS = 4_000


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file really is: its size in bytes and its digests by algorithm."""

    size: int
    digests: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class _Row:
    path: str
    digest: str
    size: str
    line: int


def wanted_algorithms(data: bytes) -> tuple[str, ...]:
    """The hash algorithms that a RECORD uses, of those that are strong enough."""
    text = data.decode("utf-8", "replace")
    return tuple(name for name in ALGORITHMS if f"{name}=" in text) or ("sha256",)


def hashers(algorithms: tuple[str, ...]) -> list[hashlib._Hash]:
    """Fresh hash objects for these algorithms."""
    return [hashlib.new(name) for name in algorithms]


def compare_record(data: bytes, record: str, files: Mapping[str, FileFacts]) -> list[Finding]:
    """Compare RECORD's content with the real files; ``record`` is its own path in the wheel."""
    try:
        rows = list(_rows(data))
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        return [RULES["archive/record-form"].finding(f"RECORD cannot be read: {error}.", record)]
    findings: list[Finding] = []
    listed: set[str] = set()
    for row in rows:
        if row.path in listed:
            message = f"RECORD lists {row.path[:120]!a} twice."
            findings.append(RULES["archive/record-twice"].finding(message, record, row.line))
        listed.add(row.path)
        problem = _row_problem(row, record, files)
        if problem:
            rule, message = problem
            findings.append(RULES[rule].finding(f"{message}.", record, row.line))
    for name in files:
        if name not in listed:
            findings.append(
                RULES["archive/record-missing"].finding(f"RECORD does not list {name!a}.", name)
            )
    return findings


def _rows(data: bytes) -> Iterator[_Row]:
    text = data.decode("utf-8")
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if any(line and line.splitlines() != [line] for line in lines):
        raise ValueError("it has line breaks that not every reader sees")
    reader = csv.reader(lines, strict=True)
    for number, fields in enumerate(reader, start=1):
        if number > _MAX_ROWS:
            raise ValueError(f"it has more than {_MAX_ROWS} lines")
        if not fields:
            continue
        if len(fields) != 3:
            raise ValueError(f"line {number} has {len(fields)} fields instead of 3")
        yield _Row(fields[0], fields[1], fields[2], reader.line_num)


def _row_problem(row: _Row, record: str, files: Mapping[str, FileFacts]) -> tuple[str, str] | None:
    shown = f"{row.path[:120]!a}"
    if row.path not in files:
        return "archive/record-extra", f"RECORD lists {shown}, which is not a file of the wheel"
    if row.path == record:
        is_bare = not row.digest and not row.size
        return (
            None if is_bare else ("archive/record-self", "RECORD gives a hash or a size of itself")
        )
    facts = files[row.path]
    if row.size != str(facts.size):
        return (
            "archive/record-size",
            f"RECORD says {row.size[:20]!a} bytes for {shown}, not {facts.size}",
        )
    algorithm, _, encoded = row.digest.partition("=")
    if algorithm not in facts.digests:
        return "archive/record-hash", f"RECORD has no strong hash (sha256 or better) of {shown}"
    if not hmac.compare_digest(_decoded(encoded), facts.digests[algorithm]):
        return "archive/record-hash", f"The hash of {shown} in RECORD is not the hash of the file"
    return None


def _decoded(text: str) -> bytes:
    """URL-safe base64 without padding, in its one spelling; anything else is no digest."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
    return data if base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text else b""
