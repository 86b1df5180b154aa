"""The marketplace's REST API; methods return the JSON of the response."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

import httpx2

from lumos.client.credentials import Token, require_token
from lumos.client.errors import LumosError, NetworkError, NotFound, Refused
from lumos.client.retry_after import retry_hint
from lumos.client.transport import Transport

__all__ = ["Api", "ApiRefused", "problem_error"]

Document = dict[str, Any]
_MULTIPART_TIMEOUT = httpx2.Timeout(120.0, connect=5.0)
_UPLOAD_SECONDS = 1800.0
"""For one attempt: 50 MB at 28 kB a second."""


class ApiRefused(Refused):
    """The API answered with a problem document (RFC 9457), kept in ``problem``."""

    def __init__(self, problem: Mapping[str, Any], *, root: str) -> None:
        self.problem = dict(problem)
        super().__init__(
            str(problem.get("title") or "The registry rejected the request."),
            why=_reason(problem, root),
            hint=str(problem.get("suggestion") or "See the documentation of the API."),
            docs_url=_absolute(root, problem.get("docs_url")),
            details={"problem": dict(problem)},
        )

    @property
    def findings(self) -> list[Document]:
        """The findings of a rejected package; empty for other problems."""
        findings = self.problem.get("findings")
        return findings if isinstance(findings, list) else []


class Api:
    """The API of one registry. The token is looked up when the first request needs it."""

    def __init__(self, transport: Transport, token: Token | None = None) -> None:
        self.transport = transport
        self._token = token

    @property
    def token(self) -> Token:
        """The user's token; raises :class:`Refused` if there is none."""
        self._token = self._token or require_token(self.transport.root)
        return self._token

    def search(self, query: str, *, category: str = "", page: int = 1) -> Document:
        """One page of search results."""
        params = {"q": query, "page": str(page)} | ({"category": category} if category else {})
        return self._json("GET", "/api/v1/search", params=params)

    def whoami(self) -> Document:
        """The token's account, namespaces and scopes."""
        return self._json("GET", "/api/v1/whoami", headers=self.token.headers)

    def publication(self, api_url: str) -> Document:
        """The state of a publication."""
        return self._json("GET", api_url, headers=self.token.headers)

    def yank(self, tool: str, version: str, reason: str) -> Document:
        """Yank a release: resolvers no longer choose it."""
        return self._json(
            "POST",
            f"/api/v1/tools/{tool}/releases/{version}/yank",
            headers=self._write_headers(),
            json={"reason": reason},
        )

    def unyank(self, tool: str, version: str) -> Document:
        """Undo a yank."""
        path = f"/api/v1/tools/{tool}/releases/{version}/unyank"
        return self._json("POST", path, headers=self._write_headers(), json={})

    def publish(
        self, wheel: Path, *, notes: str, dry_run: bool, progress: Callable[[int], None]
    ) -> Document:
        """Upload a wheel, streamed from disk; the answer is the new publication.

        All attempts share one idempotency key, so that a retry after a lost response does not
        start a second publication. ``progress`` gets the number of bytes sent so far.
        """
        with wheel.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        headers = {**self._write_headers(), "X-Sha256": digest}
        fields = {"notes": notes, "dry_run": "true" if dry_run else "false"}
        with wheel.open("rb") as stream:

            def body() -> dict[str, Any]:
                stream.seek(0)
                watched = cast("BinaryIO", _Watched(stream, progress))
                part = (wheel.name, watched, "application/octet-stream")
                return {"files": {"wheel": part}, "data": fields}

            return self._json(
                "POST",
                "/api/v1/publications",
                headers=headers,
                body=body,
                timeout=_MULTIPART_TIMEOUT,
                seconds=_UPLOAD_SECONDS,
            )

    def _write_headers(self) -> dict[str, str]:
        return {**self.token.headers, "Idempotency-Key": str(uuid.uuid4())}

    def _json(self, method: str, path: str, **options: Any) -> Document:
        response = self.transport.send(method, path, **options)
        if response.is_success:
            try:
                answer = response.json()
            except (ValueError, RecursionError):
                answer = None
            if isinstance(answer, dict):
                return answer
        raise problem_error(response, root=self.transport.root)


class _Watched:
    """A file that reports how far it was read; httpx2 needs its length and reads it in parts."""

    def __init__(self, stream: BinaryIO, progress: Callable[[int], None]) -> None:
        self._stream = stream
        self._progress = progress

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._progress(self._stream.tell())
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def fileno(self) -> int:
        return self._stream.fileno()


def problem_error(response: httpx2.Response, *, root: str) -> LumosError:
    """The error for an unsuccessful response."""
    try:
        problem = response.json()
    except (ValueError, RecursionError):
        problem = None
    if isinstance(problem, dict) and ("detail" in problem or "title" in problem):
        if response.status_code == 404:
            return _not_found(problem, root)
        if response.status_code < 500:
            return ApiRefused(problem, root=root)
    return NetworkError(
        f"The registry responded with status {response.status_code}.",
        why=f"{response.request.url.path} at {root} did not return an API response"
        + (f": {_reason(problem, root)}" if isinstance(problem, dict) else "."),
        hint="Check LUMOS_REGISTRY: a mirror of the files serves installs but not the API. "
        f"Otherwise: {retry_hint(response)}",
    )


def _not_found(problem: Mapping[str, Any], root: str) -> NotFound:
    return NotFound(
        str(problem.get("title") or "Not found"),
        why=_reason(problem, root),
        hint=str(problem.get("suggestion") or "lumos tools search NAME"),
        docs_url=_absolute(root, problem.get("docs_url")),
        details={"problem": dict(problem)},
    )


def _reason(problem: Mapping[str, Any], root: str) -> str:
    """The detail, then the errors of single fields."""
    lines = [str(problem.get("detail") or problem.get("code") or "No reason was given.")]
    errors = problem.get("errors")
    if isinstance(errors, dict):
        messages = (f"{name}: {_joined(value)}" for name, value in errors.items())
        lines += [line for line in messages if line not in lines[0]]
    for name in ("release_url", "publication_url"):
        if problem.get(name):
            lines.append(_absolute(root, problem[name]))
    return "\n".join(lines)


def _joined(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _absolute(root: str, url: object) -> str:
    text = str(url or "")
    return f"{root}{text}" if text.startswith("/") else text
