"""A registry as the command sees one: a tree of files behind an ordinary web server.

There is nothing of the marketplace's server in it: what works here works with any web server.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lumos.package.functions import functions_digest
from lumos.package.names.tools import ToolName
from lumos.package.versions import Version
from lumos.package.wheel import Wheel, read_wheel
from tests.package.wheels import build_wheel

Fault = Callable[[SimpleHTTPRequestHandler], bool]


class StaticRegistry:
    """Publishes real wheels into a folder and serves it. ``requests`` are the paths asked for."""

    def __init__(self, root: Path, url: str) -> None:
        self.root = root
        self.url = url
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.faults: list[Fault] = []
        self.handler: type[SimpleHTTPRequestHandler] = SimpleHTTPRequestHandler
        self._releases: dict[ToolName, list[dict[str, Any]]] = {}

    def publish(self, tool: str, version: str = "1.0.0", **parts: Any) -> Wheel:
        """Build a wheel as tests/package does and list it in the index."""
        return self.publish_wheel(
            build_wheel(self.root / "incoming", tool=tool, version=version, **parts)
        )

    def publish_wheel(self, path: Path) -> Wheel:
        """List a finished wheel in the index."""
        wheel = read_wheel(path)
        place = self.root / "files" / wheel.sha256[:2] / wheel.sha256
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place / wheel.filename)
        self._releases.setdefault(wheel.tool, []).append(self._entry(wheel))
        self._write(wheel.tool)
        return wheel

    def change(self, tool: str, version: str, **fields: Any) -> None:
        """Change what the index says about one release (yanked, quarantined, sha256...)."""
        name = ToolName.parse(tool)
        for release in self._releases[name]:
            if release["version"] == version:
                release.update(fields)
        self._write(name)

    def withdraw(self, tool: str, sha256: str) -> None:
        """Take the release with these bytes out of the index, as if it had never been there."""
        name = ToolName.parse(tool)
        self._releases[name] = [each for each in self._releases[name] if each["sha256"] != sha256]
        self._write(name)

    def stored(self, wheel: Wheel) -> Path:
        """The file that is served for a wheel."""
        return self.root / "files" / wheel.sha256[:2] / wheel.sha256 / wheel.filename

    def _entry(self, wheel: Wheel) -> dict[str, Any]:
        needs = [Requirement(text) for text in wheel.metadata.requirements]
        listed = {tool.distribution: tool for tool in self._releases}
        return {
            "version": str(wheel.version),
            "file": wheel.filename,
            "url": f"../../files/{wheel.sha256[:2]}/{wheel.sha256}/{wheel.filename}",
            "sha256": wheel.sha256,
            "size": wheel.size,
            "requires_python": wheel.metadata.requires_python,
            "uploaded_at": "2026-01-02T03:04:05Z",
            "dependencies": {
                "tools": [
                    {
                        "tool": str(listed[canonicalize_name(need.name)]),
                        "specifier": str(need.specifier),
                    }
                    for need in needs
                    if canonicalize_name(need.name) in listed
                ],
                "python": [
                    str(need) for need in needs if canonicalize_name(need.name) not in listed
                ],
            },
            "permissions": [str(each) for each in wheel.manifest.permissions],
            "functions": [spec.name for spec in wheel.functions],
            "functions_digest": functions_digest(wheel.functions),
            "scores": {"security": 96, "performance": None, "overall": 91},
            "gate_passed": False,
            "yanked": None,
            "quarantined": None,
        }

    def _write(self, tool: ToolName) -> None:
        releases = sorted(
            self._releases[tool], key=lambda each: Version.parse(each["version"]), reverse=True
        )
        document = {
            "schema": 1,
            "tool": str(tool),
            "distribution": tool.distribution,
            "title": tool.name.capitalize(),
            "summary": "Greets people.",
            "category": "utility",
            "status": "active",
            "successor": None,
            "releases": releases,
        }
        path = self.root / "index" / tool.namespace / f"{tool.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), "utf-8")
        simple = self.root / "simple"
        simple.mkdir(exist_ok=True)
        links = (f'<a href="{name.distribution}/">x</a>' for name in self._releases)
        (simple / "index.html").write_text("\n".join(links), "utf-8")


class _Handler(SimpleHTTPRequestHandler):
    """Serves files; a fault may answer instead."""

    registry: StaticRegistry

    def do_GET(self) -> None:
        self.registry.requests.append(self.path)
        self.registry.headers.append(dict(self.headers))
        if not any(fault(self) for fault in self.registry.faults):
            super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def serving(root: Path) -> Iterator[StaticRegistry]:
    """An empty registry on a port of its own."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(root)))
    server.daemon_threads = True
    registry = StaticRegistry(root, f"http://127.0.0.1:{server.server_address[1]}")
    handler.registry = registry
    registry.handler = handler
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def broken(times: int, status: int, **headers: str) -> Fault:
    """The first ``times`` answers are ``status``."""
    left = [times]

    def fault(handler: SimpleHTTPRequestHandler) -> bool:
        if left[0] <= 0:
            return False
        left[0] -= 1
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    return fault
