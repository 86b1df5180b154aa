"""Rate limits in fixed windows, reported in headers on every response.

Each caller has one counter per window, so that the cost does not depend on the limit; REST
framework's own throttle stores the time of every request. The headers follow the IETF draft
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
    """Parse ``"600/min"`` into (600, 60 seconds); raises ValueError."""
    number, _, unit = text.partition("/")
    if unit not in _SECONDS:
        raise ValueError(
            f"The rate {text!r} is invalid. Use the form 600/min, with s, min, hour or day."
        )
    return int(number), _SECONDS[unit]


class WindowThrottle(BaseThrottle):
    """Limits a caller's requests in each window to the rate in ``settings.RATES[scope]``."""

    scope: ClassVar[str]

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request. The headers report the limit with the fewest requests left."""
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
        except ValueError:  # evicted in between: start at 1
            count = 1
        self._report(request, limit, max(limit - count, 0))
        return count <= limit

    def caller(self, request: Request) -> str | None:
        """The key under which requests are counted; None for no limit."""
        raise NotImplementedError

    def wait(self) -> float:
        """Seconds until the next window, for Retry-After."""
        return float(self.reset)

    def _report(self, request: Request, limit: int, remaining: int) -> None:
        reported = getattr(request._request, "rate_limit", None)
        if reported is None or remaining < int(reported["RateLimit-Remaining"]):
            request._request.rate_limit = {
                "RateLimit-Limit": str(limit),
                "RateLimit-Remaining": str(remaining),
                "RateLimit-Reset": str(self.reset),
            }


class AnonThrottle(WindowThrottle):
    """Limits anonymous requests by IP address."""

    scope = "anon"

    def caller(self, request: Request) -> str | None:
        """The IP address, or None for a signed-in user."""
        return None if request.user.is_authenticated else self.get_ident(request)


class UserThrottle(WindowThrottle):
    """Limits signed-in users by account."""

    scope = "user"

    def caller(self, request: Request) -> str | None:
        """The account's id, or None for an anonymous request."""
        return str(request.user.pk) if request.user.is_authenticated else None


class PublishThrottle(UserThrottle):
    """Limits uploads by account, since each takes minutes to check."""

    scope = "publish"
