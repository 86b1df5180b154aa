"""A document's fields in the index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from search.engines.base import Document
from search.engines.fields import spellings, texts, vocabulary
from search.engines.text import name_words, words
from search.engines.whoosh.library import (
    COLUMN,
    ID,
    KEYWORD,
    STORED,
    TEXT,
    Analyzer,
    NumericColumn,
    RefBytesColumn,
    Schema,
    Token,
)

#: Part of the folder's name, so that a change of the fields starts a new index.
SCHEMA_VERSION = 3


class _Words(Analyzer):
    """Splits text with search.engines.text instead of Whoosh's analyzers."""

    def __call__(self, value: str, positions: bool = False, **_: Any) -> Iterator[Any]:
        token = Token(positions, removestops=True)
        for at, word in enumerate(words(value)):
            token.text, token.boost, token.stopped, token.pos = word, 1.0, False, at
            yield token


def _text() -> TEXT:
    return TEXT(analyzer=_Words(), phrase=False, chars=False)


SCHEMA = Schema(
    id=ID(unique=True, stored=True),
    card=STORED(),
    names=KEYWORD(),  # every form in which people type the name
    name_words=KEYWORD(),  # its unstemmed words, for prefixes
    vocabulary=KEYWORD(),  # unstemmed words, for correcting typos
    name=_text(),
    title=_text(),
    keywords=_text(),
    functions=_text(),
    summary=_text(),
    labels=_text(),
    readme=_text(),
    category=COLUMN(RefBytesColumn()),
    downloads=COLUMN(NumericColumn("q")),
    rating=COLUMN(NumericColumn("q")),
    created=COLUMN(NumericColumn("q")),
    updated=COLUMN(NumericColumn("q")),
)


def fields_of(document: Document) -> dict[str, Any]:
    """The values of a document's fields."""
    return {
        **texts(document),
        "id": document.id,
        "card": document.card,
        "names": " ".join(sorted(spellings(document))),
        "name_words": " ".join(name_words(document.name)),
        "vocabulary": " ".join(vocabulary(document)),
        "category": document.category.encode(),
        "downloads": document.downloads,
        "rating": document.rating,
        "created": document.created,
        "updated": document.updated,
    }
