"""Findings about functions that cannot be described, with the file and line that they are about."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class DescriptionRefused(Exception):
    """The functions cannot be described; ``findings`` has at least one finding, as JSON."""

    def __init__(self, findings: list[dict[str, Any]]) -> None:
        self.findings = findings
        super().__init__("; ".join(finding["message"] for finding in findings))


@dataclass(frozen=True)
class Subject:
    """A loaded function, with what its findings need to point to it."""

    name: str
    entry: str
    function: Callable[..., Any]

    def finding(self, rule: str, message: str, fix: str, parameter: str = "") -> dict[str, Any]:
        """A finding that points to the function, or to the line of one of its parameters."""
        file, line = location(self.function, parameter)
        text = f"The function {self.name} {message}"
        return finding(rule, text, fix, file=file, line=line)


def finding(
    rule: str, message: str, fix: str, *, file: str = "", line: int | None = None
) -> dict[str, Any]:
    """What :func:`lumos.package.functions.from_generator` reads, which knows the rules."""
    return {"rule": rule, "message": message, "fix": fix, "file": file, "line": line}


def location(function: Callable[..., Any], parameter: str = "") -> tuple[str, int | None]:
    """The file (as the wheel names it) and the line of a function or of one of its parameters."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return "", None
    try:
        lines, first = inspect.getsourcelines(code)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError, ValueError):
        return relative(code.co_filename), code.co_firstlineno
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.arg == parameter:
            return relative(code.co_filename), first + node.lineno - 1
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return relative(code.co_filename), first + node.lineno - 1
    return relative(code.co_filename), first


def relative(filename: str) -> str:
    """``filename`` relative to the folder of ``sys.path`` that holds it, with forward slashes."""
    roots = [root for root in sys.path if root and filename.startswith(root.rstrip("/") + "/")]
    return (
        Path(filename).relative_to(max(roots, key=len)).as_posix() if roots else Path(filename).name
    )
