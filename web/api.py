"""What every API view shares: scopes, limits told in headers, retried writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from web.idempotency import remember
from web.query import Parameter, read


class HasScope(BasePermission):
    """A token must carry the view's ``scope``; a session needs no scope (it has CSRF).

    A token that is bound to tools does nothing in the account's name.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Refuses with the scope's name, so that the person knows which token to make."""
        wanted = view.scopes_for(request.method)
        token = request.auth
        if not wanted or token is None:
            return True
        if not set(wanted) & set(token.scopes):
            needs, has = "' or '".join(wanted), ", ".join(token.scopes)
            self.message = f"This token lacks the scope '{needs}'; it has: {has}."
            return False
        if token.tools and not view.knows_bindings:
            bound = ", ".join(token.tools)
            self.message = f"This token is bound to {bound} and cannot act for the account."
            return False
        return True


class ApiView(APIView):
    """A view that knows its scopes by method and answers a retried write as the first time."""

    permission_classes: Sequence[Any] = ()
    #: The scope that a token needs, or several of which one is enough, by method, e.g.
    #: {"POST": "publish"}.
    scopes: Mapping[str, str | tuple[str, ...]] = {}
    #: Whether the view looks at the tools that a token is bound to; else it refuses such a token.
    knows_bindings = False
    remembers_answers = True
    #: The query parameters of a GET; a request that brings any other is refused.
    query: Sequence[Parameter] = ()
    #: Where else a parameter that this view lacks is known, by its name.
    query_hints: Mapping[str, str] = {}
    #: The value of each parameter of ``query``, once the request is let in.
    asked: dict[str, Any]

    def scopes_for(self, method: str | None) -> tuple[str, ...]:
        """The scopes of which ``method`` needs one; none: it needs no scope."""
        wanted = self.scopes.get(method or "", ())
        return (wanted,) if isinstance(wanted, str) else wanted

    def get_permissions(self) -> list[Any]:
        """The framework's default plus the scope."""
        return [
            *(permission() for permission in self.permission_classes or self._default()),
            HasScope(),
        ]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """As the framework does, and the limits told on every answer."""
        response = super().dispatch(request, *args, **kwargs)
        for name, value in getattr(request, "rate_limit", {}).items():
            response[name] = value
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, authorize, throttle; read the query; look for an answer given before."""
        super().initial(request, *args, **kwargs)
        self.read_query(request)
        key = request.headers.get("Idempotency-Key", "")
        writes = request.method in ("POST", "PUT", "PATCH", "DELETE")
        if key and writes and self.remembers_answers and request.user.is_authenticated:
            remember(self, request, key)

    def read_query(self, request: Request) -> None:
        """Fill ``asked``; raises Invalid for what the view does not know or take."""
        declared = self.query if request.method in ("GET", "HEAD") else ()
        self.asked = read(request.query_params, declared, self.query_hints)

    def _default(self) -> list[Any]:
        return list(api_settings.DEFAULT_PERMISSION_CLASSES)
