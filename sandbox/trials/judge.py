"""Judge one trial: accepted, refused, blocked or failed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from lumos.package.schema.validation import TOO_MUCH_WORK, value_problems
from lumos.package.trials import FailureKind
from sandbox.report import Outcome, StepResult
from sandbox.trials.subject import Needs, Subject

REFUSALS = frozenset({"ValueError", "TypeError"})
#: A docstring that names one of these says nothing about which errors to expect.
TOO_BROAD = frozenset({"object", "BaseException", "Exception"})
ENDINGS = {
    Outcome.TIMED_OUT: FailureKind.HANG,
    Outcome.CRASHED: FailureKind.CRASH,
    Outcome.MEMORY: FailureKind.LIMIT,
    Outcome.OUTPUT_LIMIT: FailureKind.LIMIT,
}


class Verdict(Enum):
    """What became of one input; see :class:`lumos.package.trials.FunctionTrials`."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    BLOCKED = "blocked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Judgment:
    """A verdict; a failure's ``kind``, its ``error`` as a sentence and its type, ``error_type``."""

    verdict: Verdict
    kind: FailureKind | None = None
    error: str = ""
    error_type: str = ""

    @property
    def failed(self) -> bool:
        """Whether the function failed."""
        return self.verdict is Verdict.FAILED

    def same_failure(self, other: Judgment) -> bool:
        """Whether both are failures of one kind."""
        return self.failed and (self.kind, self.error_type) == (other.kind, other.error_type)


def judge(
    result: StepResult, subject: Subject, raises: Sequence[str] = (), *, unanswered: bool = False
) -> Judgment:
    """Judge what a call led to.

    ``raises`` are the exceptions that the docstring names; ``unanswered`` says that the function
    asked a network that it declares for something that no recording answers.
    """
    if result.outcome is Outcome.RETURNED:
        return _returned(result.value, subject)
    if result.outcome is Outcome.COULD_NOT_START:
        return Judgment(Verdict.BLOCKED)
    if result.outcome in ENDINGS:
        return Judgment(Verdict.FAILED, ENDINGS[result.outcome], result.message, result.signal)
    return _raised(result, subject.needs, raises, unanswered=unanswered)


def _returned(value: Any, subject: Subject) -> Judgment:
    problems = value_problems(subject.spec.output_value(value), subject.spec.output_schema)
    if not problems:
        return Judgment(Verdict.ACCEPTED)
    if TOO_MUCH_WORK in problems:
        return Judgment(Verdict.BLOCKED)
    text = f"The result does not fit the output schema: {problems[0]}"
    return Judgment(Verdict.FAILED, FailureKind.RESULT, text)


def _raised(
    result: StepResult, needs: Needs, raises: Sequence[str], *, unanswered: bool
) -> Judgment:
    error = result.error or {}
    kind, name = error.get("kind", ""), str(error.get("type", ""))
    if kind == "arguments":  # a validator of the function's own types refused it
        return Judgment(Verdict.REFUSED)
    if kind == "result":
        return Judgment(Verdict.FAILED, FailureKind.RESULT, result.message)
    bases = {_short(name), *map(_short, error.get("bases", ()))}
    declared = {_short(item) for item in raises}
    if (bases - TOO_BROAD) & (REFUSALS | declared) or _short(name) in declared:
        return Judgment(Verdict.REFUSED)
    if unanswered or _lacks(error, bases, needs):
        return Judgment(Verdict.BLOCKED)
    return Judgment(Verdict.FAILED, FailureKind.ERROR, result.message, name)


def _lacks(error: dict[str, Any], bases: set[str], needs: Needs) -> bool:
    """Whether the error comes from something that the sandbox does not have."""
    if needs.files and "OSError" in bases:
        return True
    trace = f"{error.get('traceback', '')}\n{error.get('message', '')}"
    return any(name in trace for name in needs.settings)


def _short(name: str) -> str:
    return name.rpartition(".")[2]
