"""The interface of a search engine, and its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from django.utils.translation import gettext_lazy

from core.errors import DomainError

Sort = Literal["relevance", "downloads", "rating", "created", "updated"]
SORTS: tuple[Sort, ...] = get_args(Sort)


class SearchUnavailable(DomainError):
    """The index is damaged; the task ``search.repair`` rebuilds it."""

    status = 503
    title = gettext_lazy("Search is being rebuilt")
    retry_after = 30

    def __init__(self) -> None:
        super().__init__(
            "search_unavailable",
            "The search index is damaged and is being rebuilt.",
            suggestion="Try again in a minute. You can still browse and install tools.",
        )


@dataclass(frozen=True, slots=True)
class Document:
    """One tool as an engine indexes it.

    ``card`` is the JSON of a search result. Results are sorted by the four numbers (rating in
    thousandths, times in seconds since 1970).
    """

    id: str  # namespace/name
    namespace: str
    name: str  # words joined by hyphens
    title: str
    summary: str
    keywords: tuple[str, ...]
    category: str
    functions: str  # names and descriptions
    readme: str
    card: str
    downloads: int
    rating: int
    created: int
    updated: int
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A query. An empty ``text`` matches all tools."""

    text: str = ""
    category: str | None = None
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of cards (JSON texts), the number of matches, and that of each category.

    ``categories`` counts the matches of the text in all categories, also if the query names one,
    so that a page can offer the others.
    """

    total: int
    cards: tuple[str, ...]
    categories: Mapping[str, int]


class SearchEngine(Protocol):
    """Finds documents by words. Safe to use from several threads and processes.

    Before the first document is indexed, a search returns no results.
    """

    def exclusive(self) -> AbstractContextManager[None]:
        """Lock the index for writing, so that data read from the database inside the lock is not
        overwritten with older data."""

    def index(self, documents: Iterable[Document]) -> None:
        """Add documents, replacing those with the same id, in one step."""

    def remove(self, ids: Iterable[str]) -> None:
        """Remove documents; unknown ids are ignored."""

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Replace all documents; readers see the old ones until this is finished."""

    def search(self, query: Query) -> Hits:
        """Search; raises SearchUnavailable."""

    def count(self) -> int:
        """The number of documents; raises SearchUnavailable."""

    def ids(self) -> frozenset[str]:
        """The ids of all documents; raises SearchUnavailable."""
