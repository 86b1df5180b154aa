"""The parts of a document in which words are sought, the same for every engine."""

from __future__ import annotations

from search.engines.base import Document
from search.engines.text import name_words


def texts(document: Document) -> dict[str, str]:
    """Text by field; the fields are those of ranking.BOOSTS."""
    return {
        # "csv parser", and "csvparser" for those who write it as one word.
        "name": f"{document.namespace} {document.name} {_joined(document)}",
        "title": document.title,
        "keywords": " ".join(document.keywords),
        "functions": document.functions,
        "summary": document.summary,
        "labels": " ".join((document.category, *document.permissions)),
        "readme": document.readme,
    }


def spellings(document: Document) -> set[str]:
    """The name in every form in which people type it."""
    short, package = document.name, document.id.replace("/", "-")
    written = {short, document.id, package}
    return written | {each.replace("-", "_") for each in (short, package)} | {_joined(document)}


def vocabulary(document: Document) -> list[str]:
    """The words that its author chose with care, as they are written: what typos are held to."""
    said = (document.name, document.title, document.summary, *document.keywords)
    return name_words(" ".join((*said, _joined(document))))


def _joined(document: Document) -> str:
    return document.name.replace("-", "")
