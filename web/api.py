"""The base class of all API views: scopes, query parameters, rate limits, idempotency keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from web.idempotency import answer_once
from web.query import Parameter, read


class HasScope(BasePermission):
    """Requires one of the view's scopes from a token. Sessions need no scope.

    A token that is limited to some tools is rejected by views that act on the whole account.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Set ``message`` to say which scope is missing."""
        required = view.scopes_for(request.method)
        token = request.auth
        if not required or token is None:
            return True
        if not set(required) & set(token.scopes):
            self.message = _(
                "This token doesn't have the scope '%(required)s'. Its scopes: %(scopes)s."
            ) % {"required": "' or '".join(required), "scopes": ", ".join(token.scopes)}
            return False
        if token.tools and not view.checks_token_tools:
            self.message = _(
                "This token is limited to %(tools)s, so it can't be used for the whole account."
            ) % {"tools": ", ".join(token.tools)}
            return False
        return True


class ApiView(APIView):
    """An API view with scopes, declared query parameters and idempotent writes."""

    permission_classes: Sequence[Any] = ()
    #: The scope that a token needs for each method, or a tuple of which one is enough:
    #: {"POST": "publish", "GET": ("publish", "read")}.
    scopes: Mapping[str, str | tuple[str, ...]] = {}
    #: Whether the view itself checks ``token.tools``. If not, tokens limited to tools are rejected.
    checks_token_tools = False
    remembers_answers = True
    #: The query parameters of GET; other parameters are rejected.
    query: Sequence[Parameter] = ()
    #: For a parameter that belongs to another view, by name: where to find it.
    query_hints: Mapping[str, str] = {}
    #: The value of each parameter in ``query``, set by ``initial``.
    params: dict[str, Any]

    def scopes_for(self, method: str | None) -> tuple[str, ...]:
        """The scopes of which ``method`` needs one; empty if it needs none."""
        scopes = self.scopes.get(method or "", ())
        return (scopes,) if isinstance(scopes, str) else scopes

    def get_permissions(self) -> list[Any]:
        """The view's permissions, or the default ones, and HasScope."""
        return [
            *(permission() for permission in self.permission_classes or self._default()),
            HasScope(),
        ]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """REST framework's dispatch, with replayed answers and rate limits in the headers."""
        self.args, self.kwargs = args, kwargs
        self.headers = self.default_response_headers
        self.request = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(self.request, *args, **kwargs)
            response = self.call_handler(self.request)
        except Exception as error:  # every error becomes a problem document
            response = self.handle_exception(error)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        for name, value in getattr(request, "rate_limit", {}).items():
            self.response[name] = value
        return self.response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, authorize and throttle the request, then read its query parameters."""
        super().initial(request, *args, **kwargs)
        self.read_query(request)

    def call_handler(self, request: Request) -> Any:
        """Call the method's handler, once per ``Idempotency-Key``."""
        name = str(request.method).lower()
        handler = getattr(self, name, None) if name in self.http_method_names else None
        if handler is None:
            return self.http_method_not_allowed(request, *self.args, **self.kwargs)
        answer = partial(handler, request, *self.args, **self.kwargs)
        key = request.headers.get("Idempotency-Key", "")
        writes = request.method in ("POST", "PUT", "PATCH", "DELETE")
        if key and writes and self.remembers_answers and request.user.is_authenticated:
            return answer_once(request, key, answer)
        return answer()

    def read_query(self, request: Request) -> None:
        """Set ``params``; raises Invalid for an unknown parameter or an invalid value."""
        declared = self.query if request.method in ("GET", "HEAD") else ()
        self.params = read(request.query_params, declared, self.query_hints)

    def _default(self) -> list[Any]:
        return list(api_settings.DEFAULT_PERMISSION_CLASSES)
