"""Imports the function that an entry such as ``package.module:function`` names."""

from __future__ import annotations

import importlib
import inspect
import os
import traceback
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .findings import DescriptionRefused, finding, location, relative

FOLDER = str(Path(__file__).parent) + os.sep


def load(name: str, entry: str) -> Callable[..., Any]:
    """The function; raises DescriptionRefused if it cannot be imported or is no plain function."""
    module, _, attribute = entry.partition(":")
    try:
        target: Any = importlib.import_module(module)
        for part in attribute.split("."):
            target = getattr(target, part)
    except BaseException as error:
        raise DescriptionRefused([not_importable(name, entry, error)]) from error
    is_function = inspect.isfunction(target) or inspect.isfunction(inspect.unwrap(target))
    is_generator = inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target)
    if is_function and not is_generator:
        return typing.cast(Callable[..., Any], target)
    kind = "generator" if is_function else type(target).__name__
    raise DescriptionRefused([not_a_function(name, entry, kind, target if is_function else None)])


def not_a_function(
    name: str, entry: str, kind: str, function: Callable[..., Any] | None
) -> dict[str, Any]:
    file, line = location(function) if function else ("", None)
    return finding(
        "schema/not-a-function",
        f"The function {name} points to {entry}, which is a {kind}.",
        f"Write `def {name}(...) -> ...`, return the result, and name the function in `entry`.",
        file=file,
        line=line,
    )


def not_importable(name: str, entry: str, error: BaseException) -> dict[str, Any]:
    last = traceback.format_exception_only(error)[-1].strip()
    file, line = origin(error)
    return finding(
        "schema/not-importable",
        f"The function {name} cannot be loaded from {entry}: {last}",
        "Fix the error, and list what the code imports under `dependencies` in pyproject.toml.",
        file=relative(file) if file else "",
        line=line,
    )


def origin(error: BaseException) -> tuple[str, int | None]:
    """The file and line where an import failed; empty if the import statement itself is ours.

    A syntax error has no frame in the file that it is about, but it names the file.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    real = [frame for frame in frames if not frame.filename.startswith("<")]
    if not real or real[-1].filename == importlib.__file__ or real[-1].filename.startswith(FOLDER):
        return "", None
    return real[-1].filename, real[-1].lineno
