"""Whether there is a sandbox, and what is said where there is none."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import SandboxUnavailable, describe_tool, run_tool, status
from sandbox.canary import ProbeResult
from sandbox.status import look

module = sys.modules[look.__module__]


@pytest.fixture
def forgotten() -> Iterator[None]:
    """The canary's verdict is taken anew, and again afterward."""
    look.cache_clear()
    yield
    look.cache_clear()


@pytest.mark.sandbox
def test_the_canary_is_held_in_every_attempt(sandbox: None) -> None:
    found = status()
    assert len(found.probes) >= 9
    assert all(probe.held for probe in found.probes)
    assert "system call filter" in found.layers
    assert found.as_dict()["available"] is True


@pytest.mark.sandbox
def test_the_canary_runs_once_in_a_process(sandbox: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "canary", lambda: pytest.fail("it ran again"))
    assert status().available


@pytest.mark.usefixtures("forgotten")
def test_a_missing_program_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "bwrap" else which(name))
    monkeypatch.setattr(module, "installer", lambda: "apt-get install -y")
    found = status()
    assert not found.available
    assert found.missing == ("bwrap",)
    assert found.install_command == "apt-get install -y bubblewrap"
    assert "the program bwrap is missing" in found.reason


@pytest.mark.usefixtures("forgotten")
def test_a_missing_filter_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bytes:
        raise RuntimeError("Unable to find libseccomp")

    monkeypatch.setattr(module.seccomp, "program", fail)
    found = status()
    assert not found.available
    assert "libseccomp2" in found.install_command or not found.install_command
    assert "system call filter" in found.missing


@pytest.mark.usefixtures("forgotten")
def test_a_canary_that_gets_through_closes_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    probes = [ProbeResult("the network", False, "connected")]
    monkeypatch.setattr(module, "canary", lambda: probes)
    found = status()
    assert not found.available
    assert "the network (connected)" in found.reason


@pytest.mark.usefixtures("forgotten")
def test_nothing_is_run_without_a_sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    witness = tmp_path / "witness"
    (tmp_path / "acme_bare.py").write_text(f"open({str(witness)!r}, 'w')\n")
    for attempt in (
        lambda: run_tool(tmp_path, functions={"a": "acme_bare:a"}, examples=[]),
        lambda: describe_tool(tmp_path, functions={"a": "acme_bare:a"}),
    ):
        with pytest.raises(SandboxUnavailable, match="Not run: sandbox unavailable"):
            attempt()
    assert not witness.exists()
