"""Production by hand: the processes of docker-compose.yml, by its own command lines."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.environment import SETTINGS
from tests.package.wheels import build_wheel
from tests.registry.servers import COMMANDS, plain_environment
from tests.support import Person, assert_ok, assert_problem
from tests.support.machine import BIN, Machine, free_port
from tests.support.machines import Machines
from tests.support.transports import HttpTransport
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.services,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx"),
]

REPOSITORY = Path(__file__).resolve().parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())[
    "services"
]
WORKERS = ("worker", "scan", "sandbox")


@pytest.fixture(scope="module")
def site(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The whole shape, prepared and running."""
    folder = tmp_path_factory.mktemp("production")
    settings = {
        "PRODUCTION": "1", "SECRET_KEY": SETTINGS["SECRET_KEY"], "ALLOWED_HOSTS": "127.0.0.1",
        "STATIC_FROM_SOURCE": "", "NUM_PROXIES": "1",
    }  # fmt: skip
    with machines.machine(folder, **settings) as machine:
        machine.env["PATH"] = f"{BIN}:{machine.env['PATH']}"
        machine.run("sh", "-c", _inner_command("prepare").replace("/data", str(machine.data)))
        machine.start("web", _web(machine))
        for name in (*WORKERS, "beat"):
            command = SERVICES[name]["command"].replace("/tmp/beat", str(folder / "beat"))
            machine.start(name, shlex.split(command))
        _start_nginx(machine)
        yield machine
        print(machine.logs())


def _inner_command(service: str) -> str:
    """What the service's ``sh -c`` does."""
    shell, flag, inner = shlex.split(SERVICES[service]["command"])
    assert (shell, flag) == ("sh", "-c")
    return inner


def _web(machine: Machine) -> list[str]:
    """The image's own command, on a port and an address of this machine."""
    text = (REPOSITORY / "deploy/Dockerfile").read_text().replace("\\\n", " ")
    command: list[str] = json.loads(text.rpartition("\nCMD ")[2])
    ours = {"8000": str(machine.port), "0.0.0.0": "127.0.0.1"}
    return [ours.get(word, word) for word in command]


def _start_nginx(machine: Machine) -> None:
    folder = machine.folder / "nginx"
    folder.mkdir()
    logs = machine.data / "log" / "downloads"
    logs.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = COMMANDS["nginx"](
        machine.data / "public", folder, port, {"WEB": f"127.0.0.1:{machine.port}"}
    )
    site = folder / "site.conf"
    site.write_text(site.read_text().replace(f"{folder}/log", str(logs)))
    machine.start("nginx", command)
    machine.front = f"http://127.0.0.1:{port}"
    transport = HttpTransport(machine.front)

    def answers() -> bool:
        assert machine.processes["nginx"].poll() is None, machine.log("nginx")
        try:
            return transport.send("GET", "/healthz").status == 200
        except OSError:
            return False

    wait_for("nginx answers", answers)


@pytest.fixture(scope="module")
def alice(site: Machine) -> Person:
    """Alice before nginx."""
    return site.people["alice"].at(HttpTransport(site.front))


@pytest.fixture(scope="module")
def hello(site: Machine, alice: Person, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """demo/hello 1.0.0, live."""
    begun = assert_ok(alice.publish(build_wheel(tmp_path_factory.mktemp("built"))), 202)
    ended = site.settled(alice, begun, 120)
    assert ended["state"] == "published", ended
    wait_for("the index names it", lambda: alice.get("/index/demo/hello.json").status == 200)
    return ended


def _pip_install(front: str, target: Path) -> str:
    """Install demo-hello with pip alone and call it."""
    command = [
        sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check",
        "--no-cache-dir", "--index-url", f"{front}/simple/", "--target", str(target), "demo-hello",
    ]  # fmt: skip
    done = subprocess.run(
        command, env=plain_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    code = "from demo_hello import hello; print(hello('Ada').text)"
    return subprocess.check_output(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(target)!r}); {code}"],
        text=True,
    ).strip()


@pytest.mark.sandbox
def test_a_release_is_measured_by_the_worker_of_the_sandbox(
    hello: dict[str, Any], site: Machine
) -> None:
    assert hello["scores"]["performance"] is not None
    (row,) = site.rows("SELECT measurements FROM catalog_qualityreport")
    measured = row[0] if isinstance(row[0], dict) else json.loads(row[0])
    assert measured["layers"]


def test_everything_says_that_it_is_ready(hello: dict[str, Any], alice: Person) -> None:
    ready = wait_for("readyz", lambda: _ready(alice), 40)
    assert set(ready.values()) == {"ok", "ready"}


def _ready(person: Person) -> dict[str, str] | None:
    answer = person.get("/readyz")
    return answer.json() if answer.status == 200 else None


def test_pages_and_their_assets_come_through(hello: dict[str, Any], alice: Person) -> None:
    page = alice.get("/tools/demo/hello/")
    assert page.status == 200
    links = [part.split('"')[0] for part in page.text.split('"/static/')[1:]]
    assert links
    for link in links[:6]:
        asset = alice.get(f"/static/{link}")
        assert asset.status == 200, link


def test_pip_installs_through_nginx_and_the_download_is_counted_once(
    hello: dict[str, Any], site: Machine, alice: Person, tmp_path: Path
) -> None:
    assert _pip_install(site.front, tmp_path / "site") == "Hello Ada"

    def counted() -> int:
        return int(alice.get("/api/v1/tools/demo/hello").json()["downloads"])

    wait_for("the download is counted", counted, 60)
    assert site.rows("SELECT sum(count) FROM analytics_dailydownloads")[0][0] == 1


def test_a_wheel_that_is_too_large_is_refused_at_the_front(alice: Person) -> None:
    answer = alice.publish(("demo_hello-2.0.0-py3-none-any.whl", os.urandom(62 * 1024 * 1024)))
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_yank_through_nginx_is_seen_by_pip(
    hello: dict[str, Any], site: Machine, alice: Person
) -> None:
    assert_ok(alice.yank("demo/hello", "1.0.0", "It is only a test."))
    wait_for("pip is told", lambda: "data-yanked" in alice.get("/simple/demo-hello/").text)
    assert_ok(alice.unyank("demo/hello", "1.0.0"))
    wait_for("pip is told", lambda: "data-yanked" not in alice.get("/simple/demo-hello/").text)
    assert_problem(alice.unyank("demo/hello", "1.0.0"), 409, "not_yanked")


def test_installs_go_on_while_everything_else_is_stopped(
    hello: dict[str, Any], site: Machine, alice: Person, tmp_path: Path
) -> None:
    for name in ("web", "beat", *WORKERS):
        site.kill(name)
    if site.broker:
        site.broker.kill()
    assert _pip_install(site.front, tmp_path / "site") == "Hello Ada"
    away = alice.get("/api/v1/tools")
    assert_problem(away, 503, "web_away")
    assert int(away.headers["retry-after"]) > 0
