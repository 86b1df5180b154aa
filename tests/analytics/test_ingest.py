"""Each download is counted once, whatever happens to logs and workers."""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from analytics import ingest as ingesting
from analytics import logs as reading
from analytics.actions import ingest_downloads
from analytics.ingest import Ingested
from analytics.lines import Garbage, parse
from analytics.models import DailyDownloads, LogPosition
from catalog.models import Release
from core.models import Job
from tests.analytics.logs import line, write
from tests.registry.releases import put_release

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("own_folders", "db")


@pytest.fixture
def release() -> Release:
    return put_release(written=False)


def counts() -> dict[tuple[str, str], int]:
    rows = DailyDownloads.objects.values_list("release__version", "day", "count")
    return {(version, str(day)): count for version, day, count in rows}


def test_downloads_are_counted_by_release_and_day_in_utc(release: Release) -> None:
    other = put_release(version="1.1.0", written=False)
    write(
        line(release, "2026-11-20T23:59:59.999+00:00"),
        line(release, "2026-11-21T01:30:00+02:00"),  # still the 20th in UTC
        line(release, "2026-11-21T00:00:00+00:00"),
        line(other),
    )
    assert ingest_downloads() == Ingested(counted=4)
    assert counts() == {
        ("1.0.0", "2026-11-20"): 2,
        ("1.0.0", "2026-11-21"): 1,
        ("1.1.0", "2026-11-20"): 1,
    }


def test_reading_again_counts_nothing_and_new_lines_add(release: Release) -> None:
    write(line(release), line(release))
    assert [ingest_downloads().counted for _ in range(3)] == [2, 0, 0]
    write(line(release))
    assert ingest_downloads().counted == 1
    assert counts() == {("1.0.0", "2026-11-20"): 3}


def test_half_a_line_waits_for_its_other_half(release: Release) -> None:
    whole = line(release)
    write(line(release), whole[:40])
    assert ingest_downloads() == Ingested(counted=1)
    write(whole[40:])
    assert ingest_downloads() == Ingested(counted=1)


def test_the_first_line_may_be_half_written_too(release: Release) -> None:
    whole = line(release)
    write(whole[:40])
    assert ingest_downloads() == Ingested()
    write(whole[40:])
    assert ingest_downloads() == Ingested(counted=1)


def test_garbage_is_skipped_and_counted(release: Release, caplog: pytest.LogCaptureFixture) -> None:
    write(
        b"\n", b"garbage\n", b"\xff\xfe\x00\n", b"[]\n", b"null\n", b"[" * 5000 + b"\n",
        line(release, path="/files/../etc/passwd"),
        line(release, path=f"/files/zz/{release.sha256}/{release.filename}"),
        line(release, path=["x"]),
        line(release, status=404),
        line(release, time="yesterday"),
        line(release, time="2026-11-20T10:00:00"),
        line(release, time=5),
        line(release),
    )  # fmt: skip
    with caplog.at_level(logging.WARNING, logger="lumos.analytics"):
        assert ingest_downloads() == Ingested(counted=1, garbage=13)
    assert "13 invalid lines" in caplog.text


def test_files_that_no_release_has_are_counted_apart(release: Release) -> None:
    path = f"/files/aa/{'a' * 64}/lumos_cli-0.1.0-py3-none-any.whl"
    write(line(release, path=path), line(release))
    assert ingest_downloads() == Ingested(counted=1, unknown=1)


def test_a_log_that_is_renamed_is_finished_and_its_successor_begun(release: Release) -> None:
    path = write(line(release), name="nginx.log")
    ingest_downloads()
    write(line(release), name="nginx.log")
    path.rename(path.with_name("nginx.log.1"))
    write(line(release), line(release), name="nginx.log")
    assert ingest_downloads().counted == 3
    assert ingest_downloads().counted == 0
    assert counts() == {("1.0.0", "2026-11-20"): 4}


def test_a_log_that_is_copied_away_and_emptied_is_counted_once(release: Release) -> None:
    path = write(line(release), line(release), name="nginx.log")
    ingest_downloads()
    shutil.copy(path, path.with_name("nginx.log.1"))
    path.write_bytes(b"")
    write(line(release), name="nginx.log")
    assert ingest_downloads().counted == 1
    assert counts() == {("1.0.0", "2026-11-20"): 3}


def test_many_batches_of_one_log_are_all_read(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH_BYTES", 1000)
    write(*(line(release) for _ in range(50)))
    assert ingest_downloads().counted == 50


def test_bytes_without_an_end_of_line_do_not_stop_the_rest(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH_BYTES", 1000)
    write(line(release), b"x" * 5000 + b"\n", line(release))
    assert ingest_downloads().counted == 2


def test_counting_asks_for_new_figures_in_the_same_transaction(release: Release) -> None:
    write(line(release), line(release))
    ingest_downloads()
    job = Job.objects.get(task="analytics.update_figures")
    assert (job.args, job.queue, job.key) == ([release.tool_id], "index", str(release.tool_id))


def test_a_missing_folder_is_no_error() -> None:
    assert ingest_downloads() == Ingested()


def test_logs_are_removed_when_they_are_old_and_read(release: Release) -> None:
    old, young = (write(line(release), name=name) for name in ("web-1.log", "web-2.log"))
    unread = write(b"half a line", name="web-3.log")
    long_ago = timezone.now().timestamp() - 15 * 86400
    for path in (old, unread):
        os.utime(path, (long_ago, long_ago))
    assert ingest_downloads().counted == 2
    assert (old.exists(), young.exists()) == (False, True)
    assert LogPosition.objects.count() == 2
    LogPosition.objects.update(read_at=timezone.now() - dt.timedelta(days=100))
    ingest_downloads()
    assert LogPosition.objects.count() <= 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_ingest_at_once_one_counts(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        write(*(line(release) for _ in range(20)), name=f"web-{number}.log")
    together = threading.Barrier(4)
    read = ingesting.read_batch

    def slow(log: reading.LogFile, offset: int) -> reading.Batch | None:
        batch = read(log, offset)
        if batch and log.path.name == "web-0.log":
            together.wait(10)  # all have read the same lines before anyone counts
        return batch

    def work() -> None:
        try:
            ingest_downloads()
        finally:
            connection.close()

    monkeypatch.setattr(ingesting, "read_batch", slow)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    monkeypatch.setattr(ingesting, "read_batch", read)
    ingest_downloads()
    assert counts() == {("1.0.0", "2026-11-20"): 100}


#: Dies without a word at the moment named in argv[1].
DIES = """
import os, signal, sys
import django
django.setup()
from django.db import transaction
from analytics import ingest
from analytics.actions import ingest_downloads

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

moment = sys.argv[1]
if moment == "position moved":
    ingest._releases = die
elif moment == "rows added":
    ingest.enqueue = die
elif moment == "committed":
    count = ingest.count_batch
    ingest.count_batch = lambda *args: (count(*args), die())
elif moment == "first log done":
    logs = list(ingest.log_files(ingest.Path(sys.argv[2])))
    def some(folder):
        yield logs[0]
        die()
    ingest.log_files = some
ingest_downloads()
"""


def database_url() -> str:
    made = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{made['NAME']}"
    password = f":{made['PASSWORD']}" if made["PASSWORD"] else ""
    return (
        f"postgres://{made['USER']}{password}@{made['HOST']}:{made['PORT'] or 5432}/{made['NAME']}"
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["position moved", "rows added", "committed", "first log done"])
def test_a_worker_killed_at_any_moment_counts_everything_once(
    release: Release, moment: str
) -> None:
    write(line(release), line(release), name="web-0.log")
    write(line(release), name="web-1.log")
    env = {
        **os.environ,
        "DATA_DIR": str(settings.DATA_DIR),
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", DIES, moment, str(settings.DOWNLOAD_LOG_DIR)],
        cwd=REPOSITORY, env=env, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    before = sum(counts().values())
    assert before == (2 if moment in ("committed", "first log done") else 0)
    assert before + ingest_downloads().counted == 3
    assert counts() == {("1.0.0", "2026-11-20"): 3}
    assert Job.objects.filter(task="analytics.update_figures", state="waiting").count() == 1


@given(st.binary(max_size=200))
def test_no_line_breaks_the_reading(data: bytes) -> None:
    with pytest.raises(Garbage):
        parse(data)
