"""Parse lines of download logs, written by the WSGI server or nginx. They are not trusted."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass

_PATH = re.compile(r"/files/(?P<two>[0-9a-f]{2})/(?P<sha256>[0-9a-f]{64})/(?P<name>[^/]+\.whl)")


@dataclass(frozen=True, slots=True)
class Download:
    """A complete download of a wheel, on a day in UTC."""

    sha256: str
    filename: str
    day: dt.date


class Garbage(ValueError):
    """The line is invalid."""


def parse(line: bytes) -> Download:
    """Read ``{"time": RFC 3339, "path": "/files/…", "status": 200, …}``; raises Garbage."""
    try:
        entry = json.loads(line)
        match = _PATH.fullmatch(entry["path"])
        moment = dt.datetime.fromisoformat(entry["time"])
        status = int(entry["status"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Garbage(str(error)) from error
    if match is None or match["sha256"][:2] != match["two"] or status != 200:
        raise Garbage("not a download of a wheel")
    if moment.tzinfo is None:
        raise Garbage("a time without a time zone")
    return Download(match["sha256"], match["name"], moment.astimezone(dt.UTC).date())
