"""Serve the registry's files over WSGI, in front of Django.

Uses neither Django nor the database nor Redis, so installs work while those are unavailable.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from core.headers import OUTSIDE_DJANGO
from core.slots import SHORT, Slots, SlottedResponse
from core.store.base import Store, StoreKeyError
from lumos.package.keys import namespace_key
from lumos.package.names.tools import OFFICIAL_NAMESPACE, canonical
from registry import answers
from registry.answers import Answer, Headers
from registry.conditions import HTML, SIMPLE_JSON, simple_format
from registry.delivery import Blocks, Environ, Representation, deliver
from registry.download_log import DownloadLog

logger = logging.getLogger("lumos.registry")
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

TREES = ("index", "simple", "files")
#: A path segment; temporary files begin with a dot and are not served.
_PART = re.compile(r"(?!\.)[A-Za-z0-9_.+-]{1,255}")
#: A distribution name normalized as in PEP 503.
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,253}[a-z0-9])?")

#: Sent with every response. CORS is open, because all these files are public.
_HEADERS: Headers = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Content-Range, Accept-Ranges"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    *OUTSIDE_DJANGO,
]
_HSTS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


class StaticTree:
    """A WSGI application that serves the files in ``store``, and ``app`` for other paths."""

    def __init__(
        self,
        app: App,
        *,
        store: Store,
        download_log: Path,
        upstream_index: str = "",
        readers: Slots | None = None,
    ) -> None:
        self.readers = readers or Slots(1000)
        self.app = app
        self.store = store
        self.upstream_index = upstream_index.rstrip("/")
        self.log = DownloadLog(Path(download_log))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer requests below ``TREES``; pass all others to the application."""
        path = environ.get("PATH_INFO", "")
        first, *rest = path.split("/")
        if first or not rest or rest[0] not in TREES:
            return self.app(environ, start_response)
        try:
            answer = self._answer(environ, rest)
            answer = self._with_slot(answer, environ.get("REMOTE_ADDR", ""))
        except OSError:
            logger.exception("Could not read the registry's file at %r", path)
            answer = answers.unreadable()
        headers = [*answer.headers, *_HEADERS]
        if "https" in (environ.get("HTTP_X_FORWARDED_PROTO"), environ.get("wsgi.url_scheme")):
            headers.append(_HSTS)
        start_response(answer.status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else answer.body or []

    def _answer(self, environ: Environ, parts: list[str]) -> Answer:
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return answers.options()
        if method not in ("GET", "HEAD"):
            return answers.not_allowed(method)
        page = self._simple(environ, parts[1:]) if parts[0] == "simple" else None
        return page or self._file(environ, parts) or answers.missing(_shown(environ))

    def _with_slot(self, answer: Answer, reader: str) -> Answer:
        """Reserve a slot for a long response, which occupies a thread; 503 if none is free."""
        if not isinstance(answer.body, Blocks) or answer.body.left <= SHORT:
            return answer
        if self.readers.take(reader):
            return replace(answer, body=SlottedResponse(answer.body, self.readers, reader))
        answer.body.close()
        return answers.busy()

    def _simple(self, environ: Environ, parts: list[str]) -> Answer | None:
        """``/simple/`` and ``/simple/{distribution}/``, as HTML or JSON."""
        if not parts:
            return answers.redirect("301 Moved Permanently", _address(environ, "/simple/"))
        if parts == [""]:
            return self._page(environ, "simple")
        if not (len(parts) == 1 or parts[1:] == [""]) or parts[0] in ("index.html", "index.json"):
            return None
        name = canonical(parts[0])
        if not _NAME.fullmatch(name):
            return None
        if parts != [name, ""]:
            return answers.redirect("301 Moved Permanently", _address(environ, f"/simple/{name}/"))
        return self._page(environ, f"simple/{name}") or self._upstream(name)

    def _page(self, environ: Environ, folder: str) -> Answer | None:
        query = parse_qs(environ.get("QUERY_STRING", "").replace("+", "%2B"))
        kind = simple_format(environ.get("HTTP_ACCEPT", ""), query.get("format", [""])[-1])
        name = "index.json" if kind == SIMPLE_JSON else "index.html"
        content_type = "" if kind == HTML else kind
        return self._file(environ, [*folder.split("/"), name], content_type, negotiated=True)

    def _upstream(self, name: str) -> Answer | None:
        if not self.upstream_index or self._is_ours(name):
            return None
        return answers.redirect("302 Found", f"{self.upstream_index}/{name}/")

    def _is_ours(self, name: str) -> bool:
        """Whether its prefix is a namespace here. Such names are not looked up upstream."""
        namespace, hyphen, _ = name.partition("-")
        return bool(hyphen) and (
            namespace == OFFICIAL_NAMESPACE or self.store.exists(namespace_key(namespace))
        )

    def _file(
        self,
        environ: Environ,
        parts: list[str],
        content_type: str = "",
        *,
        negotiated: bool = False,
    ) -> Answer | None:
        if not all(_PART.fullmatch(part) for part in parts):
            return None
        key = "/".join(parts)
        if parts[0] == "simple" and key.endswith(".json"):
            content_type = SIMPLE_JSON
        what = Representation(key, content_type, negotiated)
        is_wheel = parts[0] == "files" and key.endswith(".whl")

        def delivered() -> None:
            if is_wheel:
                self.log.add(f"/{key}", environ.get("HTTP_USER_AGENT", ""))

        try:
            return deliver(environ, self.store, what, delivered)
        except StoreKeyError:
            return None


def _shown(environ: Environ) -> str:
    return str(environ.get("PATH_INFO", "")).encode("latin-1").decode("utf-8", "replace")[:200]


def _address(environ: Environ, path: str) -> str:
    query = environ.get("QUERY_STRING", "")
    return quote(environ.get("SCRIPT_NAME", "") + path) + (f"?{query}" if query else "")
