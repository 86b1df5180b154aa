"""Update the search index from the database."""

from __future__ import annotations

import logging

from catalog.models import Tool
from search.documents import document, documents, indexable
from search.engines.base import SearchUnavailable
from search.factory import search_engine

logger = logging.getLogger("lumos.search")

#: With this many tools to update, a rebuild is faster.
MANY = 500


def index_tool(tool_id: int) -> None:
    """Add or update the tool in the index, or remove it if it is hidden."""
    engine = search_engine()
    with engine.exclusive():
        tool = Tool.objects.select_related("namespace").get(pk=tool_id)
        if indexed := indexable(Tool.objects.filter(pk=tool_id)).first():
            engine.index([document(indexed)])
        else:
            engine.remove([tool.full_name])


def rebuild() -> int:
    """Rebuild the index from the database; returns the number of tools."""
    engine = search_engine()
    engine.rebuild(documents(Tool.objects.all()))
    return engine.count()


def repair() -> None:
    """Rebuild a damaged index; otherwise add missing tools and remove hidden ones."""
    engine = search_engine()
    try:
        indexed = engine.ids()
    except SearchUnavailable:
        logger.warning("The search index was damaged and has been rebuilt with %s tools", rebuild())
        return
    live = dict(_live_ids())
    missing = [pk for name, pk in live.items() if name not in indexed]
    if len(missing) > MANY:
        logger.warning(
            "The search index lacked %s tools and has been rebuilt with %s", len(missing), rebuild()
        )
    elif missing or indexed - live.keys():
        with engine.exclusive():
            engine.index(documents(Tool.objects.filter(pk__in=missing)))
            engine.remove(indexed - dict(_live_ids()).keys())


def _live_ids() -> list[tuple[str, int]]:
    rows = Tool.objects.live().values_list("namespace__name", "name", "pk")
    return [(f"{namespace}/{name}", pk) for namespace, name, pk in rows]
