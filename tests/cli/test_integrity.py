"""Nothing is unpacked that was not promised, and what fails leaves everything as it was."""

from __future__ import annotations

import hashlib
import re
import signal
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from lumos.client import operations, pythonenv
from lumos.client.errors import IntegrityError, LumosError, NetworkError
from lumos.client.operations import Job, Wish
from lumos.client.project import Project
from lumos.package.names.tools import ToolName
from tests.cli.conftest import BASE, Shell
from tests.cli.registry import StaticRegistry, broken
from tests.package.wheels import members, record_text, write_zip

HELLO = ToolName("demo", "hello")


@pytest.fixture
def job(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A project that installs in this process and agrees to everything."""
    for name, value in shell.environment.items():
        if name.startswith(("LUMOS", "UV")):
            monkeypatch.setenv(name, value)
    (shell.folder / "lumos.toml").write_text('name = "x"  # mine\n')
    return Job(Project(shell.folder), approve=lambda _: None, report=lambda _: None)


def add(job: Job, name: str = "demo/hello") -> None:
    fresh = Job(Project(job.project.root), job.approve, job.report)
    operations.add(fresh, [Wish(ToolName.parse(name))])


def everything(folder: Path) -> dict[str, bytes]:
    """Every file of the project but what the lock of a running command leaves."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("busy", ".gitignore")
    }


def refused(job: Job, kind: type[LumosError]) -> LumosError:
    """The error of an attempt that must leave no trace."""
    before = everything(job.project.root)
    with pytest.raises(kind) as caught:
        add(job)
    assert everything(job.project.root) == before
    return caught.value


def test_other_bytes_than_promised_are_refused(job: Job, registry: StaticRegistry) -> None:
    wheel = registry.publish("demo/hello")
    stored = registry.stored(wheel)
    data = bytearray(stored.read_bytes())
    data[100] ^= 1
    stored.write_bytes(data)
    error = refused(job, IntegrityError)
    assert wheel.sha256 in error.why
    assert hashlib.sha256(data).hexdigest() in error.why


@pytest.mark.parametrize("change", [-1, 1])
def test_another_size_than_promised_is_refused(
    job: Job, registry: StaticRegistry, change: int
) -> None:
    wheel = registry.publish("demo/hello")
    registry.change("demo/hello", "1.0.0", size=wheel.size + change)
    refused(job, IntegrityError)


def test_a_wheel_of_another_tool_or_version_is_refused(job: Job, registry: StaticRegistry) -> None:
    other = registry.publish("demo/other", "2.0.0")
    registry.publish("demo/hello")
    registry.change(
        "demo/hello",
        "1.0.0",
        sha256=other.sha256,
        size=other.size,
        file=other.filename,
        url=f"{registry.url}/files/{other.sha256[:2]}/{other.sha256}/{other.filename}",
    )
    assert "should be demo/hello" in refused(job, IntegrityError).why


def test_permissions_that_the_index_hides_are_refused(job: Job, registry: StaticRegistry) -> None:
    manifest = """schema = 1
title = "Hello"
category = "utility"
permissions = ["system-command"]
[functions.hello]
entry = "demo_hello:hello"
read_only = true
"""
    registry.publish("demo/hello", manifest=manifest)
    registry.change("demo/hello", "1.0.0", permissions=[])
    assert "permissions should be" in refused(job, IntegrityError).why


def test_an_archive_that_breaks_the_rules_is_refused_here_too(
    job: Job, registry: StaticRegistry, tmp_path: Path
) -> None:
    parts = members(tool="demo/hello") | {"demo_hello/../../evil.pth": b"import os"}
    record = "demo_hello-1.0.0.dist-info/RECORD"
    parts[record] = record_text(parts, record).encode()
    bad = tmp_path / "demo_hello-1.0.0-py3-none-any.whl"
    write_zip(bad, parts)
    digest = hashlib.sha256(bad.read_bytes()).hexdigest()
    registry.publish("demo/hello")
    (registry.root / "bad.whl").write_bytes(bad.read_bytes())
    registry.change(
        "demo/hello",
        "1.0.0",
        sha256=digest,
        size=bad.stat().st_size,
        url=f"{registry.url}/bad.whl",
    )
    error = refused(job, IntegrityError)
    assert "breaks the rules" in error.what
    assert error.details["findings"]


def test_a_damaged_cache_heals(job: Job, registry: StaticRegistry) -> None:
    wheel = registry.publish("demo/hello")
    add(job)
    (kept,) = Path(str(registry.root.parent / "cache")).glob("wheels/*/*/*.whl")
    kept.write_bytes(b"rust")
    add(job, "demo/hello")
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == wheel.sha256


def test_a_failed_environment_leaves_the_one_before(
    job: Job, registry: StaticRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.publish("demo/other")
    add(job, "demo/other")
    registry.publish("demo/hello", dependencies=["no-such-package-anywhere>=1"])
    error = refused(job, LumosError)
    assert "no-such-package-anywhere" in error.why

    def explode(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    registry.publish("demo/hello", "1.0.1")
    monkeypatch.setattr(pythonenv, "install", explode)
    before = everything(job.project.root)
    with pytest.raises(OSError, match="space"):
        add(job)
    assert everything(job.project.root) == before


def test_an_interrupted_write_puts_both_files_back(
    job: Job, registry: StaticRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.publish("demo/hello")
    monkeypatch.setattr("lumos.client.installer.StagedEnvironment.activate", _interrupted)
    before = everything(job.project.root)
    with pytest.raises(KeyboardInterrupt):
        add(job)
    assert everything(job.project.root) == before


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_hiccup_is_waited_out_and_a_dead_registry_is_named(
    job: Job, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello")
    registry.faults.append(broken(1, 503, Retry_After="0"))
    registry.faults.append(broken(1, 429, Retry_After="0"))
    add(job)
    registry.publish("demo/other")
    registry.faults.append(broken(99, 500))
    before = everything(job.project.root)
    with pytest.raises(NetworkError) as caught:
        add(job, "demo/other")
    assert "status 500" in caught.value.why
    assert everything(job.project.root) == before


def test_the_token_never_travels_to_the_files(project: Shell, registry: StaticRegistry) -> None:
    registry.publish("demo/hello")
    secret = "lmt_" + "s" * 38
    ran = project.lumos("add", "tool", "demo/hello", "--verbose", LUMOS_TOKEN=secret)
    assert secret not in ran.out + ran.err
    assert not any(secret in str(headers) for headers in registry.headers)
    assert all(headers["User-Agent"].startswith("lumos-cli/") for headers in registry.headers)


def test_a_server_that_asks_for_more_patience_than_we_have_is_believed(
    job: Job, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello")
    registry.faults.append(broken(1, 429, Retry_After="3600"))
    assert "status 429" in refused(job, NetworkError).why
    assert len(registry.requests) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r'^file = ".*"', 'file = "../../../../escaped.whl"'),
        (r'^file = ".*"', 'file = "/tmp/escaped.whl"'),
        (r'^file = ".*"', 'file = "..\\\\escaped.whl"'),
        (r'^sha256 = ".*"', 'sha256 = "../../escaped"'),
        (r"^size = .*", "size = -1"),
        (r"^python = .*", 'python = ["--index-url http://evil.invalid"]'),
        (r"^python = .*", 'python = ["x @ http://evil.invalid/x.whl"]'),
        (r"^registry", 'python = ["--index-url http://evil.invalid"]\nregistry'),
        (r"^registry", 'python = ["x==1"]\nregistry'),
    ],
)
def test_a_lock_file_from_a_stranger_writes_nowhere_else(
    project: Shell, registry: StaticRegistry, before: str, after: str
) -> None:
    """Whoever clones a repository and installs has read none of its lock file."""
    registry.publish("demo/hello")
    project.lumos("add", "tool", "demo/hello")
    text = project.read("lumos.lock")
    changed = re.sub(before, lambda _: after, text, count=1, flags=re.MULTILINE)
    assert changed != text
    (project.folder / "lumos.lock").write_text(changed)
    asked = len(registry.requests)
    ran = project.lumos("install", "--yes", code=2)
    assert "lumos.lock cannot be read" in ran.err
    assert len(registry.requests) == asked
    assert not list(project.folder.parent.rglob("*escaped*"))


@pytest.mark.parametrize(
    "dependencies",
    [
        {"tools": [], "python": ["--index-url http://evil.invalid"]},
        {"tools": [], "python": ["x @ http://evil.invalid/x.whl"]},
        {"tools": [], "python": ["six\n--index-url http://evil.invalid"]},
        {"tools": [], "python": [1]},
    ],
)
def test_an_index_gives_the_installer_no_options(
    job: Job, registry: StaticRegistry, dependencies: dict[str, object]
) -> None:
    registry.publish("demo/hello")
    registry.change("demo/hello", "1.0.0", dependencies=dependencies)
    assert "demo/hello" in refused(job, NetworkError).what


def test_an_index_adds_nothing_that_the_wheel_does_not_need(
    job: Job, registry: StaticRegistry
) -> None:
    registry.publish("demo/hello")
    registry.change("demo/hello", "1.0.0", dependencies={"tools": [], "python": ["six>=1"]})
    assert "The dependencies differ" in refused(job, IntegrityError).why


def test_a_bad_wheel_is_not_kept(project: Shell, registry: StaticRegistry) -> None:
    wheel = registry.publish("demo/hello")
    data = registry.stored(wheel).read_bytes() + b"x"
    registry.stored(wheel).write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    registry.change("demo/hello", "1.0.0", sha256=digest, size=len(data))
    project.lumos("add", "tool", "demo/hello", code=6)
    assert not list(project.folder.parent.glob("cache/wheels/*/*/*"))


@pytest.mark.parametrize("name", ["lumos.toml", "lumos.lock"])
def test_a_project_file_that_is_no_text_is_named(project: Shell, name: str) -> None:
    (project.folder / name).write_bytes(b"\xff\xfe")
    ran = project.lumos("tools", "list", code=2)
    assert f"{name} cannot be read" in ran.err


@pytest.mark.parametrize("token", ["a\nb", "lmt_é", "two words"])
def test_a_token_that_cannot_be_one_is_not_shown(project: Shell, token: str) -> None:
    ran = project.lumos("whoami", code=2, LUMOS_TOKEN=token)
    assert token not in ran.err
    assert "not a valid token" in ran.err


def test_a_full_disk_is_named(
    project: Shell, registry: StaticRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.publish("demo/hello")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pythonenv, "install", full)
    ran = project.lumos("add", "tool", "demo/hello", code=1)
    assert "No space left on device" in ran.err
    assert "free space" in ran.err
    assert not (project.folder / "lumos.lock").exists()


def test_a_strange_retry_after_is_no_error_of_ours(job: Job, registry: StaticRegistry) -> None:
    registry.publish("demo/hello")
    registry.faults.append(broken(1, 503, Retry_After="\u00b2"))
    add(job)


def test_ctrl_c_does_not_wait_for_a_silent_server(project: Shell, registry: StaticRegistry) -> None:
    registry.publish("demo/hello")
    asked, ended = threading.Event(), threading.Event()

    def silent(handler: SimpleHTTPRequestHandler) -> bool:
        if "/files/" not in handler.path:
            return False
        handler.send_response(200)
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        handler.wfile.write(b"PK")
        handler.wfile.flush()
        asked.set()
        return ended.wait(60)

    registry.faults.append(silent)
    process = subprocess.Popen(
        [sys.executable, "-m", "lumos.cli", "add", "tool", "demo/hello"],
        cwd=project.folder,
        env={**BASE, **project.environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    finally:
        ended.set()
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in err
    assert not (project.folder / "lumos.lock").exists()
    assert not [path for path in project.folder.parent.glob("cache/**/*") if path.is_file()]


def test_what_a_killed_command_left_is_tidied(project: Shell, registry: StaticRegistry) -> None:
    registry.publish("demo/hello")
    left = project.folder / ".lumos" / "env-0123abcd" / "lib"
    left.mkdir(parents=True)
    project.lumos("add", "tool", "demo/hello")
    assert [path.name for path in (project.folder / ".lumos").glob("env*")] == ["env"]


def test_a_registry_that_asks_for_patience_is_quoted(job: Job, registry: StaticRegistry) -> None:
    registry.publish("demo/hello")
    registry.faults.append(broken(1, 429, Retry_After="3600"))
    assert "in 60 minutes" in refused(job, NetworkError).hint


def test_an_index_that_is_nested_without_end_is_garbage(job: Job, registry: StaticRegistry) -> None:
    registry.publish("demo/hello")
    (registry.root / "index/demo/hello.json").write_text("[" * 100_000)
    assert "cannot be read" in refused(job, NetworkError).what
