"""What a tool cannot see, reach or become."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from sandbox import ExampleRun
from sandbox.observe import Kind
from tests.sandbox.support import by_name, copied, example, left_running, run

pytestmark = pytest.mark.sandbox
REPOSITORY = Path(__file__).resolve().parents[2]
SECRET = "s3cret-of-the-server"


class Outside:
    """Things of the machine that are there and must not be found."""

    def __init__(self, folder: Path, server: socket.socket) -> None:
        self.port = server.getsockname()[1]
        self.data = folder / "data"
        self.data.mkdir(mode=0o755)
        (self.data / "db.sqlite3").write_text(SECRET)
        self.open_folder = folder / "open"
        self.open_folder.mkdir()
        self.open_folder.chmod(0o777)
        self.files = [
            "/etc/shadow",
            "/etc/passwd",
            "/etc/hostname",
            "/root/.bashrc",
            str(self.data / "db.sqlite3"),
            str(REPOSITORY / "pyproject.toml"),
            str(Path(__file__)),
            "/proc/1/environ",
            f"/proc/{os.getpid()}/environ",
            "/proc/kcore",
            "/proc/1/root/etc/shadow",
            "/dev/vda",
            "/dev/sda",
        ]
        self.folders = ["/root", "/home", "/var", "/sys", "/run", "/opt", "/srv", str(REPOSITORY)]
        self.places = ["/", "/usr/bin", "/lumos/package", "/dev", "/proc", "/etc"]
        self.places += [str(self.open_folder), str(REPOSITORY)]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield Outside(tmp_path_factory.mktemp("outside"), server)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.fixture(scope="module")
def found(attacker: Path, outside: Outside) -> dict[str, Any]:
    """What every attempt came to, all tried in one sandbox."""
    os.environ["LUMOS_TEST_SECRET"] = SECRET
    try:
        report = run(
            attacker,
            "acme_attacker",
            [
                example("files", paths=outside.files),
                example("listings", paths=outside.folders),
                example("writes", paths=outside.places),
                *map(example, ("environments", "processes", "sockets", "system_calls")),
                *map(example, ("clone_namespaces", "identity", "terminal", "devices")),
            ],
        )
    finally:
        del os.environ["LUMOS_TEST_SECRET"]
    assert all(item.outcome == "returned" for item in report.examples), report.examples
    return {name: item.value for name, item in by_name(report).items()}


def test_files_of_the_machine_are_not_there(found: dict[str, Any]) -> None:
    assert [path for path, came in found["files"].items() if came.startswith("done")] in (
        [],
        ["/proc/1/environ"],  # bubblewrap's own process, cleared of our environment
    )
    assert SECRET not in str(found["files"])


def test_folders_of_the_machine_are_not_there(found: dict[str, Any]) -> None:
    shown = {path: came for path, came in found["listings"].items() if came.startswith("done")}
    assert set(shown) <= {"/root", "/home"}, "only the way to the interpreter may be shown"
    assert all("pyproject" not in came and ".ssh" not in came for came in shown.values())


def test_nothing_outside_can_be_written(found: dict[str, Any], outside: Outside) -> None:
    assert all(came.startswith("refused") for came in found["writes"].values()), found["writes"]
    assert list(outside.open_folder.iterdir()) == []


def test_the_server_s_environment_is_not_shown(found: dict[str, Any]) -> None:
    assert SECRET not in str(found["environments"])
    assert not any(line.startswith(("DJANGO", "DATABASE")) for line in found["environments"])


def test_no_process_of_the_machine_is_seen(found: dict[str, Any]) -> None:
    assert len(found["processes"]) <= 4
    assert "pytest" not in str(found["processes"])


def test_only_local_sockets_and_those_of_the_empty_network_open(found: dict[str, Any]) -> None:
    opened = {name for name, came in found["sockets"].items() if came.startswith("done")}
    internet = {"AF_INET", "AF_INET6", "AF_INET datagram", "AF_INET in a wide word"}
    assert opened == {"unix pair", *internet}
    assert len(found["sockets"]) > 20


def test_dangerous_system_calls_are_refused(found: dict[str, Any]) -> None:
    if not found["system_calls"]:
        pytest.skip("the numbers of system calls are known for x86_64 only")
    refusals = {"Operation not permitted", "Function not implemented"}
    reached = {name: came for name, came in found["system_calls"].items() if came not in refusals}
    assert reached == {}
    assert len(found["system_calls"]) > 35


def test_no_new_namespace_by_clone(found: dict[str, Any]) -> None:
    assert set(found["clone_namespaces"].values()) == {"Operation not permitted"}


def test_a_tool_is_nobody_and_stays_so(found: dict[str, Any]) -> None:
    identity = found["identity"]
    assert identity["uid"] == 65534
    assert {identity[name] for name in ("CapEff", "CapPrm", "CapBnd")} == {"0" * 16}
    assert (identity["NoNewPrivs"], identity["Seccomp"]) == ("1", "2")
    for attempt in ("setuid", "su", "renice", "raise limit"):
        assert identity[attempt].startswith("refused"), attempt


def test_terminal_and_devices_are_out_of_reach(found: dict[str, Any]) -> None:
    assert found["terminal"].startswith("refused")
    assert all(came.startswith("refused") for came in found["devices"].values()), found["devices"]


@pytest.mark.parametrize("recording", [None, []])
def test_every_way_to_a_network_ends_in_the_sandbox(
    sandbox: None, outside: Outside, tmp_path: Path, recording: list[Any] | None
) -> None:
    package = copied("attacker", tmp_path)
    recorded = ExampleRun("lookups", "lookups", {"port": outside.port}, http=recording)
    report = run(package, "acme_attacker", [recorded])
    came = by_name(report)["lookups"].value
    refused = {name for name, each in came.items() if each.startswith("refused")}
    assert refused == {"loopback", "netlink"}, came
    seen = {item.target for item in report.observed.of(Kind.CONNECT)}
    assert seen == {"192.0.2.1:80", "example.invalid:80", "169.254.169.254:80"}
    assert left_running(package) == []
