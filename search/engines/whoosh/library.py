"""The parts of Whoosh that the engine uses, imported here only.

Whoosh 2.7.4 is from 2016 and no longer maintained. Its modules contain invalid escapes, so their
import warnings are suppressed. Since it no longer changes, this module also uses private names
where the public interface is slow.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import index
    from whoosh.analysis import Analyzer, Token
    from whoosh.codec.whoosh3 import LENGTHS_COLUMN, W3LeafMatcher, _lenfield
    from whoosh.columns import NumericColumn, RefBytesColumn
    from whoosh.fields import COLUMN, ID, KEYWORD, STORED, TEXT, Schema
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.structfile import StructFile
    from whoosh.util.numeric import byte_to_length
    from whoosh.writing import CLEAR

__all__ = [
    "CLEAR",
    "COLUMN",
    "ID",
    "KEYWORD",
    "LENGTHS",
    "STORED",
    "TEXT",
    "Analyzer",
    "NumericColumn",
    "RefBytesColumn",
    "Schema",
    "Token",
    "index",
    "length_column",
    "opened",
    "postings",
]

#: A field's length in words, by the byte that Whoosh stores for it.
LENGTHS: tuple[int, ...] = tuple(byte_to_length(byte) for byte in range(256))


class _Closing(io.IOBase):
    """Closes without a ResourceWarning when it is collected: Whoosh does not close its files."""

    def __del__(self) -> None:
        self.close()


class _Raw(_Closing, io.FileIO):
    """The raw file, which may be collected before its buffer if both are in a cycle."""


class _File(_Closing, io.BufferedReader):
    """The buffered file."""


class _Folder(FileStorage):
    """Whoosh's storage, without memory-mapped files.

    Reading a mapped file that was truncated kills the process (SIGBUS), while reading an ordinary
    file raises an exception.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), supports_mmap=False)

    def open_file(self, name: str, **options: Any) -> StructFile:
        """The file ``name`` of the folder."""
        stream = _File(_Raw(self._fpath(name)))
        return StructFile(stream, name=name, **options)


def opened(folder: Path, schema: Schema) -> Any:
    """The index in ``folder``."""
    return _Folder(folder).open_index(schema=schema)


def length_column(reader: Any, field: str) -> Any:
    """The encoded lengths of a field in a segment, a byte each; None if it has none."""
    return reader._perdoc._cached_reader(_lenfield(field), LENGTHS_COLUMN)


def postings(reader: Any, field: str, word: str) -> Iterator[tuple[Sequence[int], Sequence[float]]]:
    """A word's postings in a field of a segment, by blocks: document numbers and word counts.

    Deleted documents are included. The word must occur in the field.
    """
    matcher = reader._terms.matcher(field, word.encode(), reader.schema[field].format)
    if isinstance(matcher, W3LeafMatcher):
        while matcher.is_active():
            matcher._read_ids()
            matcher._read_weights()
            yield matcher._ids, matcher._weights
            matcher._next_block()
        return
    while matcher.is_active():  # the postings of a rare word are stored inline in its entry
        yield (matcher.id(),), (matcher.weight(),)
        matcher.next()
