"""A parsed module with its scopes: what the scanners that read Python look at."""

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


#: Returns of one function that say what its result is.
RETURNS = 8


class Package(Protocol):
    """What a module knows of the others beside it (``project.Project``)."""

    def find(self, dotted: str) -> tuple[Module, str] | None:
        """The package's module in which ``dotted`` is defined, and its name there."""

    def callers(self, dotted: str) -> Iterable[tuple[Module, CallSite]]:
        """The calls of a function of the package, wherever they stand."""


@dataclass(eq=False)
class Module:
    """One Python file, or one piece of code found inside another (``layer`` > 0).

    ``name`` is dotted as an import would write it. ``base_line`` is where a layer stands in the
    file, so that findings name a line that exists.
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
        """What expressions stand for."""
        return self.values.names

    @cached_property
    def values(self) -> Values:
        """What expressions are worth, where that is constant."""
        return Values(Names(self.scopes, self.name, self.constant_elsewhere, self.returned))

    def constant_elsewhere(self, dotted: str) -> Any:
        """What a name of another module of the package is worth; UNKNOWN without one."""
        found = self.package.find(dotted) if self.package else None
        return found[0].values.named(found[1]) if found and found[0] is not self else UNKNOWN

    def returned(self, dotted: str) -> Iterator[tuple[Names, ast.expr, Scope]]:
        """What the package's function ``dotted`` returns, with what is needed to read it."""
        found = self.package.find(dotted) if self.package else None
        function = found and found[0].scopes.functions.get(found[1])
        if found and function:
            for value in function.returns[:RETURNS]:
                yield found[0].names, value, function

    def line(self, node: ast.AST) -> int:
        """The line in the file where ``node`` stands (a layer stands at one line)."""
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
    """Parse and take apart; never raises SyntaxError (see ``Module.error``).

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
    """``src/acme_tool/core.py`` -> ``acme_tool.core``: from the topmost folder with __init__.py."""
    known = paths if isinstance(paths, set | frozenset) else frozenset(paths)
    *folders, file = path.removesuffix(".py").split("/")
    start = len(folders)
    while start and "/".join([*folders[:start], "__init__.py"]) in known:
        start -= 1
    parts = [*folders[start:], *([] if file == "__init__" else [file])]
    return ".".join(parts) or file
