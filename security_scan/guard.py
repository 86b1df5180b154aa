"""Run each step of a scan (one scanner, one file) with a time limit, progress and skipping.

A step that fails becomes a finding, so that a hostile file does not end the scan.
"""

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
    """A step exceeded its time limit.

    Not an ``Exception``, because libraries that catch every exception would suppress it.
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

    ``progress`` is called before each step, so that the parent of a child process knows in which
    step it died. ``skip`` holds the (scanner, file) pairs that crashed before.
    """

    step_seconds: float = 0.0
    progress: Callable[[str, str], None] = lambda scanner, file: None
    skip: frozenset[tuple[str, str]] = frozenset()
    failures: list[Finding] = field(default_factory=list)

    @contextmanager
    def step(self, scanner: str, file: str = "") -> Iterator[bool]:
        """Yield True unless the step is skipped; turn exceptions of the block into a finding."""
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
            findings: list[Finding] = []
            with self.step(scanner, file.path) as wanted:
                if wanted:
                    findings.extend(check(file))
            yield from findings

    def _failed(self, scanner: str, file: str, reason: str) -> None:
        self.failures.append(could_not_finish(scanner, file, reason))


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise StepTimeout after ``seconds`` of processor time, which does not depend on the load.

    Has no effect outside the main thread, where signals cannot be handled.
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
