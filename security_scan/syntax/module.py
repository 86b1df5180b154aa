"""A parsed module with its scopes, names and values, for the scanners of Python code."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from security_scan.syntax.builder import build_scopes
from security_scan.syntax.names import Names
from security_scan.syntax.parse import parse_source
from security_scan.syntax.scopes import CallSite, Scope, Scopes
from security_scan.syntax.values import UNKNOWN, Values

__all__ = ["Module", "dotted_name", "read_module"]


#: The most return statements of a function that are followed.
RETURNS = 8


class Package(Protocol):
    """Look-ups across the modules of a package (implemented by ``project.Project``)."""

    def find(self, dotted: str) -> tuple[Module, str] | None:
        """The package's module in which ``dotted`` is defined, and its name there."""

    def callers(self, dotted: str) -> Iterable[tuple[Module, CallSite]]:
        """The calls of a function of the package in all modules."""


@dataclass(eq=False)
class Module:
    """One Python file, or one piece of code found inside another (``layer`` > 0).

    ``name`` is the dotted import name. ``base_line`` is the line of a layer in the file, so that
    findings name an existing line.
    """

    path: str
    name: str
    text: str
    tree: ast.Module
    scopes: Scopes
    is_package: bool = False
    error: str = ""
    error_line: int | None = None
    left_out: int = 0
    layer: int = 0
    base_line: int = 0
    notes: dict[str, Any] = field(default_factory=dict)
    package: Package | None = None

    @cached_property
    def names(self) -> Names:
        """Resolves expressions to dotted names."""
        return self.values.names

    @cached_property
    def values(self) -> Values:
        """Evaluates constant expressions."""
        return Values(Names(self.scopes, self.name, self.constant_elsewhere, self.returned))

    def constant_elsewhere(self, dotted: str) -> Any:
        """The constant value of a name in another module of the package, or UNKNOWN."""
        definition = self.package.find(dotted) if self.package else None
        return (
            definition[0].values.named(definition[1])
            if definition and definition[0] is not self
            else UNKNOWN
        )

    def returned(self, dotted: str) -> Iterator[tuple[Names, ast.expr, Scope]]:
        """The return values of the package's function ``dotted``, with their names and scopes."""
        definition = self.package.find(dotted) if self.package else None
        function = definition and definition[0].scopes.functions.get(definition[1])
        if definition and function:
            for value in function.returns[:RETURNS]:
                yield definition[0].names, value, function

    def line(self, node: ast.AST) -> int:
        """The line of ``node`` in the file; in a layer, the line of the layer."""
        return self.base_line or getattr(node, "lineno", 1)


def read_module(
    path: str,
    text: str,
    *,
    source: bytes | None = None,
    name: str = "",
    layer: int = 0,
    base_line: int = 0,
) -> Module:
    """Parse a module; syntax errors are in ``Module.error``, not raised.

    ``source`` are the file's bytes, which Python may read differently from their decoded ``text``.
    """
    parsed = parse_source(text, source)
    is_package = path.endswith("__init__.py")
    package = name if is_package else name.rpartition(".")[0]
    return Module(
        path=path,
        name=name,
        text=text,
        tree=parsed.tree,
        scopes=build_scopes(parsed.tree, package),
        is_package=is_package,
        error=parsed.error,
        error_line=parsed.line,
        left_out=parsed.left_out,
        layer=layer,
        base_line=base_line,
    )


def dotted_name(path: str, paths: Iterable[str]) -> str:
    """``src/acme_tool/core.py`` -> ``acme_tool.core``, from the top folder with __init__.py."""
    known = paths if isinstance(paths, set | frozenset) else frozenset(paths)
    *folders, file = path.removesuffix(".py").split("/")
    start = len(folders)
    while start and "/".join([*folders[:start], "__init__.py"]) in known:
        start -= 1
    parts = [*folders[start:], *([] if file == "__init__" else [file])]
    return ".".join(parts) or file
