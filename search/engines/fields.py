"""The fields of a document that are searched, the same for every engine."""

from __future__ import annotations

from search.engines.base import Document
from search.engines.text import name_words


def texts(document: Document) -> dict[str, str]:
    """Text by field; the fields are those of ranking.BOOSTS."""
    return {
        # "csv parser" and also "csvparser", because people type both.
        "name": f"{document.namespace} {document.name} {_joined(document)}",
        "title": document.title,
        "keywords": " ".join(document.keywords),
        "functions": document.functions,
        "summary": document.summary,
        "labels": " ".join((document.category, *document.permissions)),
        "readme": document.readme,
    }


def spellings(document: Document) -> set[str]:
    """Every form in which people type the name."""
    short, package = document.name, document.id.replace("/", "-")
    written = {short, document.id, package}
    return written | {form.replace("-", "_") for form in (short, package)} | {_joined(document)}


def vocabulary(document: Document) -> list[str]:
    """The unstemmed words of name, title, summary and keywords. Typos are corrected to these."""
    parts = (document.name, document.title, document.summary, *document.keywords)
    return name_words(" ".join((*parts, _joined(document))))


def _joined(document: Document) -> str:
    return document.name.replace("-", "")
