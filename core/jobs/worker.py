"""The worker of `make run`: threads that claim due jobs, and the clock's schedule."""

from __future__ import annotations

import logging
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from celery import current_app
from celery.signals import worker_ready
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone
from filelock import FileLock

from core.jobs import wake
from core.jobs.wake import Alarm
from core.jobs.work import tasks
from core.models import Job, JobState

logger = logging.getLogger("lumos.worker")


class Worker:
    """One per DATA_DIR (a file lock sees to it), with a few threads."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.threads = ThreadPoolExecutor(settings.WORKER_THREADS, thread_name_prefix="job")
        self.running: dict[int, Future[None]] = {}
        self.is_isolating = False
        self.sweeps: dict[str, threading.Thread] = {}
        self.alarm = Alarm()
        self.next_run = dict.fromkeys(self.schedule(), 0.0)

    @staticmethod
    def schedule() -> dict[str, float]:
        """Celery's schedule, as seconds by task."""
        entries = current_app.conf.beat_schedule.values()
        return {entry["task"]: entry["schedule"].run_every.total_seconds() for entry in entries}

    def run(self) -> None:
        """Work until a signal comes; then let what runs end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        with FileLock(Path(settings.DATA_DIR) / "worker.lock", fallback_to_soft=False):
            self._release_predecessor()
            tasks()  # imported once here, before threads need them and signals are sent
            logger.info("worker ready, %s threads", settings.WORKER_THREADS)
            worker_ready.send(self)
            while not self.stopping.is_set():
                self._turn()
            self.threads.shutdown(wait=True, cancel_futures=True)
            self.alarm.close()

    def _turn(self) -> None:
        try:
            self._run_schedule()
            started = self._start_due()
        except Exception:  # the database may be away for a while; the worker outlives that
            logger.exception("the worker could not look for work")
            connection.close_if_unusable_or_obsolete()
            started = False
        if not started:
            self.alarm.nap(1.0)

    def _start_due(self) -> bool:
        self.running = {pk: job for pk, job in self.running.items() if not job.done()}
        free = settings.WORKER_THREADS - len(self.running)
        if free <= 0:
            return False
        if self.is_isolating and self.running:
            return False
        due = Job.objects.claimable(timezone.now()).exclude(pk__in=self.running)
        found = list(due.values_list("pk", "task", "alone")[:free])
        suspects = [row for row in found if row[2]]
        if suspects and self.running:
            return False  # it runs alone, as soon as the others have ended
        self.is_isolating = bool(suspects)
        for job_id, task, _ in suspects[:1] or found:
            self.running[job_id] = self.threads.submit(self._do, task, [job_id])
        return bool(found)

    def _run_schedule(self) -> None:
        """Start what is due by the clock, each in a thread of its own.

        A sweep over a large marketplace takes minutes; jobs, and the sign of life, go on. The
        threads are not waited for at the end: what they do may be cut off anywhere.
        """
        now = time.monotonic()
        for task, seconds in self.schedule().items():
            if now >= self.next_run[task] and not self._is_sweeping(task):
                self.next_run[task] = now + seconds
                self.sweeps[task] = threading.Thread(
                    target=self._do, args=[task, []], name=task, daemon=True
                )
                self.sweeps[task].start()

    def _is_sweeping(self, task: str) -> bool:
        return task in self.sweeps and self.sweeps[task].is_alive()

    def _do(self, task: str, args: list[Any]) -> None:
        close_old_connections()
        try:
            tasks()[task].apply(args=args)
        finally:
            connection.close()
            wake.tell()  # a thread is free: look for the next job at once

    def _release_predecessor(self) -> None:
        # The lock proves that no other worker of this DATA_DIR lives, so what is leased was left
        # behind by a killed one and need not wait for its lease to end.
        left = Job.objects.filter(state=JobState.RUNNING).update(leased_until=timezone.now())
        if left:
            logger.info("taking over %s jobs of the worker before", left)

    def _stop(self, *_: object) -> None:
        self.stopping.set()
        wake.tell()
