"""Servers to compare with, each with the same wheels: ours, ours behind nginx, and other indexes.

A peer lives in a virtual environment of its own, so that ours stays as it is:

    python3 -m venv /tmp/lumos-bench/peers
    /tmp/lumos-bench/peers/bin/pip install pypiserver devpi-server
"""

from __future__ import annotations

import base64
import getpass
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from bench.scratch import REPOSITORY
from tests.support.machine import free_port, wait_for
from tests.support.transports import multipart

DIST = "lumos-csv-parser"
PIP = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html"
#: As the official image starts it, in a folder of its own.
NGINX = f"""daemon off;
user {getpass.getuser()};
worker_processes auto;
pid {{own}}/nginx.pid;
error_log stderr error;
events {{{{ worker_connections 1024; }}}}
http {{{{
    access_log off;
    client_body_temp_path {{own}}/body;
    proxy_temp_path {{own}}/proxy;
    fastcgi_temp_path {{own}}/fastcgi;
    uwsgi_temp_path {{own}}/uwsgi;
    scgi_temp_path {{own}}/scgi;
    include {{own}}/site.conf;
}}}}
"""
Targets = dict[str, str]
INDEX, PROJECT, WHEEL = "/simple/", "/simple/{dist}/", "wheel"


class Missing(Exception):
    """The peer is not installed; the text says how to get it."""


@contextmanager
def ours(folder: Path) -> Iterator[str]:
    """The marketplace as `make run` serves it, with the official tools; its address."""
    port = free_port()
    env = {
        **os.environ,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "RATE_ANON": "100000000/min",
        "LOG_LEVEL": "ERROR",
    }
    for name in ("DATABASE_URL", "REDIS_URL"):
        env.pop(name, None)
    command = [sys.executable, str(REPOSITORY / "manage.py"), "run"]
    url = env["SITE_URL"]
    with _process(command, folder / "bench-run.log", env):
        wait_for("the marketplace is ready", lambda: _status(f"{url}/readyz") == 200, 120)
        yield url


@contextmanager
def behind_nginx(url: str, folder: Path) -> Iterator[str]:
    """deploy/nginx.conf over our tree, before the same web process."""
    if not shutil.which("nginx"):
        raise Missing("nginx is missing: apt-get install -y nginx-light")
    port, own = free_port(), folder / "nginx"
    (own / "log").mkdir(parents=True)
    values = {
        "LUMOS_PORT": f"127.0.0.1:{port}",
        "LUMOS_WEB": url.removeprefix("http://"),
        "LUMOS_PUBLIC": str(folder / "public"),
        "LUMOS_LOGS": str(own / "log"),
        "LUMOS_CACHE": str(own / "cache"),
        "UPSTREAM_INDEX": "",
    }
    text = (REPOSITORY / "deploy/nginx.conf").read_text()
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    (own / "site.conf").write_text(text)
    (own / "nginx.conf").write_text(NGINX.format(own=own))
    front = f"http://127.0.0.1:{port}"
    with _process(["nginx", "-p", str(own), "-c", str(own / "nginx.conf")], own / "server.log"):
        wait_for("nginx answers", lambda: _status(f"{front}/index/config.json") == 200)
        yield front


@contextmanager
def pypiserver(wheels: Sequence[Path], folder: Path, peers: Path) -> Iterator[str]:
    """pypiserver over a folder of the wheels; the address of its simple index."""

    program, port, served = _program(peers, "pypi-server"), free_port(), folder / "pypiserver"
    served.mkdir(exist_ok=True)
    for wheel in wheels:
        shutil.copy(wheel, served)
    command = [
        program,
        "run",
        "-i",
        "127.0.0.1",
        "-p",
        str(port),
        "--disable-fallback",
        str(served),
    ]
    url = f"http://127.0.0.1:{port}/simple/"
    with _process(command, folder / "pypiserver.log"):
        wait_for("pypiserver answers", lambda: _status(url) == 200)
        yield url


@contextmanager
def devpi(wheels: Sequence[Path], folder: Path, peers: Path) -> Iterator[str]:
    """devpi-server with one index of its own that holds the wheels; its simple index."""
    program, port, state = _program(peers, "devpi-server"), free_port(), folder / "devpi"
    shutil.rmtree(state, ignore_errors=True)
    init = [_program(peers, "devpi-init"), "--serverdir", str(state), "--no-root-pypi"]
    subprocess.run(init, check=True, capture_output=True, env=_plain_environment())
    base = f"http://127.0.0.1:{port}"
    command = [program, "--host", "127.0.0.1", "--port", str(port), "--serverdir", str(state)]
    with _process(command, folder / "devpi.log"):
        wait_for("devpi-server answers", lambda: _status(f"{base}/+api") == 200)
        _fill_devpi(base, wheels)
        yield f"{base}/bench/dev/+simple/"


def _fill_devpi(base: str, wheels: Sequence[Path]) -> None:
    password = {"password": "bench-password"}
    _json(f"{base}/bench", password, "PUT")
    secret = _json(f"{base}/+login", {**password, "user": "bench"}, "POST")["result"]["password"]
    token = base64.b64encode(f"bench:{secret}".encode()).decode()
    signed = {"X-Devpi-Auth": token}
    _json(f"{base}/bench/dev", {"type": "stage", "bases": []}, "PUT", signed)
    for wheel in wheels:
        name, version = wheel.name.split("-")[:2]
        fields = {":action": "file_upload", "name": name, "version": version}
        headers, body = multipart(fields, {"content": (wheel.name, wheel.read_bytes())})
        _send(f"{base}/bench/dev/", body, "POST", {**headers, **signed})


def index_targets(simple: str) -> Targets:
    """The three addresses that an installer reads, found as an installer finds them."""
    page = f"{simple}{DIST}/"
    text, kind = _get(page)
    if "json" in kind:
        link = json.loads(text)["files"][0]["url"]
    else:
        found = re.search(r'href="([^"]+\.whl)', text)
        assert found, f"no wheel on {page}"
        link = found[1]
    return {INDEX: simple, PROJECT: page, WHEEL: urljoin(page, link.partition("#")[0])}


def _plain_environment() -> dict[str, str]:
    """Without the settings of proxies, indexes and Python that the machine may have."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def _program(peers: Path, name: str) -> str:
    if not (peers / "bin" / name).exists():
        raise Missing(
            f"{name} is missing: python3 -m venv {peers} && "
            f"{peers}/bin/pip install pypiserver devpi-server"
        )
    return str(peers / "bin" / name)


@contextmanager
def _process(
    command: Sequence[str], log: Path, env: Mapping[str, str] | None = None
) -> Iterator[None]:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        running = subprocess.Popen(
            command, stdout=out, stderr=out, env=env or _plain_environment(), cwd=log.parent
        )
        try:
            yield
        finally:
            running.terminate()
            running.wait(30)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _get(url: str) -> tuple[str, str]:
    request = urllib.request.Request(url, headers={"Accept": PIP})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode(), answer.headers["Content-Type"]


def _json(
    url: str, value: Mapping[str, object], method: str, headers: Mapping[str, str] = {}
) -> dict[str, dict[str, str]]:
    kind = {"Content-Type": "application/json", "Accept": "application/json"}
    found = _send(url, json.dumps(value).encode(), method, {**kind, **headers})
    answer: dict[str, dict[str, str]] = json.loads(found)
    return answer


def _send(url: str, body: bytes, method: str, headers: Mapping[str, str]) -> bytes:
    request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(answer.read())


PEERS: dict[str, Callable[[Sequence[Path], Path, Path], object]] = {
    "pypiserver": pypiserver,
    "devpi-server": devpi,
}
