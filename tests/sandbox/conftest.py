"""Fixtures of the sandbox's tests; they need a sandbox that holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import status
from tests.sandbox.support import copied, left_running


@pytest.fixture(scope="session")
def sandbox() -> None:
    """Skips, with the reason, where this machine has no sandbox that holds."""
    found = status()
    if not found.available:
        pytest.skip(found.reason)


@pytest.fixture(scope="module")
def attacker(sandbox: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The tool that attacks; nothing of it may be left running."""
    package = copied("attacker", tmp_path_factory.mktemp("tools"))
    yield package
    assert left_running(package) == []


@pytest.fixture(scope="module")
def forger(sandbox: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The tool that answers in the runner's place."""
    package = copied("forger", tmp_path_factory.mktemp("tools"))
    yield package
    assert left_running(package) == []
