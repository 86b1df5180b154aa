"""Pages of rows by cursor, so that page 1,000 costs what page 1 costs."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from typing import Any

import orjson
from django.db.models import CharField, DateTimeField, Q, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from core.errors import Invalid
from web.query import Text

_ADVICE = "Take it from the 'next' address of the page before."
#: What a view with pages declares among its query parameters.
CURSOR = Text(
    "cursor",
    "Where the page begins; taken from the 'next' address of the page before.",
    pattern="[A-Za-z0-9_-]+",
    advice=_ADVICE,
)


class CursorPagination:
    """Pages of a QuerySet by the last row's sort value: ``{"results": […], "next": URL}``.

    Serves rows that were rendered when they were written, so nothing is serialized here.
    """

    size = 30

    @classmethod
    def page(cls, request: Request, rows: QuerySet[Any], *, by: str, field: str) -> HttpResponse:
        """Rows in descending order of ``by`` then id, each as the JSON in its ``field``."""
        found, following = cls.slice(request, rows, by=by, fields=(field,))
        body = {"results": [orjson.Fragment(_as_json(row[2])) for row in found], "next": following}
        return HttpResponse(orjson.dumps(body), content_type="application/json")

    @classmethod
    def slice(
        cls, request: Request, rows: QuerySet[Any], *, by: str, fields: Sequence[str]
    ) -> tuple[list[tuple[Any, ...]], str | None]:
        """One page as tuples (id, ``by``, *fields), and the address of the next page."""
        if cursor := request.query_params.get("cursor"):
            value, last = cls._decode(cursor, rows.model._meta.get_field(by))
            rows = rows.filter(Q(**{f"{by}__lt": value}) | Q(**{by: value, "pk__lt": last}))
        ordered = rows.order_by(f"-{by}", "-pk").values_list("pk", by, *fields)
        found = list(ordered[: cls.size + 1])
        if len(found) <= cls.size:
            return found, None
        found = found[: cls.size]
        query = request.query_params.copy()
        query["cursor"] = cls._encode(found[-1][1], found[-1][0])
        return found, f"{request.path}?{query.urlencode()}"

    @staticmethod
    def _encode(value: Any, pk: Any) -> str:
        return base64.urlsafe_b64encode(orjson.dumps([value, pk], default=str)).decode().rstrip("=")

    @staticmethod
    def _decode(cursor: str, field: Any) -> tuple[Any, int]:
        try:
            value, pk = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            value = _time(value) if isinstance(field, DateTimeField) else value
        except (ValueError, TypeError, OverflowError):
            value, pk = None, None
        if type(pk) is int and _fits(field, value):
            return value, pk
        raise Invalid(
            "cursor",
            "The cursor is not one of ours.",
            suggestion=_ADVICE,
        )


def _time(text: str) -> dt.datetime:
    """In UTC, as the database compares it; raises where there is no such time, or no zone."""
    time = dt.datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(text)
    return time.astimezone(dt.UTC)


def _fits(field: Any, value: Any) -> bool:
    if isinstance(field, DateTimeField):
        return isinstance(value, dt.datetime)
    if isinstance(field, CharField):
        return isinstance(value, str) and "\0" not in value
    return type(value) in (int, float)


def _as_json(value: Any) -> bytes | str:
    return value if isinstance(value, str | bytes) else orjson.dumps(value, default=str)
