"""Every address of the site and the API, filled with what a small marketplace holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver

from accounts.models import Organization
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok
from tests.support.jobs import live_tool

VALUES = {
    "namespace": "demo", "name": "hello", "version": "1.0.0", "tab": "functions", "token_id": "1",
    "rule_id": "bandit/B602", "user_id": "1", "key": "x", "uidb36": "1", "app_label": "catalog",
    "content_type_id": "1", "object_id": "1", "url": "x", "case_id": "1",
}  # fmt: skip


def views(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every address of the resolver as it is written there, and its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + re.sub(r"^\^|\$$", "", str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            yield from views(pattern.url_patterns, address)
        else:
            yield address, pattern.callback


def addresses() -> list[str]:
    """Every address of the resolver, sorted."""
    return sorted({address for address, _ in views()})


@pytest.fixture
def world(alice: Person, tmp_path: Path, recorded_checks: None) -> dict[str, str]:
    """demo/hello is live; Alice has a publication and an organization; what their ids are."""
    live_tool(alice, tmp_path / "live")
    begun = assert_ok(alice.publish(build_wheel(tmp_path / "next", version="1.0.1")), 202)
    team = Organization.objects.get(name="Demo")
    return {**VALUES, "publication_id": begun["id"], "organization_id": str(team.pk)}


def filled(address: str, world: dict[str, str]) -> str:
    """The path of an address, with values of ``world`` for its parameters."""
    path = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", lambda m: world.get(m[1], "x"), address)
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: world.get(m[1], "x"), path)
    return "/" + path.replace("\\", "").replace("^", "").replace("$", "").replace("?", "")
