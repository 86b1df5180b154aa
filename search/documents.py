"""Build the document that the search index holds for a tool."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from catalog.models import Tool, ToolQuerySet
from search.engines.base import Document

#: Characters of a README that are indexed.
README_LENGTH = 20_000


def indexable(tools: ToolQuerySet) -> ToolQuerySet:
    """The live tools among ``tools``, with the related rows that a document needs."""
    return tools.live().select_related("namespace", "latest").prefetch_related("latest__functions")


def documents(tools: ToolQuerySet) -> Iterator[Document]:
    """The documents of the live tools among ``tools``, a few hundred rows at a time."""
    for tool in indexable(tools).iterator(chunk_size=500):
        yield document(tool)


def document(tool: Tool) -> Document:
    """The document of a tool that has a latest release."""
    release = tool.latest
    if release is None:
        raise ValueError(f"{tool} has no release, so it cannot be indexed")
    functions = release.functions.all()
    return Document(
        id=tool.full_name,
        namespace=tool.namespace.name,
        name=tool.name,
        title=tool.title,
        summary=tool.summary,
        keywords=tuple(map(str, tool.keywords)),
        category=tool.category,
        functions="\n".join(f"{function.name} {function.description}" for function in functions),
        readme=release.readme[:README_LENGTH],
        card=orjson.dumps(tool.card).decode(),
        downloads=tool.downloads_total,
        rating=round((tool.rating_average or 0) * 1000),
        created=int(tool.created_at.timestamp()),
        updated=int(tool.updated_at.timestamp()),
        permissions=release.needs.needed,
    )
