"""Verbs that bring the index to what the database says."""

from __future__ import annotations

import logging

from catalog.models import Tool
from search.documents import document, documents, indexable
from search.engines.base import SearchUnavailable
from search.factory import search_engine

logger = logging.getLogger("lumos.search")

#: So many tools at once are faster indexed together with all others.
MANY = 500


def index_tool(tool_id: int) -> None:
    """Put the tool into the index as the database has it now, or take it out if it is hidden."""
    engine = search_engine()
    with engine.exclusive():
        tool = Tool.objects.select_related("namespace").get(pk=tool_id)
        if found := indexable(Tool.objects.filter(pk=tool_id)).first():
            engine.index([document(found)])
        else:
            engine.remove([tool.full_name])


def rebuild() -> int:
    """Make the index anew from the database; how many tools it holds."""
    engine = search_engine()
    engine.rebuild(documents(Tool.objects.all()))
    return engine.count()


def repair() -> None:
    """Make the index anew where it is damaged; else add what it lacks, remove what is hidden."""
    engine = search_engine()
    try:
        indexed = engine.ids()
    except SearchUnavailable:
        logger.warning("the search index was damaged: %s tools indexed anew", rebuild())
        return
    live = dict(_live_ids())
    missing = [pk for name, pk in live.items() if name not in indexed]
    if len(missing) > MANY:
        logger.warning("the search index lacked %s tools: %s indexed", len(missing), rebuild())
    elif missing or indexed - live.keys():
        with engine.exclusive():
            engine.index(documents(Tool.objects.filter(pk__in=missing)))
            engine.remove(indexed - dict(_live_ids()).keys())


def _live_ids() -> list[tuple[str, int]]:
    rows = Tool.objects.live().values_list("namespace__name", "name", "pk")
    return [(f"{namespace}/{name}", pk) for namespace, name, pk in rows]
