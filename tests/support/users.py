"""The cast: Alice owns it, Bob is in her team, Charlie is the outsider who is always refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.support.answers import Answer, assert_ok
from tests.support.transports import Transport, multipart, wheel_file

Wheel = Path | tuple[str, bytes]


@dataclass(frozen=True)
class Person:
    """A user with a token, and the transport that carries the requests."""

    name: str
    email: str
    transport: Transport
    token: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def at(self, transport: Transport) -> Person:
        """The same person with another transport."""
        return replace(self, transport=transport)

    def with_token(self, token: str) -> Person:
        """The same person with another token; an empty one is none."""
        return replace(self, token=token)

    def with_headers(self, **headers: str) -> Person:
        """The same person, who sends these headers too (``_`` stands for ``-``)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str] = {}, body: bytes = b""
    ) -> Answer:
        """A request with this person's credentials."""
        credentials = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.transport.send(
            method, path, headers={**credentials, **self.headers, **headers}, body=body
        )

    def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, data: Any = None) -> Answer:
        """POST of a JSON document."""
        return self.write("POST", path, data)

    def write(self, method: str, path: str, data: Any = None) -> Answer:
        """A JSON document with any method."""
        body = b"" if data is None else json.dumps(data).encode()
        return self.send(method, path, headers={"Content-Type": "application/json"}, body=body)

    def publish(self, wheel: Wheel, *, field: str = "wheel", key: str = "", **form: str) -> Answer:
        """Upload a wheel; ``form`` holds notes, dry_run, sha256, ``key`` the Idempotency-Key."""
        headers, body = multipart(form, {field: wheel_file(wheel)})
        if key:
            headers["Idempotency-Key"] = key
        return self.send("POST", "/api/v1/publications", headers=headers, body=body)

    def publication(self, answer: Answer | Mapping[str, Any]) -> dict[str, Any]:
        """How a publication stands, from the answer to its upload."""
        begun = answer.json() if isinstance(answer, Answer) else answer
        found: dict[str, Any] = assert_ok(self.get(begun["api_url"]))
        return found

    def yank(self, tool: str, version: str, reason: str = "It breaks.") -> Answer:
        """Yank a release."""
        return self.post(f"/api/v1/tools/{tool}/releases/{version}/yank", {"reason": reason})

    def unyank(self, tool: str, version: str) -> Answer:
        """Undo a yank."""
        return self.post(f"/api/v1/tools/{tool}/releases/{version}/unyank")
