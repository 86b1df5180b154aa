"""Workers that claim, finish, fail, stall and vanish in any order keep the promises of a job."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.utils import timezone

from core.jobs import enqueue, queue, work
from core.models import Job, JobState

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
WORKERS = ("one", "two", "three")


class World:
    """A few jobs, three workers, and a clock that jumps."""

    def __init__(self, seed: int, patch: pytest.MonkeyPatch) -> None:
        self.dice = random.Random(seed)
        self.now = START
        self.held: dict[str, Job] = {}
        self.finished: list[int] = []
        self.buried: list[int] = []
        patch.setattr(timezone, "now", lambda: self.now)
        patch.setattr(work, "give_up", lambda dead, error: self.buried.append(dead.pk))
        self.jobs = []
        for number in range(3):
            made = enqueue("tests.simulated", number, queue="publish", key=f"job-{number}")
            assert made is not None
            self.jobs.append(made.pk)

    def step(self) -> None:
        """Something happens."""
        worker = self.dice.choice(WORKERS)
        moves = [self.claim, self.finish, self.fail, self.vanish, self.renew, self.wait, self.sweep]
        self.dice.choice(moves)(worker)
        self.check()

    def claim(self, worker: str) -> None:
        """Take a job, whatever one held before is forgotten (a restart)."""
        job = queue.claim(self.dice.choice(self.jobs))
        if job is not None:
            assert job.pk not in self.finished, "a finished job is never begun again"
            assert job.pk not in self.buried, "a buried job is never begun again"
            assert job.attempts <= 6
            self.held[worker] = job

    def finish(self, worker: str) -> None:
        """Say that it is done; it counts if the lease still holds."""
        job = self.held.pop(worker, None)
        if job is not None:
            owns = Job.objects.filter(pk=job.pk, lease=job.lease).exists()
            queue.finish(job)
            if owns:
                self.finished.append(job.pk)

    def fail(self, worker: str) -> None:
        """Give it back."""
        job = self.held.pop(worker, None)
        if job is not None:
            owns = Job.objects.filter(pk=job.pk, lease=job.lease).exists()
            if not queue.retry_later(job, "no luck") and owns:
                self.buried.append(job.pk)

    def vanish(self, worker: str) -> None:
        """Killed: nobody hears of it again."""
        self.held.pop(worker, None)

    def renew(self, worker: str) -> None:
        """The lease's thread beats."""
        job = self.held.get(worker)
        if job is not None and job.lease is not None:
            owns = Job.objects.filter(pk=job.pk, lease=job.lease).exists()
            assert queue.renew(job.lease) == owns

    def wait(self, worker: str) -> None:
        """Time goes on, also beyond leases."""
        self.now += dt.timedelta(seconds=self.dice.choice([1, 5, 60, 700, 1000]))

    def sweep(self, worker: str) -> None:
        """The clock's task."""
        work.sweep()

    def check(self) -> None:
        """What must hold at every moment."""
        assert len(self.finished) == len(set(self.finished)), "nothing is finished twice"
        assert len(self.buried) == len(set(self.buried)), "nothing is buried twice"
        for job in Job.objects.filter(pk__in=self.jobs):
            assert (job.state == JobState.RUNNING) == (job.lease is not None)
            assert (job.pk in self.finished) == (job.state == JobState.DONE)
            assert (job.pk in self.buried) == (job.state == JobState.DEAD)
        leases = [job.lease for job in self.held.values()]
        live = Job.objects.filter(lease__in=leases).count()
        assert live <= len(self.jobs)

    def settle(self) -> None:
        """One worker that never fails ends everything that can be ended."""
        self.held.clear()
        for _ in range(30):
            self.now += dt.timedelta(seconds=1000)
            self.sweep("one")
            for pk in self.jobs:
                if job := queue.claim(pk):
                    self.held["one"] = job
                    self.finish("one")
        states = set(Job.objects.filter(pk__in=self.jobs).values_list("state", flat=True))
        assert states <= {JobState.DONE, JobState.DEAD}


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens(db: None, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    world = World(seed, monkeypatch)
    for _ in range(150):
        world.step()
    world.settle()
