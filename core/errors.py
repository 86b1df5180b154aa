"""The few errors that actions raise; translated once, at the edge (web.problems)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """Something a person asked for and cannot have.

    ``detail`` says what happened and why, ``suggestion`` what to try; ``extra`` goes into the
    problem document (JSON), for instance the address of the release that stands in the way.
    """

    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request could not be done"
    #: Seconds for the Retry-After header, where trying again helps.
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
    """The input breaks a rule."""

    status = 422
    title = "The input breaks a rule"


class Forbidden(DomainError):
    """Known to exist for this person, but not theirs to do."""

    status = 403
    title = "Not allowed"


class NotFound(DomainError):
    """Not there, or hidden from this person: the two look the same."""

    status = 404
    title = "Not found"


class Conflict(DomainError):
    """It stands against something that exists."""

    status = 409
    title = "Conflict"


class TooMany(DomainError):
    """More than one account may have at a time."""

    status = 429
    title = "Too many at a time"


class TooLarge(DomainError):
    """More bytes than the marketplace takes."""

    status = 413
    title = "Too large"
