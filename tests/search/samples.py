"""Documents for the tests of search."""

from __future__ import annotations

import json
from typing import Any

from search.engines.base import Document, Hits


def document(tool: str, **changes: Any) -> Document:
    """A document of ``namespace/name``; its card tells the tool alone."""
    namespace, _, name = tool.partition("/")
    values: dict[str, Any] = {
        "id": tool,
        "namespace": namespace,
        "name": name,
        "title": name.replace("-", " ").capitalize(),
        "summary": "",
        "keywords": (),
        "category": "utility",
        "functions": "",
        "readme": "",
        "card": json.dumps({"tool": tool}),
        "downloads": 0,
        "rating": 0,
        "created": 0,
        "updated": 0,
    }
    return Document(**{**values, **changes})


def tools(hits: Hits) -> list[str]:
    """The names on the cards, in order."""
    return [json.loads(card)["tool"] for card in hits.cards]
