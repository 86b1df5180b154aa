"""Permissions: one form each, a risk, and who covers whom."""

from __future__ import annotations

import pytest

from lumos.package.manifest.permissions import KINDS, InvalidPermission, Permission


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("network:api.example.org", "medium"),
        ("network:*.example.org", "medium"),
        ("network:*", "medium"),
        ("network", "medium"),
        ("network:localhost:8080", "medium"),
        ("network:127.0.0.1", "medium"),
        ("network:[::1]:8080", "medium"),
        ("network:xn--bcher-kva.example", "medium"),
        ("file-read", "low"),
        ("file-write", "medium"),
        ("environment:SEARCH_API_KEY", "low"),
        ("environment:*", "low"),
        ("database", "medium"),
        ("crypto", "high"),
        ("system-command", "high"),
        ("user-data", "high"),
        ("admin", "high"),
        ("custom:my-thing", "medium"),
    ],
)
def test_permissions_are_read_and_written_back(text: str, risk: str) -> None:
    permission = Permission.parse(text)
    assert str(permission) == text
    assert permission.risk == risk
    assert permission.kind in KINDS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "everything",
        "Network",
        "network:",
        "network:https://api.example.org",
        "network:api.example.org/path",
        "network:API.example.org",
        "network:exa mple.org",
        "network:*.*.org",
        "network:api.*.org",
        "network:host:0",
        "network:host:99999",
        "network:[::g]",
        "network:-a.org",
        "network:a..org",
        "network:\u0430pi.example.org",
        "file-read:/etc",
        "environment:A B",
        "environment:1A",
        "custom",
        "custom:",
        "custom:My Thing",
        "custom:" + "a" * 65,
        "crypto:aes",
        "network:a\n",
    ],
)
def test_other_texts_are_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(InvalidPermission, match="Try"):
        Permission.parse(text)


@pytest.mark.parametrize(
    ("granted", "wanted", "is_covered"),
    [
        ("network:*", "network:a.org", True),
        ("network", "network:*", True),
        ("network:*.a.org", "network:x.a.org", True),
        ("network:*.a.org", "network:x.y.a.org:443", True),
        ("network:*.a.org", "network:*.x.a.org", True),
        ("network:*.a.org", "network:a.org", False),
        ("network:*.a.org", "network:xa.org", False),
        ("network:*.a.org", "network:*", False),
        ("network:a.org", "network:a.org:443", True),
        ("network:a.org:443", "network:a.org", False),
        ("network:a.org", "network", False),
        ("environment", "environment:A", True),
        ("environment:A", "environment:B", False),
        ("file-write", "file-read", False),
        ("custom:a", "custom:b", False),
    ],
)
def test_who_granted_the_one_has_granted_the_other(
    granted: str, wanted: str, is_covered: bool
) -> None:
    assert Permission.parse(granted).covers(Permission.parse(wanted)) == is_covered
