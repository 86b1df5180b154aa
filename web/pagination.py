"""Cursor pagination: page 1,000 costs as much as page 1."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from typing import Any

import orjson
from django.db.models import CharField, DateTimeField, Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from core.errors import Invalid
from web.query import Text

_ADVICE = gettext_lazy("Use the 'next' URL of the previous page.")
#: The query parameter of paginated views.
CURSOR = Text(
    "cursor",
    "Where the page starts, as given in the 'next' URL of the previous page.",
    pattern="[A-Za-z0-9_-]+",
    advice=_ADVICE,
)


class CursorPagination:
    """Pages of a QuerySet, each starting after the last row of the previous one.

    Rows hold JSON that was rendered when they were written, so nothing is serialized here.
    """

    size = 30

    @classmethod
    def page(cls, request: Request, rows: QuerySet[Any], *, by: str, field: str) -> HttpResponse:
        """Respond with ``{"results": […], "next": URL}``, in descending order of ``by``, then id.

        Each result is the JSON in the row's ``field``.
        """
        page, following = cls.slice(request, rows, by=by, fields=(field,))
        body = {"results": [orjson.Fragment(_as_json(row[2])) for row in page], "next": following}
        return HttpResponse(orjson.dumps(body), content_type="application/json")

    @classmethod
    def slice(
        cls, request: Request, rows: QuerySet[Any], *, by: str, fields: Sequence[str]
    ) -> tuple[list[tuple[Any, ...]], str | None]:
        """One page as tuples (id, ``by``, *fields), and the URL of the next page."""
        if cursor := request.query_params.get("cursor"):
            value, last = cls._decode(cursor, rows.model._meta.get_field(by))
            rows = rows.filter(Q(**{f"{by}__lt": value}) | Q(**{by: value, "pk__lt": last}))
        ordered = rows.order_by(f"-{by}", "-pk").values_list("pk", by, *fields)
        page = list(ordered[: cls.size + 1])
        if len(page) <= cls.size:
            return page, None
        page = page[: cls.size]
        query = request.query_params.copy()
        query["cursor"] = cls._encode(page[-1][1], page[-1][0])
        return page, f"{request.path}?{query.urlencode()}"

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
            _("The cursor is invalid."),
            suggestion=str(_ADVICE),
        )


def _time(text: str) -> dt.datetime:
    """Parse a time with a UTC offset; raises ValueError."""
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
