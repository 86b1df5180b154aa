"""Keeping one hostile file from spoiling a scan: progress, time per step, and what to skip."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from lumos.package.findings import Finding
from security_scan.rules.files import RULES
from security_scan.target import SourceFile

__all__ = ["Guard", "StepTimeout", "could_not_finish"]


class StepTimeout(BaseException):
    """One file took a scanner longer than a step may take.

    No ``Exception``, because libraries that catch everything would swallow it.
    """


def could_not_finish(scanner: str, file: str, reason: str) -> Finding:
    """The finding for a step that crashed, ran out of memory or ran too long."""
    where = f" at {file}" if file else ""
    return RULES["scan/could-not-finish"].finding(
        f"The {scanner} scanner could not finish{where}: {reason}.",
        file,
        evidence={"scanner": scanner, "reason": reason},
    )


@dataclass
class Guard:
    """Runs the steps of a scan, one file and one scanner at a time.

    ``progress`` is told of a step before it starts, so that whoever watches a child process
    knows where it died. ``skip`` holds the (scanner, file) pairs that crashed before.
    """

    step_seconds: float = 0.0
    progress: Callable[[str, str], None] = lambda scanner, file: None
    skip: frozenset[tuple[str, str]] = frozenset()
    failures: list[Finding] = field(default_factory=list)

    @contextmanager
    def step(self, scanner: str, file: str = "") -> Iterator[bool]:
        """Give True if the step should be done; turn what it raises into a finding."""
        if (scanner, file) in self.skip:
            yield False
            return
        self.progress(scanner, file)
        try:
            with _alarm(self.step_seconds):
                yield True
        except StepTimeout:
            spent = f"{self.step_seconds:g} s of processor time"
            self._failed(scanner, file, f"it took longer than {spent}")
        except MemoryError:
            self._failed(scanner, file, "it needed more memory than a scan may use")
        except RecursionError:
            self._failed(scanner, file, "it is nested too deeply")
        except Exception as error:
            self._failed(scanner, file, f"{type(error).__name__}: {error}"[:200])

    def each(
        self,
        scanner: str,
        files: Iterable[SourceFile],
        check: Callable[[SourceFile], Iterable[Finding]],
    ) -> Iterator[Finding]:
        """The findings of ``check`` on every file, each file in a step of its own."""
        for file in files:
            found: list[Finding] = []
            with self.step(scanner, file.path) as wanted:
                if wanted:
                    found.extend(check(file))
            yield from found

    def _failed(self, scanner: str, file: str, reason: str) -> None:
        self.failures.append(could_not_finish(scanner, file, reason))


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise StepTimeout after so many seconds of processor time, which a busy machine does not
    shorten; only the main thread can have an alarm.
    """
    if not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(signum: int, frame: FrameType | None) -> None:
        raise StepTimeout

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
