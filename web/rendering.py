"""The API's JSON parser and renderer.

Separate from web.api, because REST framework imports this module while it is being imported.
"""

from __future__ import annotations

from typing import Any, BinaryIO

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

#: Deeper documents are rejected, because hashing or rendering them would fail.
MAX_DEPTH = 100


class OrjsonParser(BaseParser):
    """Parses one JSON document in UTF-8, of limited size and depth."""

    media_type = "application/json"

    def parse(
        self, stream: BinaryIO, media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The document. Raises ParseError (400) or RequestDataTooBig (413)."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise RequestDataTooBig
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(
                _("The request body is not valid JSON: %(error)s.") % {"error": error}
            ) from None
        _check_depth(document)
        return document


def _check_depth(document: Any) -> None:
    level = [document] if isinstance(document, dict | list) else []
    for _depth in range(MAX_DEPTH):
        parts = (value.values() if isinstance(value, dict) else value for value in level)
        level = [child for part in parts for child in part if isinstance(child, dict | list)]
        if not level:
            return
    raise ParseError(
        _("The request body is nested more than %(depth)s levels deep.") % {"depth": MAX_DEPTH}
    )


class OrjsonRenderer(BaseRenderer):
    """Renders compact JSON in UTF-8."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """``data`` as JSON; empty for None (204)."""
        return b"" if data is None else orjson.dumps(data, default=str)
