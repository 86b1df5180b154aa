"""Calls one function of a project's tool in a new process."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from lumos.client.errors import LumosError, UsageError
from lumos.client.installed import InstalledTool, choose_tool, load_tool
from lumos.client.installer import environment_of
from lumos.client.project import Project, find_project
from lumos.client.pythonenv import python_of
from lumos.package.functions import FunctionSpec
from lumos.runtime.environment import tool_environment
from lumos.runtime.process import RunnerProcess, ToolFailed
from lumos.runtime.results import checked_result

__all__ = ["CallResult", "call_once"]


@dataclass(slots=True)
class CallResult:
    """The result of a call. ``trace`` is the tool's traceback.

    After a failed call, ``error`` is the error as JSON and ``failure`` the one to show.
    """

    tool_name: str
    success: bool
    execution_time_ms: float
    result: Any = None
    error: dict[str, Any] = field(default_factory=dict)
    trace: str = ""
    failure: ToolFailed | None = None

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON; ``error`` only after a failed call."""
        answer = {
            "tool_name": self.tool_name,
            "success": self.success,
            "execution_time_ms": self.execution_time_ms,
            "result": self.result,
        }
        return {**answer, "error": self.error} if self.error else answer


def call_once(target: str, arguments: str, *, timeout: float | None = None) -> CallResult:
    """Call ``tool`` or ``tool.function`` with arguments as JSON text.

    Raises a LumosError if the call cannot start (unknown tool, invalid JSON, missing setting).
    Errors of the call itself are part of the result. ``timeout`` is in seconds.
    """
    project = find_project()
    name, _, function = target.partition(".")
    tool = load_tool(project, choose_tool(project, name))
    spec = tool.function(function)
    values = _parsed(arguments)
    with _start(project, tool, spec.name) as process:
        started = None
        try:
            # The child imports the tool while this process imports the validator.
            _check(values, spec)
            process.load(timeout=timeout)
            started = time.perf_counter()
            result = checked_result(process.call(spec.name, values, timeout=timeout), spec)
        except ToolFailed as error:
            return _failed(tool, error, _milliseconds(started))
        return CallResult(tool.name, True, _milliseconds(started), result)


def _check(values: Any, spec: FunctionSpec) -> None:
    from lumos.runtime.arguments import argument_problems

    problems = argument_problems(values, spec.input_schema)
    if problems:
        raise ToolFailed("arguments", "InvalidArguments", "\n".join(problems))


def _start(project: Project, tool: InstalledTool, function: str) -> RunnerProcess:
    entry = project.find(tool.locked.tool)
    environment = tool_environment(tool, entry.config if entry else {})
    python = python_of(environment_of(project))
    return RunnerProcess(python, {function: tool.entries[function]}, environment)


def _failed(tool: InstalledTool, error: ToolFailed, elapsed: float) -> CallResult:
    details = {"type": error.error_type, "message": error.message}
    return CallResult(tool.name, False, elapsed, error=details, trace=error.trace, failure=error)


def _milliseconds(started: float | None) -> float:
    """Milliseconds since ``started``; 0 if the function was not called."""
    return 0.0 if started is None else round((time.perf_counter() - started) * 1000, 3)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_json(text, error) from error


def _not_json(text: str, error: Exception) -> LumosError:
    shown = text if len(text) <= 80 else text[:77] + "..."
    return UsageError(
        "The arguments are not valid JSON.",
        why=f"{error}: {shown}",
        hint='Put the JSON in single quotes: lumos run csv-parser \'{"csv_data": "a,b"}\', '
        "or use --input FILE.",
    )
