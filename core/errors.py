"""The errors that actions raise. ``web.problems`` turns them into HTTP responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class DomainError(Exception):
    """A request that cannot be fulfilled, with a message for the user.

    ``detail`` says what happened and why, ``suggestion`` what to do next. ``extra`` (JSON values)
    is added to the problem document, for instance the URL of a conflicting release.
    """

    status: ClassVar[int] = 400
    title: ClassVar[str | Promise] = gettext_lazy("Request failed")
    #: Seconds for the Retry-After header; 0: no header, because trying again does not help.
    retry_after: ClassVar[int] = 0

    def __init__(
        self, code: str, detail: str, *, suggestion: str, extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.suggestion = suggestion
        self.extra = dict(extra or {})


class Invalid(DomainError):
    """The input is invalid."""

    status = 422
    title = gettext_lazy("Invalid input")


class Forbidden(DomainError):
    """The user may see the object, but not do this with it."""

    status = 403
    title = gettext_lazy("Not allowed")


class NotFound(DomainError):
    """The object does not exist or the user may not see it; the answer does not say which."""

    status = 404
    title = gettext_lazy("Not found")


class Conflict(DomainError):
    """The request conflicts with something that exists."""

    status = 409
    title = gettext_lazy("Conflict")


class TooMany(DomainError):
    """An account's limit on concurrent work is reached."""

    status = 429
    title = gettext_lazy("Too many at once")


class TooLarge(DomainError):
    """The upload is larger than the marketplace accepts."""

    status = 413
    title = gettext_lazy("Too large")
