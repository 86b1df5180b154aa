"""The headers of the Web policy stand on every answer: pages, API, tree, refusals, faults."""

from __future__ import annotations

import pytest

from tests.support import Person
from tests.support.machine import Machine
from tests.support.transports import HttpTransport

POLICY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
ADDRESSES = (
    "/", "/nothing", "/search?q=%00", "/account/", "/accounts/login/", "/admin/", "/healthz",
    "/tools", "/publish/", "/static/nothing", "/api/v1/tools", "/api/v1/nothing", "/api/v1/whoami",
    "/api/v1/search?q=%00", "/api/docs/", "/api/schema/", "/simple/", "/simple", "/simple/Acme_X/",
    "/simple/nothing/", "/index/config.json", "/index/nothing", "/files/nothing",
)  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE", "BREW"])
def test_every_answer_bears_the_policy(method: str, path: str, visitor: Person) -> None:
    headers = visitor.send(method, path).headers
    assert {name: headers.get(name) for name in POLICY} == POLICY
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_a_fault_bears_the_policy_too(machine: Machine) -> None:
    machine.start("web")
    transport = HttpTransport(machine.url)
    machine.change("ALTER TABLE catalog_tool RENAME TO gone")
    faults = (("/tools/demo/hello/", "text/html"), ("/api/v1/tools", "application/problem+json"))
    for path, kind in faults:
        answer = transport.send("GET", path)
        assert answer.status == 500, answer
        assert answer.headers["content-type"].startswith(kind)
        assert "Traceback" not in answer.text
        assert {name: answer.headers.get(name) for name in POLICY} == POLICY
