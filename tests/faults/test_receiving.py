"""Faults while a wheel is received: killed servers, torn connections, full disks."""

from __future__ import annotations

import errno
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from core.store.files import FileStore
from publishing.models import Publication
from tests.package.wheels import build_wheel
from tests.support import Person, assert_ok, assert_problem
from tests.support.machine import Machine
from tests.support.transports import HttpTransport, multipart
from tests.support.waiting import wait_for, without_hanging


def _half_sent(machine: Machine, wheel: Path) -> socket.socket:
    """A connection over which half of an upload was sent."""
    headers, body = multipart({}, {"wheel": (wheel.name, wheel.read_bytes() + bytes(2_000_000))})
    lines = [
        "POST /api/v1/publications HTTP/1.1", "Host: 127.0.0.1",
        f"Authorization: Bearer {machine.alice.token}", f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]  # fmt: skip
    connection = socket.create_connection(("127.0.0.1", machine.port), 20)
    connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body[: len(body) // 2])
    return connection


def _nothing_is_kept(machine: Machine) -> bool:
    stored = [path for path in (machine.data / "private").rglob("*") if path.is_file()]
    return machine.rows("SELECT count(*) FROM publishing_publication") == [(0,)] and not stored


@pytest.mark.slow
def test_the_web_process_is_killed_in_the_middle_of_an_upload(
    machine: Machine, tmp_path: Path
) -> None:
    machine.start("web")
    wheel = build_wheel(tmp_path)
    with _half_sent(machine, wheel):
        time.sleep(0.5)
        machine.kill("web")
    assert _nothing_is_kept(machine)
    machine.start("web")
    assert_ok(machine.alice.publish(wheel), 202)


@pytest.mark.slow
def test_a_client_that_disconnects_or_stalls_leaves_no_files_and_blocks_no_other(
    machine: Machine, tmp_path: Path
) -> None:
    machine.start("web")
    wheel = build_wheel(tmp_path)
    stalled = [_half_sent(machine, wheel) for _ in range(6)]
    for connection in stalled[:3]:
        connection.close()
    with without_hanging(20):  # as it would, held up by six that stall
        assert_ok(machine.alice.publish(build_wheel(tmp_path, version="2.0.0")), 202)
    for connection in stalled[3:]:
        connection.close()
    rows = "SELECT count(*) FROM publishing_publication"
    wait_for("only the whole one is kept", lambda: machine.rows(rows) == [(1,)])


@pytest.mark.slow
def test_a_fault_of_ours_answers_with_a_problem_document(machine: Machine, tmp_path: Path) -> None:
    """The database is gone from under the server: 500, with the request's id."""
    machine.start("web")
    table = "accounts_apitoken"
    machine.change(f"ALTER TABLE {table} RENAME TO {table}_away")
    answer = machine.alice.publish(build_wheel(tmp_path))
    document = assert_problem(answer, 500, "error")
    assert document["request_id"] == answer.headers["x-request-id"]
    assert HttpTransport(machine.url).send("GET", "/healthz").status == 200
    machine.change(f"ALTER TABLE {table}_away RENAME TO {table}")
    assert_ok(machine.alice.publish(build_wheel(tmp_path)), 202)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_takes_nothing_refuses_the_upload_and_keeps_no_row(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    real = FileStore.put

    def full(self: FileStore, key: str, data: object) -> None:
        raise OSError(number, "the disk")

    monkeypatch.setattr(FileStore, "put", full)
    refused = alice.publish(build_wheel(tmp_path))
    assert_problem(refused, 503, "storage_unavailable")
    assert int(refused.headers["retry-after"]) > 0
    assert not Publication.objects.exists()
    monkeypatch.setattr(FileStore, "put", real)
    assert_ok(alice.publish(build_wheel(tmp_path)), 202)


def test_a_disk_that_is_full_at_go_live_is_tried_again(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None,
    recorded_checks: None,
) -> None:  # fmt: skip
    from django.utils import timezone

    from catalog.models import Release
    from core.models import Job, JobState
    from tests.support.jobs import work_off

    begun: dict[str, Any] = assert_ok(alice.publish(build_wheel(tmp_path)), 202)
    real = FileStore.put

    def full(self: FileStore, key: str, data: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileStore, "put", full)
    work_off()
    assert alice.publication(begun)["state"] == "scoring"
    assert not Release.objects.exists()
    monkeypatch.setattr(FileStore, "put", real)
    Job.objects.filter(state=JobState.WAITING).update(due_at=timezone.now())
    work_off()
    assert alice.publication(begun)["state"] == "published"
