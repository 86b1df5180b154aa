"""Hiding secrets in whatever is shown, stored or logged: the one place that does it.

A finding, an excerpt, a traceback or a build error can carry a secret of the package although no
secret was looked for. A :class:`Masker` hides what looks like a secret in the text at hand, and
every occurrence of the secrets that it was told of, also where a text was cut in the middle of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lumos.package.archive.reader import Archive
from lumos.package.credentials import merged, secret_spans
from lumos.package.findings import Finding
from lumos.package.namedsecrets import Span, is_worth_masking, names_credential
from lumos.package.secretvalues import SHORTEST, has_shape, is_placeholder, looks_random

__all__ = ["MASK", "Masker", "mask", "masker_of", "masker_of_folder"]

MASK = "[masked]"
#: Secrets that one masker remembers; a package with more has them masked where they are named.
MOST_SECRETS = 2000
#: Characters that are searched for a package's secrets: of one file, and of all, code first.
LONGEST_FILE = 1_000_000
LONGEST_PACKAGE = 8_000_000
_SPLIT = re.compile(r"\\[nrt]|[\s\"'+,]+")
_SOURCE_KEYS = ("source", "code")


class Masker:
    """Masks texts; ``texts`` are the package's own files, whose secrets it remembers.

    Masking twice changes nothing. Values below six characters are not masked.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        secrets = _secrets_of(texts)
        #: Longest first, so that a secret inside another does not break the longer one.
        self._secrets = sorted(secrets, key=len, reverse=True)
        self._pieces = {piece for secret in secrets for piece in _telling_pieces(secret)}

    def text(self, text: str, *, source: bool = False) -> str:
        """The text with every secret replaced; line breaks stay. ``source``: lines of code."""
        if len(text) < SHORTEST:
            return text
        spans = [*secret_spans(text, source=source), *self._known(text)]
        return _replaced(text, merged(spans))

    def value(self, value: Any, *, source: bool = False) -> Any:
        """JSON with its texts masked; the keys of objects stay."""
        if isinstance(value, str):
            return self.text(value, source=source)
        if isinstance(value, Mapping):
            return {key: self._member(str(key), member) for key, member in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value

    def _member(self, key: str, member: Any) -> Any:
        if isinstance(member, str) and names_credential(key) and is_worth_masking(member):
            return MASK
        return self.value(member, source=key in _SOURCE_KEYS)

    def finding(self, finding: Finding) -> Finding:
        """The finding with its texts and its evidence masked."""
        return replace(
            finding,
            message=self.text(finding.message),
            why=self.text(finding.why),
            fix=self.text(finding.fix),
            evidence=self.value(finding.evidence),
        )

    def _known(self, text: str) -> Iterable[Span]:
        for secret in self._secrets:
            start = text.find(secret)
            while start >= 0:
                yield start, start + len(secret)
                start = text.find(secret, start + 1)
            yield from _cut_off(text, secret)
        if self._pieces:
            for start in range(len(text) - SHORTEST + 1):
                if text[start : start + SHORTEST] in self._pieces:
                    yield start, start + SHORTEST


def masker_of(archive: Archive) -> Masker:
    """A masker that knows the secrets in a package's text files."""
    return Masker(_texts_of(archive))


def masker_of_folder(folder: Path) -> Masker:
    """A masker that knows the secrets in the text files of a folder; links are not followed."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    small = (path for path in files if not path.is_symlink())
    return Masker(
        path.read_text("utf-8", "replace")
        for path in small
        if path.stat().st_size <= LONGEST_FILE and "__pycache__" not in path.parts
    )


def _texts_of(archive: Archive) -> Iterable[str]:
    for entry in sorted(archive.files, key=lambda entry: (entry.name[-3:] != ".py", entry.size)):
        if entry.size <= LONGEST_FILE:
            data = archive.read(entry.name)
            if b"\0" not in data[:4096]:
                yield data.decode("utf-8", "replace").replace("\r\n", "\n")


@cache
def _plain() -> Masker:
    return Masker()


def mask(text: str) -> str:
    """The text with what looks like a secret replaced, where nothing of a package is at hand."""
    return _plain().text(text)


def _secrets_of(texts: Iterable[str]) -> set[str]:
    secrets: set[str] = set()
    left = LONGEST_PACKAGE
    for text in texts:
        if len(text) > min(left, LONGEST_FILE):
            continue
        left -= len(text)
        for start, end in secret_spans(text):
            secrets.update(_forms(text[start:end]))
            if len(secrets) > MOST_SECRETS:
                return secrets
    return secrets


def _forms(secret: str) -> Iterable[str]:
    """A secret as it may appear elsewhere: line by line, unescaped, decoded from an address."""
    plain = unquote(secret)
    try:
        unescaped = secret.encode("latin-1").decode("unicode_escape") if "\\" in secret else secret
    except (UnicodeDecodeError, UnicodeEncodeError):
        unescaped = secret
    for form in {secret, plain, unescaped, *_SPLIT.split(secret)}:
        if len(form) >= SHORTEST and not is_placeholder(form) and _is_no_word(form):
            yield form


def _is_no_word(secret: str) -> bool:
    """A value that may be hidden everywhere: hiding a word would make messages unreadable."""
    return has_shape(secret) or len(secret) >= (16 if secret.isalpha() else 10)


def _telling_pieces(secret: str) -> Iterable[str]:
    """Pieces of six characters of a random value that are part of no word."""
    if not looks_random(secret):
        return
    for start in range(len(secret) - SHORTEST + 1):
        piece = secret[start : start + SHORTEST]
        if not (piece.islower() and piece.isalpha()) and not piece.isdigit():
            yield piece


def _cut_off(text: str, secret: str) -> Iterable[Span]:
    """The beginning of a secret where the text ends, the end of one where it begins."""
    body = text.rstrip("…'\"` \n").removesuffix("...")
    for length in range(min(len(secret) - 1, len(body)), SHORTEST - 1, -1):
        if body.endswith(secret[:length]):
            yield len(body) - length, len(body)
            break
    begin = text.lstrip("…'\"` \n")
    offset = len(text) - len(begin)
    for length in range(min(len(secret) - 1, len(begin)), SHORTEST - 1, -1):
        if begin.startswith(secret[-length:]):
            yield offset, offset + length
            break


def _replaced(text: str, spans: list[Span]) -> str:
    """The text with each span replaced, line by line, so that line numbers stay right."""
    parts, position = [], 0
    for start, end in spans:
        parts += [text[position:start], re.sub(r"[^\n]+", MASK, text[start:end])]
        position = end
    return "".join([*parts, text[position:]])
