"""The worker of `make run`: threads that run due jobs, and the periodic tasks."""

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
    """Runs jobs in ``WORKER_THREADS`` threads. One per DATA_DIR, enforced with a file lock."""

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
        """Celery's beat schedule as {task name: interval in seconds}."""
        entries = current_app.conf.beat_schedule.values()
        return {entry["task"]: entry["schedule"].run_every.total_seconds() for entry in entries}

    def run(self) -> None:
        """Run until SIGTERM or SIGINT, then wait for the running jobs."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        with FileLock(Path(settings.DATA_DIR) / "worker.lock", fallback_to_soft=False):
            self._release_predecessor()
            tasks()  # imported once here, before threads need them and signals are sent
            logger.info("Worker ready with %s threads", settings.WORKER_THREADS)
            worker_ready.send(self)
            while not self.stopping.is_set():
                self._turn()
            self.threads.shutdown(wait=True, cancel_futures=True)
            self.alarm.close()

    def _turn(self) -> None:
        try:
            self._run_schedule()
            started = self._start_due()
        except Exception:  # the database may be unavailable for a while; keep running
            logger.exception("The worker could not query for jobs")
            connection.close_if_unusable_or_obsolete()
            started = False
        if not started:
            self.alarm.wait(1.0)

    def _start_due(self) -> bool:
        self.running = {pk: job for pk, job in self.running.items() if not job.done()}
        free = settings.WORKER_THREADS - len(self.running)
        if free <= 0:
            return False
        if self.is_isolating and self.running:
            return False
        due = Job.objects.claimable(timezone.now()).exclude(pk__in=self.running)
        rows = list(due.values_list("pk", "task", "alone")[:free])
        suspects = [row for row in rows if row[2]]
        if suspects and self.running:
            return False  # it runs alone, once the others have finished
        self.is_isolating = bool(suspects)
        for job_id, task, _ in suspects[:1] or rows:
            self.running[job_id] = self.threads.submit(self._do, task, [job_id])
        return bool(rows)

    def _run_schedule(self) -> None:
        """Start each periodic task that is due in its own thread.

        A sweep over a large marketplace takes minutes, during which jobs and heartbeats continue.
        These threads are not joined on shutdown, so periodic tasks must be safe to interrupt.
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
            wake.tell()  # a thread is free: query for the next job at once

    def _release_predecessor(self) -> None:
        # The lock proves that no other worker of this DATA_DIR is running, so leased jobs belong
        # to a killed worker and can be requeued without waiting for their leases to expire.
        left = Job.objects.filter(state=JobState.RUNNING).update(leased_until=timezone.now())
        if left:
            logger.info("Taking over %s jobs of the previous worker", left)

    def _stop(self, *_: object) -> None:
        self.stopping.set()
        wake.tell()
