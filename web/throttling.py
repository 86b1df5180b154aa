"""Rate limits by fixed windows, told in headers on every answer.

One counter for each caller and window costs the same however high the limit is; the framework's
own throttle keeps a list of all the times. The header fields are those of the IETF's draft
"RateLimit header fields for HTTP".
"""

from __future__ import annotations

import math
import time
from typing import Any, ClassVar

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

now = time.time
_SECONDS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}


def parse_rate(text: str) -> tuple[int, int]:
    """``"600/min"`` as (600 requests, 60 seconds); raises ValueError."""
    number, _, unit = text.partition("/")
    if unit not in _SECONDS:
        raise ValueError(f"The rate {text!r} is not of the form 600/min (s, min, hour, day).")
    return int(number), _SECONDS[unit]


class WindowThrottle(BaseThrottle):
    """At most so many requests of a caller in each window of time."""

    scope: ClassVar[str]

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request; the tightest limit is the one that is told."""
        caller = self.caller(request)
        if caller is None:
            return True
        limit, seconds = parse_rate(settings.RATES[self.scope])
        window, into = divmod(now(), seconds)
        self.reset = math.ceil(seconds - into)
        key = f"rate:{self.scope}:{caller}:{int(window)}"
        cache.add(key, 0, timeout=seconds * 2)
        try:
            count = cache.incr(key)
        except ValueError:  # evicted between the two: begin again
            count = 1
        self._tell(request, limit, max(limit - count, 0))
        return count <= limit

    def caller(self, request: Request) -> str | None:
        """Who is counted; None: nobody."""
        raise NotImplementedError

    def wait(self) -> float:
        """Seconds until the next window, for Retry-After."""
        return float(self.reset)

    def _tell(self, request: Request, limit: int, remaining: int) -> None:
        told = getattr(request._request, "rate_limit", None)
        if told is None or remaining < int(told["RateLimit-Remaining"]):
            request._request.rate_limit = {
                "RateLimit-Limit": str(limit),
                "RateLimit-Remaining": str(remaining),
                "RateLimit-Reset": str(self.reset),
            }


class AnonThrottle(WindowThrottle):
    """By address, for those who did not sign in."""

    scope = "anon"

    def caller(self, request: Request) -> str | None:
        """The address, unless somebody is signed in."""
        return None if request.user.is_authenticated else self.get_ident(request)


class UserThrottle(WindowThrottle):
    """By account."""

    scope = "user"

    def caller(self, request: Request) -> str | None:
        """The account."""
        return str(request.user.pk) if request.user.is_authenticated else None


class PublishThrottle(UserThrottle):
    """Uploads by account; each one costs minutes of checks."""

    scope = "publish"
