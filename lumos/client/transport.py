"""HTTP as a command line needs it: time-outs, retries, proxies, limits, and errors that help.

Proxies (``HTTP_PROXY``, ``HTTPS_PROXY``, ``NO_PROXY``) and an own certificate authority
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
from lumos.client.patience import asked_seconds, patience

__all__ = ["DEFAULT_REGISTRY", "Download", "Transport", "registry_root"]

DEFAULT_REGISTRY = "http://127.0.0.1:8000"
"""The registry where ``LUMOS_REGISTRY`` is not set: the one that ``make run`` starts."""

MAX_DOCUMENT = 8 * 1024 * 1024
"""Decoded bytes of an index, an API answer or an error."""
DOCUMENT_SECONDS = 120.0
"""From the first byte sent to the last one read, redirects included, however slowly it drips."""
_SLOWEST_DOWNLOAD = 20_000
"""Bytes a second; a download may take as long as its promised size needs at this speed."""
MAX_REDIRECTS = 5
ATTEMPTS = 4
LONGEST_WAIT = 30.0
"""Seconds; a server that asks for more is taken at its word, and the answer is shown."""
_RETRIED = frozenset({429, 500, 502, 503, 504})
_CHUNK = 256 * 1024

T = TypeVar("T")


def registry_root() -> str:
    """The root address of the registry, without a slash at its end."""
    return (os.environ.get("LUMOS_REGISTRY") or DEFAULT_REGISTRY).rstrip("/")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is no number
        return False


@dataclass(frozen=True, slots=True)
class Download:
    """What was written: how many bytes and their sha256 in hexadecimal."""

    size: int
    sha256: str


class Transport:
    """One connection pool to a registry. ``root`` is its address; paths are resolved against it."""

    def __init__(self, root: str | None = None) -> None:
        self.root = (root or registry_root()).rstrip("/")
        if not _is_address(self.root):
            raise NetworkError(
                f'"{self.root}" is not the address of a registry.',
                why="LUMOS_REGISTRY must be an http or https address.",
                hint=f"export LUMOS_REGISTRY={DEFAULT_REGISTRY}",
            )

    @cached_property
    def _client(self) -> httpx2.Client:
        agent = f"lumos-cli/{__version__} (Python {platform.python_version()}; {platform.system()})"
        return httpx2.Client(
            headers={"User-Agent": agent, "Accept-Encoding": ENCODINGS},
            timeout=httpx2.Timeout(30.0, connect=5.0),
            follow_redirects=False,  # done in _follow, which reads no body and checks each address
        )

    def close(self) -> None:
        """Close the connections, if any were made."""
        if "_client" in self.__dict__:
            self._client.close()

    def url(self, path: str) -> str:
        """An absolute URL; absolute ones are kept."""
        return urljoin(self.root + "/", path if "://" in path else path.lstrip("/"))

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """GET a small public document whole; 4xx and 5xx come back as responses.

        A redirect may lead to another host (a CDN), never from https to http.
        """
        return self._exchange("GET", self.url(path), _whole, headers=headers)

    def send(
        self, method: str, path: str, *, retry: bool = True, **options: Any
    ) -> httpx2.Response:
        """One request of the API. Set ``retry`` only where a repetition changes nothing.

        ``options`` are httpx2's (``json``, ``headers``, ``params``, ``timeout``); ``body`` may be
        a callable that returns fresh options for each attempt, for streams that are read once.
        ``seconds`` bounds each attempt as a whole. A token or a change goes to the registry's own
        scheme, host and port only, also when the registry itself names or redirects to another.
        """
        return self._exchange(method, self.url(path), _whole, retry=retry, **options)

    def download(self, url: str, sink: BinaryIO, *, limit: int) -> Download:
        """Stream a file into ``sink``, hashing it; more than ``limit`` bytes is an error."""

        def save(answer: httpx2.Response) -> Download:
            if answer.status_code != 200:
                raise _unexpected(answer)
            digest, size = hashlib.sha256(), 0
            for chunk in answer.iter_raw(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise too_big(str(answer.url), limit)
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
        """``read`` of the first answer that is no hiccup; raises :class:`LumosError`."""
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
                outcome = _Again(_pause(attempt))
            except TimeoutError as error:
                raise _too_slow(url, allowed) from error
            if not isinstance(outcome, _Again):
                return outcome
            time.sleep(outcome.pause)
        raise AssertionError("the last attempt returns or raises")

    def _once(
        self, request: httpx2.Request, read: Callable[[httpx2.Response], T], attempt: int | None
    ) -> T | _Again:
        """One attempt; ``attempt`` is ``None`` for the last, whose answer is read as it is."""
        response = self._follow(request)
        try:
            if attempt is not None and response.status_code in _RETRIED:
                pause = _pause(attempt, response.headers.get("Retry-After"))
                if pause <= LONGEST_WAIT:
                    return _Again(pause)
            return read(response)
        except httpx2.TransportError as error:  # half a file was written: not tried again
            raise self._unreachable(str(request.url), error) from error
        finally:
            response.close()

    def _follow(self, request: httpx2.Request) -> httpx2.Response:
        """The answer after redirects, unread; the bodies of redirects are never read."""
        private = request.method != "GET" or "Authorization" in request.headers
        following = request
        for _ in range(MAX_REDIRECTS + 1):
            self._check_address(following.url, private=private)
            response = self._client.send(following, stream=True)
            if response.next_request is None:
                return response
            response.close()
            following = response.next_request
        raise httpx2.TooManyRedirects(f"more than {MAX_REDIRECTS} redirects", request=request)

    def _check_address(self, url: httpx2.URL, *, private: bool) -> None:
        """Refuse to leave https, and to take a token or a change to another origin."""
        root = httpx2.URL(self.root)
        if root.scheme == "https" and url.scheme != "https":
            raise NetworkError(
                "The registry sent us to an address that is not encrypted.",
                why=f"{shown(self.root)} is https, but {shown(str(url))} is not.",
                hint="Tell the operator of the registry; nothing was sent there.",
            )
        if private and url.origin != root.origin:
            raise NetworkError(
                "The registry sent us to another address, which gets neither your token nor "
                "your request.",
                why=f"{shown(str(url))} is not at {shown(self.root)}.",
                hint=f"If that is where the registry is now: export LUMOS_REGISTRY={_root(url)}",
            )

    def _unreachable(self, url: str, error: Exception) -> LumosError:
        reason = str(error) or type(error).__name__
        return NetworkError(
            f"{shown(url)} did not answer.",
            why=f"{reason} ({type(error).__name__}).",
            hint=(
                f"Is {self.root} the right registry and is it running? "
                "Set LUMOS_REGISTRY to its address, or try again later."
            ),
        )


@dataclass(frozen=True, slots=True)
class _Again:
    """The attempt failed in a way that may pass: try again after ``pause`` seconds."""

    pause: float


def _whole(response: httpx2.Response) -> httpx2.Response:
    """The response with its body, read and decoded under our own limit."""
    body = read_body(response, MAX_DOCUMENT)
    kept = [
        (name, value)
        for name, value in response.headers.items()
        if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
    ]
    return httpx2.Response(
        response.status_code, headers=kept, content=body, request=response.request
    )


def _root(url: httpx2.URL) -> str:
    return str(url.copy_with(path="/", query=None, fragment=None, userinfo=b"")).rstrip("/")


def _pause(attempt: int, retry_after: str | None = None) -> float:
    """Seconds before the next attempt: what the server asks for, else 0.2, 0.4, 0.8 with jitter."""
    asked = asked_seconds(retry_after) if retry_after else None
    backoff = 0.2 * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311  (no secret)
    return backoff if asked is None else max(asked, 0.0)


def _too_slow(url: str, seconds: float) -> LumosError:
    return NetworkError(
        f"{shown(url)} took too long.",
        why=f"The answer was not complete after {seconds:g} seconds.",
        hint="Nothing was kept. Check the connection and try again later.",
    )


def _unexpected(response: httpx2.Response) -> LumosError:
    return NetworkError(
        f"{shown(str(response.url))} answered {response.status_code}.",
        why="A file that the index lists is not there, or the server is in trouble.",
        hint=f"{patience(response)} A release that was withdrawn needs `lumos update`.",
    )
