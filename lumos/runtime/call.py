"""One call of one function of a project's tool, from its name to its result."""

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

__all__ = ["CallResult", "call_once"]


@dataclass(slots=True)
class CallResult:
    """What Lumos answers about a call; ``trace`` is the tool's own traceback.

    ``failure`` is the error as people read it, where there is one.
    """

    tool_name: str
    success: bool
    execution_time_ms: float
    result: Any = None
    error: dict[str, Any] = field(default_factory=dict)
    trace: str = ""
    failure: ToolFailed | None = None

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON; ``error`` only where there is one."""
        answer = {
            "tool_name": self.tool_name,
            "success": self.success,
            "execution_time_ms": self.execution_time_ms,
            "result": self.result,
        }
        return {**answer, "error": self.error} if self.error else answer


def call_once(target: str, arguments: str, *, timeout: float | None = None) -> CallResult:
    """Call ``tool`` or ``tool.function`` with arguments as JSON text.

    Raises a LumosError where nothing could be called (no such tool, no JSON, a setting missing);
    what goes wrong in the call is part of the result. ``timeout`` is in seconds.
    """
    project = find_project()
    name, _, function = target.partition(".")
    tool = load_tool(project, choose_tool(project, name))
    spec = tool.function(function)
    values = _parsed(arguments)
    with _started(project, tool, spec.name) as process:
        begun = None
        try:
            # The child imports the tool while this process imports the validator.
            _check(values, spec)
            process.load(timeout=timeout)
            begun = time.perf_counter()
            result = process.call(spec.name, values, timeout=timeout)
        except ToolFailed as error:
            return _failed(tool, error, _milliseconds(begun))
        return CallResult(tool.name, True, _milliseconds(begun), result)


def _check(values: Any, spec: FunctionSpec) -> None:
    from lumos.runtime.arguments import argument_problems

    problems = argument_problems(values, spec.input_schema)
    if problems:
        raise ToolFailed("arguments", "InvalidArguments", "\n".join(problems))


def _started(project: Project, tool: InstalledTool, function: str) -> RunnerProcess:
    entry = project.find(tool.locked.tool)
    environment = tool_environment(tool, entry.config if entry else {})
    python = python_of(environment_of(project))
    return RunnerProcess(python, {function: tool.entries[function]}, environment)


def _failed(tool: InstalledTool, error: ToolFailed, elapsed: float) -> CallResult:
    told = {"type": error.error_type, "message": error.what}
    return CallResult(tool.name, False, elapsed, error=told, trace=error.trace, failure=error)


def _milliseconds(begun: float | None) -> float:
    """Since ``begun``; nothing was executed where the function was not reached."""
    return 0.0 if begun is None else round((time.perf_counter() - begun) * 1000, 3)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_json(text, error) from error


def _not_json(text: str, error: Exception) -> LumosError:
    shown = text if len(text) <= 80 else text[:77] + "..."
    return UsageError(
        "The arguments are not JSON.",
        why=f"{error}: {shown}",
        hint='Put the JSON into single quotes: lumos run csv-parser \'{"csv_data": "a,b"}\', '
        "or use --input FILE.",
    )
