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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import httpx2

from lumos import __version__
from lumos.client.errors import IntegrityError, LumosError, NetworkError
from lumos.client.patience import asked_seconds, patience

__all__ = ["DEFAULT_REGISTRY", "Download", "Transport", "registry_root"]

DEFAULT_REGISTRY = "http://127.0.0.1:8000"
"""The registry where ``LUMOS_REGISTRY`` is not set: the one that ``make run`` starts."""

MAX_DOCUMENT = 32 * 1024 * 1024
ATTEMPTS = 4
LONGEST_WAIT = 30.0
"""Seconds; a server that asks for more is taken at its word, and the answer is shown."""
_RETRIED = frozenset({429, 500, 502, 503, 504})
_CHUNK = 256 * 1024


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
            headers={"User-Agent": agent},
            timeout=httpx2.Timeout(30.0, connect=5.0),
            follow_redirects=True,
            event_hooks={"request": [self._refuse_downgrade]},
        )

    def _refuse_downgrade(self, request: httpx2.Request) -> None:
        """A redirect from https to http would let anyone on the way change the answer."""
        if self.root.startswith("https://") and request.url.scheme != "https":
            raise NetworkError(
                "The registry sent us to an address that is not encrypted.",
                why=f"{self.root} is https, but {request.url} is not.",
                hint="Tell the operator of the registry; nothing was downloaded.",
            )

    def close(self) -> None:
        """Close the connections, if any were made."""
        if "_client" in self.__dict__:
            self._client.close()

    def url(self, path: str) -> str:
        """An absolute URL; absolute ones are kept."""
        return urljoin(self.root + "/", path if "://" in path else path.lstrip("/"))

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """GET a small document whole, at most 32 MB; 4xx and 5xx come back as responses."""
        with self._answer("GET", self.url(path), headers=headers) as response:
            body = bytearray()
            for chunk in response.iter_bytes(_CHUNK):
                body += chunk
                if len(body) > MAX_DOCUMENT:
                    raise _too_big(str(response.url), MAX_DOCUMENT)
            return _whole(response, bytes(body))

    def send(
        self, method: str, path: str, *, retry: bool = True, **options: Any
    ) -> httpx2.Response:
        """One request of the API. Set ``retry`` only where a repetition changes nothing.

        ``options`` are httpx2's (``json``, ``headers``, ``params``, ``timeout``); ``body`` may be
        a callable that returns fresh options for each attempt, for streams that are read once.
        """
        with self._answer(method, self.url(path), retry=retry, **options) as response:
            response.read()
            return response

    def download(self, url: str, sink: BinaryIO, *, limit: int) -> Download:
        """Stream a file into ``sink``, hashing it; more than ``limit`` bytes is an error."""
        with self._answer("GET", self.url(url), headers={"Accept-Encoding": "identity"}) as answer:
            if answer.status_code != 200:
                raise _unexpected(answer)
            digest, size = hashlib.sha256(), 0
            for chunk in answer.iter_raw(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise _too_big(str(answer.url), limit)
                digest.update(chunk)
                sink.write(chunk)
            return Download(size, digest.hexdigest())

    @contextmanager
    def _answer(
        self,
        method: str,
        url: str,
        *,
        retry: bool = True,
        body: Callable[[], dict[str, Any]] | None = None,
        **options: Any,
    ) -> Iterator[httpx2.Response]:
        """The first answer that is no hiccup, as a stream; raises :class:`NetworkError`."""
        attempts = ATTEMPTS if retry else 1
        for attempt in range(1, attempts + 1):
            last = attempt == attempts
            try:
                fresh = body() if body else {}
                request = self._client.build_request(method, url, **options, **fresh)
                response = self._client.send(request, stream=True)
            except (httpx2.TransportError, httpx2.TooManyRedirects, httpx2.InvalidURL) as error:
                if last or not isinstance(error, httpx2.TransportError):
                    raise self._unreachable(url, error) from error
                time.sleep(_pause(attempt))
                continue
            pause = _pause(attempt, response.headers.get("Retry-After"))
            if response.status_code in _RETRIED and not last and pause <= LONGEST_WAIT:
                response.close()
                time.sleep(pause)
                continue
            try:
                yield response
            except httpx2.TransportError as error:
                raise self._unreachable(url, error) from error
            finally:
                response.close()
            return

    def _unreachable(self, url: str, error: Exception) -> LumosError:
        reason = str(error) or type(error).__name__
        return NetworkError(
            f"{_shown(url)} did not answer.",
            why=f"{reason} ({type(error).__name__}).",
            hint=(
                f"Is {self.root} the right registry and is it running? "
                "Set LUMOS_REGISTRY to its address, or try again later."
            ),
        )


def _whole(response: httpx2.Response, body: bytes) -> httpx2.Response:
    """The response with a body that was read and decoded under our own limit."""
    response.close()
    kept = [
        (name, value)
        for name, value in response.headers.items()
        if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
    ]
    return httpx2.Response(
        response.status_code, headers=kept, content=body, request=response.request
    )


def _pause(attempt: int, retry_after: str | None = None) -> float:
    """Seconds before the next attempt: what the server asks for, else 0.2, 0.4, 0.8 with jitter."""
    asked = asked_seconds(retry_after) if retry_after else None
    backoff = 0.2 * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311  (no secret)
    return backoff if asked is None else max(asked, 0.0)


def _shown(url: str) -> str:
    """The address without a user or password in it and without its query."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _too_big(url: str, limit: int) -> LumosError:
    return IntegrityError(
        f"{_shown(url)} is bigger than it may be.",
        why=f"At most {limit:,} bytes were promised, and more were sent.",
        hint="Nothing was kept. Tell the operator of the registry.",
    )


def _unexpected(response: httpx2.Response) -> LumosError:
    return NetworkError(
        f"{_shown(str(response.url))} answered {response.status_code}.",
        why="A file that the index lists is not there, or the server is in trouble.",
        hint=f"{patience(response)} A release that was withdrawn needs `lumos update`.",
    )
