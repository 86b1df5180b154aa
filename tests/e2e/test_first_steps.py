"""A publisher's first hour at the terminal, against a real server: try, publish, regret."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import BASE, ROOT, Shell
from tests.support.machine import Machine
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.slow("site"), pytest.mark.sandbox]


@pytest.fixture(scope="module")
def shell(site: Machine, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Alice's terminal; she keeps her token with `lumos login`."""
    folder = tmp_path_factory.mktemp("alice")
    return Shell(
        folder,
        {
            "LUMOS_REGISTRY": site.url, "NO_COLOR": "1", "HOME": str(folder),
            "LUMOS_CONFIG_DIR": str(folder / "config"), "LUMOS_STATE_DIR": str(folder / "state"),
            "PYTHONPATH": str(ROOT),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        },
    )  # fmt: skip


@pytest.fixture(scope="module")
def tool(shell: Shell, site: Machine) -> Shell:
    """The folder of demo/step, tried and published by who signed in before."""
    subprocess.run(
        [sys.executable, "-m", "lumos.cli", "login"],
        input=site.alice.token + "\n", text=True, check=True, capture_output=True,
        cwd=shell.folder, env={**BASE, **shell.environment},
    )  # fmt: skip
    shell.process("new", "tool", "demo/step")
    project = Shell(shell.folder / "step", shell.environment)
    assert "nothing was published" in project.process("publish", "--dry-run").err
    assert site.alice.get("/api/v1/tools/demo/step").status == 404
    project.process("publish")
    return project


def test_nobody_is_told_where_to_get_a_token(shell: Shell, site: Machine) -> None:
    fresh = Shell(shell.folder, {**shell.environment, "LUMOS_CONFIG_DIR": str(shell.folder / "no")})
    assert f"{site.url}/account/tokens/" in fresh.process("whoami", code=4).err


def test_who_signed_in_is_known_by_the_kept_token(tool: Shell, site: Machine) -> None:
    answer = tool.process("whoami", "--json").json
    assert answer["email"] == site.alice.email
    assert "demo" in answer["namespaces"]
    assert site.alice.token not in tool.process("whoami").out


def test_what_went_live_is_found_and_described(tool: Shell) -> None:
    def found() -> bool:
        cards = tool.process("tools", "search", "step", "--json").json["results"]
        return [card["tool"] for card in cards] == ["demo/step"]

    wait_for("the search knows it", found)
    sheet = tool.process("tools", "info", "demo/step").out
    assert "0.1.0" in sheet
    assert "Whom to greet" in sheet


def test_a_yank_takes_it_from_new_installs_and_an_unyank_gives_it_back(
    tool: Shell, tmp_path: Path
) -> None:
    agent = Shell(tmp_path, tool.environment)
    agent.process("init")
    tool.process("yank", "demo/step@0.1.0", "--reason", "It greets too loudly.")

    wait_for("the index tells it", lambda: _yanked(agent))
    said = agent.process("add", "tool", "demo/step", code=4).err
    assert "was yanked (It greets too loudly.)" in said
    tool.process("unyank", "demo/step@0.1.0")
    wait_for("the index tells it", lambda: not _yanked(agent))
    agent.process("add", "tool", "demo/step")
    assert agent.process("run", "demo/step", '{"name": "Ada"}').json["result"]["language"] == "en"


def _yanked(shell: Shell) -> bool:
    return "0.1.0 (yanked)" in shell.process("tools", "info", "demo/step").out
