"""How the API reads and writes JSON.

Apart from web.api, since the framework loads this while it starts.
"""

from __future__ import annotations

from typing import Any, BinaryIO

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

#: No document of ours is nested so deep; what is written back or hashed must not fail on it.
DEEPEST = 100


class OrjsonParser(BaseParser):
    """One JSON document in UTF-8, of bounded size and depth."""

    media_type = "application/json"

    def parse(
        self, stream: BinaryIO, media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The document; raises ParseError, or RequestDataTooBig (413)."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise RequestDataTooBig
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.") from None
        _check_depth(document)
        return document


def _check_depth(document: Any) -> None:
    level = [document] if isinstance(document, dict | list) else []
    for _ in range(DEEPEST):
        parts = (one.values() if isinstance(one, dict) else one for one in level)
        level = [child for part in parts for child in part if isinstance(child, dict | list)]
        if not level:
            return
    raise ParseError(f"The body is nested more than {DEEPEST} levels deep.")


class OrjsonRenderer(BaseRenderer):
    """JSON, compact, UTF-8."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """The bytes of ``data``; nothing for an empty answer."""
        return b"" if data is None else orjson.dumps(data, default=str)
