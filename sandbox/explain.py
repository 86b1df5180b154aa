"""Turn the reply of a sandbox step into an outcome and a message for the publisher."""

from __future__ import annotations

import errno
import signal
from typing import Any

from sandbox.limits import MIB, Limits
from sandbox.report import Outcome, StepResult
from sandbox.supervisor import Reply

FAILURES = {
    "timed out": Outcome.TIMED_OUT,
    "memory": Outcome.MEMORY,
    "output limit": Outcome.OUTPUT_LIMIT,
    "died": Outcome.CRASHED,
    "garbage": Outcome.CRASHED,
}
SIGNALS = {
    "SIGSEGV": "accessed invalid memory (segmentation fault), often because of endless recursion "
    "or a bug in native code",
    "SIGABRT": "aborted (SIGABRT), often from native code",
    "SIGBUS": "accessed memory that could not be provided (SIGBUS)",
    "SIGFPE": "made an arithmetic error in native code (SIGFPE)",
    "SIGILL": "ran an instruction that this processor does not have (SIGILL)",
    "SIGSYS": "made a system call for which the sandbox ends a process (SIGSYS)",
}


def explain(
    reply: Reply,
    limits: Limits,
    *,
    oom: bool = False,
    crowded: bool = False,
    processor_seconds: float = 0.0,
) -> StepResult:
    """Turn the reply of a load or a call into a result.

    ``oom``: the kernel ended a process of the sandbox at its memory limit. ``crowded``: the limit
    of processes was reached. ``processor_seconds``: processor time of the busiest process.
    """
    if reply.ok:
        result = StepResult(Outcome.RETURNED, value=(reply.answer or {}).get("value"))
    elif reply.answer is not None:
        result = explain_error(readable(reply.error), limits)
    else:
        result = explain_failure(reply, limits)
    if oom:
        text = f"It used more than {limits.memory_bytes // MIB} MiB of memory."
        result.violations.append(text)
        if result.outcome is Outcome.CRASHED:
            result.outcome, result.message = Outcome.MEMORY, text
    elif reply.killed or result.signal == "SIGKILL":
        explain_kill(result, limits, processor_seconds)
    if crowded and crowd(limits) not in result.violations:
        result.violations.append(crowd(limits))
    result.seconds = reply.seconds
    return result


def explain_kill(result: StepResult, limits: Limits, processor_seconds: float) -> None:
    """Explain a SIGKILL: the limit of processor time, or an unknown cause."""
    if processor_seconds >= limits.cpu_seconds:
        result.outcome, result.message = Outcome.TIMED_OUT, too_busy(limits)
    else:
        result.killed = True


def too_busy(limits: Limits) -> str:
    return f"It used more than {limits.cpu_seconds} seconds of processor time."


def explain_failure(reply: Reply, limits: Limits) -> StepResult:
    """Explain a request without a valid answer."""
    outcome = FAILURES[reply.failure]
    match reply.failure:
        case "timed out":
            seconds = min(reply.seconds, limits.wall_seconds)
            text = f"It did not finish within {seconds:.3g} seconds, so it was stopped."
        case "died":
            text = "It ended the process that runs it, so there is no result."
        case "garbage":
            text = f"It wrote on the sandbox's own descriptor: {reply.detail}."
        case _:
            text = f"It was stopped because {reply.detail}."
    violations = [text] if reply.failure in ("garbage", "memory", "output limit") else []
    return StepResult(outcome, text, violations=violations)


def explain_error(error: dict[str, Any], limits: Limits) -> StepResult:
    """Explain an error reported by the runner. A tool that forges one only fails its own check."""
    kind, name, message = error["kind"], error["type"], error["message"]
    if kind == "exit":
        return explain_exit(error, limits)
    if kind == "too large":
        return StepResult(Outcome.OUTPUT_LIMIT, message, error=error)
    if name == "MemoryError":
        text = f"It ran out of memory: {limits.memory_bytes // MIB} MiB are available to it."
        return StepResult(Outcome.MEMORY, text, error=error)
    if kind == "request":
        return StepResult(Outcome.COULD_NOT_START, message, error=error)
    text = {
        "arguments": f"The input does not match the function: {message}",
        "result": message,
        "load": f"Its module cannot be imported: {name}: {message}",
    }.get(kind, f"It raised {name}: {message}" if message else f"It raised {name}.")
    result = StepResult(Outcome.RAISED, text, error=error)
    refusal = refused(error, limits)
    if refusal:
        result.violations.append(refusal)
    return result


def explain_exit(error: dict[str, Any], limits: Limits) -> StepResult:
    """Explain that the process of a step ended before it answered."""
    number = error.get("signal")
    if not isinstance(number, int):
        status = error.get("status", "unknown")
        text = f"Its process ended with status {status} before it gave a result."
        return StepResult(Outcome.CRASHED, text, error=error)
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    if name == "SIGXCPU":
        return StepResult(Outcome.TIMED_OUT, too_busy(limits), error=error, signal=name)
    text = f"It {SIGNALS.get(name, f'was ended by {name}')}."
    violations = [text] if name == "SIGSYS" else []
    return StepResult(Outcome.CRASHED, text, error=error, signal=name, violations=violations)


def refused(error: dict[str, Any], limits: Limits) -> str:
    """A sentence on the sandbox limit or rule that caused the tool's exception, or ""."""
    message = error["message"]
    match error.get("errno"):
        case errno.EPERM | errno.EACCES | errno.ENOSYS:
            return f"The sandbox blocked an operation: {message}."
        case errno.EROFS:
            return f"It tried to write outside its working folder: {message}."
        case errno.EFBIG:
            return f"It tried to write a file of more than {limits.file_bytes // MIB} MiB."
        case errno.ENOSPC:
            return f"It filled the {limits.tmpfs_bytes // MIB} MiB (or the files) that it may use."
        case errno.EMFILE:
            return f"It opened more than {limits.files} files at once."
        case errno.EAGAIN:
            return crowd(limits)
        case errno.ENETUNREACH | errno.ECONNREFUSED | errno.EAFNOSUPPORT:
            return f"It tried to use the network, which the sandbox does not have: {message}."
    return crowd(limits) if "can't start new thread" in message else ""


def crowd(limits: Limits) -> str:
    return f"It tried to have more than {limits.processes} processes and threads."


def readable(error: dict[str, Any]) -> dict[str, Any]:
    """The known fields of an untrusted error, converted to their types and cut in length."""
    fields: dict[str, Any] = {
        name: str(error.get(name) or "")[:limit]
        for name, limit in (("kind", 20), ("type", 200), ("message", 2000), ("traceback", 8000))
    }
    bases = error.get("bases")
    if isinstance(bases, list):
        fields["bases"] = [str(name)[:200] for name in bases[:16]]
    for name in ("errno", "signal", "status"):
        number = error.get(name)
        if isinstance(number, int) and abs(number) < 1 << 31:
            fields[name] = int(number)
    return fields
