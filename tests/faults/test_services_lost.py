"""Redis and PostgreSQL go away in the middle: nothing that was acknowledged is lost."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis
from celery import Celery

from tests.package.wheels import build_wheel
from tests.support import assert_ok
from tests.support.machine import BIN, Machine
from tests.support.services import RedisServer
from tests.support.waiting import wait_for, without_hanging

pytestmark = [pytest.mark.services, pytest.mark.slow]


@pytest.fixture
def broker(machine: Machine) -> RedisServer:
    """The machine's own Redis, which may be killed."""
    if machine.broker is None:
        pytest.skip("needs the program redis-server, to kill one")
    return machine.broker


def _publish(machine: Machine, tmp_path: Path, **parts: Any) -> dict[str, Any]:
    begun: dict[str, Any] = assert_ok(machine.alice.publish(build_wheel(tmp_path, **parts)), 202)
    return begun


def _assert_live(machine: Machine, begun: dict[str, Any]) -> None:
    ended = machine.settled(machine.alice, begun, 90)
    assert ended["state"] == "published", ended
    assert machine.rows("SELECT count(*) FROM catalog_release") == [(1,)]
    document = f"/index/{begun['tool']}.json"
    wait_for("the index names it", lambda: machine.alice.get(document).status == 200)


def test_messages_lost_with_redis_are_delivered_again(
    machine: Machine, broker: RedisServer, tmp_path: Path
) -> None:
    machine.start("web")
    begun = _publish(machine, tmp_path)
    broker.empty()
    machine.start_workers(recorded=True)
    _assert_live(machine, begun)


def test_uploads_are_taken_while_redis_is_away(
    machine: Machine, broker: RedisServer, tmp_path: Path
) -> None:
    machine.start("web")
    machine.start_workers(recorded=True)
    broker.kill()
    with without_hanging(20):
        begun = _publish(machine, tmp_path)
    assert machine.alice.get("/healthz").status == 200
    assert_ok(machine.alice.get("/api/v1/tools"))
    broker.start()
    _assert_live(machine, begun)


def test_redis_is_killed_and_emptied_in_the_middle(
    machine: Machine, broker: RedisServer, tmp_path: Path
) -> None:
    machine.start("web")
    machine.start_workers()
    begun = _publish(machine, tmp_path)
    first = "SELECT count(*) FROM publishing_check"
    wait_for("the checks begin", lambda: machine.rows(first)[0][0])
    broker.kill()
    broker.start()
    _assert_live(machine, begun)


def test_redis_is_full(machine: Machine, broker: RedisServer, tmp_path: Path) -> None:
    machine.start("web")
    machine.start_workers(recorded=True)
    begun = _publish(machine, tmp_path)
    broker.fill()
    second = _publish(machine, tmp_path, version="1.0.1", tool="demo/other")
    assert second["state"] == "received"
    broker.relieve()
    for document in (begun, second):
        assert machine.settled(machine.alice, document, 120)["state"] == "published"


def test_connections_to_the_database_are_cut_in_the_middle(
    machine: Machine, tmp_path: Path
) -> None:
    machine.start("web")
    machine.start_workers()
    begun = _publish(machine, tmp_path)
    cut = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(10):
        machine.rows(cut)
        time.sleep(0.3)
    assert_ok(machine.alice.get("/api/v1/tools"))
    _assert_live(machine, begun)


def test_a_child_of_the_celery_worker_is_killed(machine: Machine, tmp_path: Path) -> None:
    """The message comes back although the worker itself lives on."""
    machine.start("web")
    machine.start_workers()
    begun = _publish(machine, tmp_path)
    busy = "SELECT count(*) FROM publishing_check WHERE state = 'running'"
    wait_for("a check runs", lambda: machine.rows(busy)[0][0])
    worker = psutil.Process(machine.processes["celery"].pid)
    for child in worker.children():
        child.send_signal(signal.SIGKILL)
    assert worker.is_running()
    _assert_live(machine, begun)


def test_every_message_delivered_three_times(machine: Machine, tmp_path: Path) -> None:
    """A second sender sends each job's message again and again, while two workers work."""
    machine.start("web")
    machine.start_workers()
    begun = _publish(machine, tmp_path)
    app = Celery(broker=machine.env["REDIS_URL"], set_as_current=False)  # later tests have ours
    end = time.monotonic() + 60
    while time.monotonic() < end and not machine.alice.publication(begun)["settled"]:
        for job_id, task, queue in machine.rows("SELECT id, task, queue FROM core_job"):
            for _ in range(2):
                app.send_task(task, args=[job_id], queue=queue)
        time.sleep(0.2)
    app.close()
    _assert_live(machine, begun)
    attempts = machine.rows("SELECT task, attempts FROM core_job WHERE attempts > 1")
    assert attempts == []
    assert machine.rows(
        "SELECT count(*) FROM core_auditentry WHERE action = 'release.publish'"
    ) == [(1,)]


def test_a_worker_with_a_long_queue_is_not_taken_for_a_lost_one(
    machine: Machine, broker: RedisServer
) -> None:
    """Its heartbeat needs no task, and the sweep passes what waits on the other queues."""
    waiting = 3000
    with Celery(broker=broker.url) as sender:
        for _ in range(waiting):
            sender.send_task("analytics.ingest_downloads", queue="publish")
    machine.rows("DELETE FROM core_heartbeat RETURNING name")
    machine.start("web")
    machine.start("celery")
    beats = "SELECT count(*) FROM core_heartbeat WHERE name = %s"
    wait_for("the worker's heartbeat", lambda: machine.rows(beats, "worker")[0][0], 60)
    ready = machine.alice.get("/readyz").json()
    assert ready["worker"] == "ok"
    assert "celery beat" in ready["schedule"]
    machine.run(str(BIN / "celery"), "-A", "config", "call", "core.sweep")
    wait_for("the sweep", lambda: machine.rows(beats, "schedule")[0][0], 60)
    with redis.Redis.from_url(broker.url) as client:
        assert client.llen("publish") > 0, "the queue was too short for this test"
