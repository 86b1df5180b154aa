"""A tree with real wheels in it, built without a database, and three servers for it."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.store.files import FileStore
from registry import simple
from registry.tree import project_files
from registry.values import Artifact
from tests.package.wheels import build_wheel, members
from tests.support.machine import free_port
from tests.support.waiting import wait_for

REPOSITORY = Path(__file__).resolve().parents[2]
NGINX_MAIN = """daemon off;
user root;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def fill(root: Path) -> None:
    """demo-hello 1.0.0, 1.1.0 (yanked) and 2.0.0-rc.1, which need demo-base; and a mark."""
    store = FileStore(root)
    base = [_put(store, "demo/base", "1.4.0")]
    hello = [
        _put(store, "demo/hello", "2.0.0-rc.1", dependencies=["demo-base>=1.0,<2"]),
        _put(store, "demo/hello", "1.1.0", yanked="It breaks.", dependencies=["demo-base>=1"]),
        _put(store, "demo/hello", "1.0.0", dependencies=["demo-base>=1.0,<2"]),
    ]
    for name, artifacts in (("demo-base", base), ("demo-hello", hello)):
        for key, data in project_files(simple.Project(name, tuple(artifacts))).items():
            store.put(key, data)
    names = ["demo-base", "demo-hello"]
    store.put("simple/index.html", simple.root_html(names))
    store.put("simple/index.json", simple.root_json(names))
    store.put("index/demo/hello.json", b'{"schema": 1}')
    store.put("index/config.json", secrets.token_hex(16).encode())


def _put(
    store: FileStore, tool: str, version: str, *, yanked: str | None = None,
    dependencies: Sequence[str] = (),
) -> Artifact:  # fmt: skip
    wheel = build_wheel(store.root.parent / "built", tool=tool, version=version,
                        dependencies=dependencies)  # fmt: skip
    parts = members(tool=tool, version=version, dependencies=dependencies)
    metadata = next(data for name, data in parts.items() if name.endswith("/METADATA"))
    artifact = Artifact(
        filename=wheel.name,
        sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        size=wheel.stat().st_size,
        version=wheel.name.split("-")[1],
        requires_python=">=3.11",
        metadata_sha256=hashlib.sha256(metadata).hexdigest(),
        uploaded_at="2026-11-22T13:00:00Z",
        yanked=yanked,
    )
    store.put(artifact.key, wheel.read_bytes())
    store.put(f"{artifact.key}.metadata", metadata)
    return artifact


@contextmanager
def served(server: str, root: Path, folder: Path, **settings: str) -> Iterator[str]:
    """The tree behind ``granian``, ``nginx`` or Python's ``http.server``; yields the address."""
    port = free_port()
    folder.mkdir(exist_ok=True)
    command = COMMANDS[server](root, folder, port, settings)
    env = {**plain_environment(), "TREE": str(root), "LOG": str(folder / "log"), **settings}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=env, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for("our own server answers", lambda: _is_ours(address, root, process), 20)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def plain_environment() -> dict[str, str]:
    """Without the settings of pip, uv, proxies and Python that the machine may have."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _granian(root: Path, folder: Path, port: int, settings: Mapping[str, str]) -> list[str]:
    granian = Path(sys.executable).with_name("granian")
    return [
        str(granian), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--blocking-threads", "4", "--log-level", "warning", "tests.registry.wsgi_app:application",
    ]  # fmt: skip


def _http_server(root: Path, folder: Path, port: int, settings: Mapping[str, str]) -> list[str]:
    return [
        sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1",
        "--directory", str(root),
    ]  # fmt: skip


def _nginx(root: Path, folder: Path, port: int, settings: Mapping[str, str]) -> list[str]:
    text = (REPOSITORY / "deploy/nginx.conf").read_text()
    (folder / "log").mkdir(exist_ok=True)
    values = {
        "LUMOS_PORT": f"127.0.0.1:{port}",
        "LUMOS_WEB": settings.get("WEB", "127.0.0.1:9"),
        "LUMOS_PUBLIC": str(root),
        "LUMOS_LOGS": str(folder / "log"),
        "LUMOS_CACHE": str(folder / "cache"),
        "UPSTREAM_INDEX": settings.get("UPSTREAM_INDEX", ""),
    }
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    if timeout := settings.get("TIMEOUT"):  # shorter than in production
        text = re.sub(
            r"(client_header|client_body|send)_timeout \d+s", rf"\1_timeout {timeout}", text
        )
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(NGINX_MAIN.format(folder=folder))
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


COMMANDS = {"granian": _granian, "nginx": _nginx, "http.server": _http_server}


def _is_ours(address: str, root: Path, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the server ended"
    try:
        with urllib.request.urlopen(f"{address}/index/config.json", timeout=5) as response:
            return bool(response.read() == (root / "index/config.json").read_bytes())
    except OSError:
        return False
