"""The HTTP client of the command: timeouts, retries, size limits and redirects.

Proxies (``HTTP_PROXY``, ``HTTPS_PROXY``, ``NO_PROXY``) and custom certificate authorities
(``SSL_CERT_FILE``, ``SSL_CERT_DIR``) come from the environment.
"""

from __future__ import annotations

import hashlib
import os
import platform
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, BinaryIO, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx2

from lumos import __version__
from lumos.client.answers import ENCODINGS, read_body, shown, too_big
from lumos.client.errors import LumosError, NetworkError
from lumos.client.parallel import within
from lumos.client.retry_after import retry_after_seconds, retry_hint

__all__ = ["DEFAULT_REGISTRY", "Download", "Transport", "registry_root"]

DEFAULT_REGISTRY = "http://127.0.0.1:8000"
"""The registry if ``LUMOS_REGISTRY`` is not set: the one that ``make run`` starts."""

MAX_DOCUMENT = 8 * 1024 * 1024
"""The largest response other than a file, in decoded bytes."""
DOCUMENT_SECONDS = 120.0
"""The timeout of one attempt from the first byte sent to the last read, with redirects."""
_SLOWEST_DOWNLOAD = 20_000
"""Bytes per second: the timeout of a download allows for its size at this speed."""
MAX_REDIRECTS = 5
ATTEMPTS = 4
LONGEST_WAIT = 30.0
"""Seconds. If Retry-After is longer, there is no retry and the response is the result."""
_RETRIED = frozenset({429, 500, 502, 503, 504})
_CHUNK = 256 * 1024

T = TypeVar("T")


def registry_root() -> str:
    """The root URL of the registry, without a trailing slash."""
    return (os.environ.get("LUMOS_REGISTRY") or DEFAULT_REGISTRY).rstrip("/")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # unclosed brackets, or a port that is not a number
        return False


@dataclass(frozen=True, slots=True)
class Download:
    """The size in bytes and the sha256 in hexadecimal of what was written."""

    size: int
    sha256: str


class Transport:
    """A connection pool for one registry. Paths are relative to its URL, ``root``."""

    def __init__(self, root: str | None = None) -> None:
        self.root = (root or registry_root()).rstrip("/")
        if not _is_url(self.root):
            raise NetworkError(
                f'"{self.root}" is not a valid registry URL.',
                why="LUMOS_REGISTRY must be an http or https URL.",
                hint=f"export LUMOS_REGISTRY={DEFAULT_REGISTRY}",
            )

    @cached_property
    def _client(self) -> httpx2.Client:
        agent = f"lumos-cli/{__version__} (Python {platform.python_version()}; {platform.system()})"
        return httpx2.Client(
            headers={"User-Agent": agent, "Accept-Encoding": ENCODINGS},
            timeout=httpx2.Timeout(30.0, connect=5.0),
            follow_redirects=False,  # done in _follow, which reads no body and checks each URL
        )

    def close(self) -> None:
        """Close the connections."""
        if "_client" in self.__dict__:
            self._client.close()

    def url(self, path: str) -> str:
        """``path`` as an absolute URL; an absolute one is unchanged."""
        return urljoin(self.root + "/", path if "://" in path else path.lstrip("/"))

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """GET a small public document; responses with status 4xx and 5xx are returned.

        Redirects to another host (a CDN) are followed, but never from https to http.
        """
        return self._exchange("GET", self.url(path), _whole, headers=headers)

    def send(
        self, method: str, path: str, *, retry: bool = True, **options: Any
    ) -> httpx2.Response:
        """Send an API request. ``retry`` is only for requests that are safe to repeat.

        ``options`` are httpx2's (``json``, ``headers``, ``params``, ``timeout``); ``body`` is a
        callable that returns new options for each attempt, for streams that can be read only once.
        ``seconds`` is the timeout of each attempt. A request with a token or another method than
        GET is sent only to the registry's own scheme, host and port, even after redirects.
        """
        return self._exchange(method, self.url(path), _whole, retry=retry, **options)

    def download(self, url: str, sink: BinaryIO, *, limit: int) -> Download:
        """Write a file to ``sink``; raises :class:`IntegrityError` after ``limit`` bytes."""

        def save(response: httpx2.Response) -> Download:
            if response.status_code != 200:
                raise _unexpected(response)
            digest, size = hashlib.sha256(), 0
            for chunk in response.iter_raw(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise too_big(str(response.url), limit)
                digest.update(chunk)
                sink.write(chunk)
            return Download(size, digest.hexdigest())

        headers = {"Accept-Encoding": "identity"}
        seconds = DOCUMENT_SECONDS + limit / _SLOWEST_DOWNLOAD
        return self._exchange("GET", self.url(url), save, headers=headers, seconds=seconds)

    def _exchange(
        self,
        method: str,
        url: str,
        read: Callable[[httpx2.Response], T],
        *,
        retry: bool = True,
        body: Callable[[], dict[str, Any]] | None = None,
        seconds: float | None = None,
        **options: Any,
    ) -> T:
        """``read`` of the first response that needs no retry; raises :class:`LumosError`."""
        attempts = ATTEMPTS if retry else 1
        allowed = DOCUMENT_SECONDS if seconds is None else seconds
        for attempt in range(1, attempts + 1):
            last = attempt == attempts
            try:
                fresh = body() if body else {}
                request = self._client.build_request(method, url, **options, **fresh)
                once = partial(self._once, request, read, None if last else attempt)
                outcome = within(allowed, once)
            except (httpx2.TransportError, httpx2.TooManyRedirects, httpx2.InvalidURL) as error:
                if last or not isinstance(error, httpx2.TransportError):
                    raise self._unreachable(url, error) from error
                outcome = _Retry(_pause(attempt))
            except TimeoutError as error:
                raise _timed_out(url, allowed) from error
            if not isinstance(outcome, _Retry):
                return outcome
            time.sleep(outcome.pause)
        raise AssertionError("the last attempt returns or raises")

    def _once(
        self, request: httpx2.Request, read: Callable[[httpx2.Response], T], attempt: int | None
    ) -> T | _Retry:
        """One attempt; ``attempt`` is ``None`` for the last one, which is not retried."""
        response = self._follow(request)
        try:
            if attempt is not None and response.status_code in _RETRIED:
                pause = _pause(attempt, response.headers.get("Retry-After"))
                if pause <= LONGEST_WAIT:
                    return _Retry(pause)
            return read(response)
        except httpx2.TransportError as error:  # part of the file was written, so no retry
            raise self._unreachable(str(request.url), error) from error
        finally:
            response.close()

    def _follow(self, request: httpx2.Request) -> httpx2.Response:
        """The response after redirects, whose bodies are not read."""
        sensitive = request.method != "GET" or "Authorization" in request.headers
        following = request
        for _ in range(MAX_REDIRECTS + 1):
            self._check_url(following.url, sensitive=sensitive)
            response = self._client.send(following, stream=True)
            if response.next_request is None:
                return response
            response.close()
            following = response.next_request
        raise httpx2.TooManyRedirects(f"more than {MAX_REDIRECTS} redirects", request=request)

    def _check_url(self, url: httpx2.URL, *, sensitive: bool) -> None:
        """Raise for a downgrade to http, and for a sensitive request to another origin."""
        root = httpx2.URL(self.root)
        if root.scheme == "https" and url.scheme != "https":
            raise NetworkError(
                "The registry redirected to an unencrypted address.",
                why=f"{shown(self.root)} is https, but {shown(str(url))} is not.",
                hint="Nothing was sent there. Report this to the operator of the registry.",
            )
        if sensitive and url.origin != root.origin:
            raise NetworkError(
                "The registry redirected to another address. Your token and request were not sent "
                "there.",
                why=f"{shown(str(url))} is not at {shown(self.root)}.",
                hint=f"If the registry has moved: export LUMOS_REGISTRY={_root(url)}",
            )

    def _unreachable(self, url: str, error: Exception) -> LumosError:
        reason = str(error) or type(error).__name__
        return NetworkError(
            f"Could not reach {shown(url)}.",
            why=f"{reason} ({type(error).__name__}).",
            hint=(
                f"Check that {self.root} is the right registry and is running, "
                "set LUMOS_REGISTRY, or try again later."
            ),
        )


@dataclass(frozen=True, slots=True)
class _Retry:
    """A temporary failure: try again after ``pause`` seconds."""

    pause: float


def _whole(response: httpx2.Response) -> httpx2.Response:
    """The response with its body, which is at most ``MAX_DOCUMENT`` bytes decoded."""
    body = read_body(response, MAX_DOCUMENT)
    headers = [
        (name, value)
        for name, value in response.headers.items()
        if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
    ]
    return httpx2.Response(
        response.status_code, headers=headers, content=body, request=response.request
    )


def _root(url: httpx2.URL) -> str:
    return str(url.copy_with(path="/", query=None, fragment=None, userinfo=b"")).rstrip("/")


def _pause(attempt: int, retry_after: str | None = None) -> float:
    """Seconds before the next attempt: Retry-After, otherwise 0.2, 0.4, 0.8 with jitter."""
    requested = retry_after_seconds(retry_after) if retry_after else None
    backoff = 0.2 * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311  (no secret)
    return backoff if requested is None else max(requested, 0.0)


def _timed_out(url: str, seconds: float) -> LumosError:
    return NetworkError(
        f"The request to {shown(url)} timed out.",
        why=f"The response was not complete after {seconds:g} seconds.",
        hint="Nothing was saved. Check the connection and try again later.",
    )


def _unexpected(response: httpx2.Response) -> LumosError:
    return NetworkError(
        f"{shown(str(response.url))} responded with status {response.status_code}.",
        why="The file in the index does not exist, or the server has a problem.",
        hint=f"{retry_hint(response)} If the release was removed: lumos update",
    )
