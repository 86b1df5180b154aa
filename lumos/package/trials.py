"""What the marketplace's own trial calls of a tool's functions showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["NEEDED", "FailureKind", "FunctionTrials", "TrialFailure", "TrialReport"]

#: Inputs that a function must not have refused before its trials count.
NEEDED = 10


class FailureKind(StrEnum):
    """How a trial failed."""

    CRASH = "crash"  # the process ended before it answered
    HANG = "hang"  # no answer within the time limit
    LIMIT = "limit"  # more memory, or a larger answer, than the sandbox allows
    RESULT = "result"  # the result does not fit the output schema, or is not JSON
    ERROR = "error"  # an exception that is neither a refusal nor documented
    CHANGED = "changed"  # another result for the same input, in a deterministic function


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFailure:
    """One way in which a function failed, with the smallest input that was found for it.

    ``count`` is how many inputs failed in this way.
    """

    kind: FailureKind
    error: str
    input: Mapping[str, Any]
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionTrials:
    """The trials of one function. Every input fits its input schema.

    ``tried`` is the sum of: ``accepted``, a result that fits the output schema; ``refused``, a
    ValueError, a TypeError or an exception that the docstring names, which neither earns nor
    loses; ``blocked``, what the sandbox cannot offer (network, files, settings); and ``failed``.
    ``not_measured`` says why the trials do not count; it is empty where they do. ``limits`` says
    what could not be tried.
    """

    function: str
    tried: int = 0
    accepted: int = 0
    refused: int = 0
    blocked: int = 0
    failed: int = 0
    not_measured: str = ""
    limits: str = ""
    failures: tuple[TrialFailure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialReport:
    """The trials of a tool on one Python; ``seed`` (hexadecimal) determines their inputs."""

    python: str
    seed: str
    functions: tuple[FunctionTrials, ...] = ()
    seconds: float = 0.0
