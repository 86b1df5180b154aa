"""The parts of Whoosh that we use, imported once and quietly.

Whoosh 2.7.4 is of 2016: its own files have invalid escapes, of which newer Pythons warn. It will
not change any more, so what it keeps to itself (names with an underscore) is used here too, where
its own door is slow.
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

#: A field's length in words, by the byte that stands for it.
LENGTHS: tuple[int, ...] = tuple(byte_to_length(byte) for byte in range(256))


class _Closing(io.IOBase):
    """Closes with the last reader that uses it, because Whoosh does not close its files."""

    def __del__(self) -> None:
        self.close()


class _Raw(_Closing, io.FileIO):
    """The file itself; in a cycle it may be collected before its buffer."""


class _File(_Closing, io.BufferedReader):
    """The file with its buffer."""


class _Folder(FileStorage):
    """Whoosh's folder, read through ordinary files.

    Nothing is memory-mapped: reading a mapped file behind its end kills the process (SIGBUS),
    where reading an ordinary file raises.
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
    """The bytes that stand for the lengths of a field in a segment; None where it has none."""
    return reader._perdoc._cached_reader(_lenfield(field), LENGTHS_COLUMN)


def postings(reader: Any, field: str, word: str) -> Iterator[tuple[Sequence[int], Sequence[float]]]:
    """Where a word stands in a field of a segment: numbers of documents, and how often, by blocks.

    Deleted documents are among them. The word must be there.
    """
    matcher = reader._terms.matcher(field, word.encode(), reader.schema[field].format)
    if isinstance(matcher, W3LeafMatcher):
        while matcher.is_active():
            matcher._read_ids()
            matcher._read_weights()
            yield matcher._ids, matcher._weights
            matcher._next_block()
        return
    while matcher.is_active():  # a rare word's postings stand in its own entry
        yield (matcher.id(),), (matcher.weight(),)
        matcher.next()
