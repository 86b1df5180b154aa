"""The bindings of a module's names, by scope.

A scope keeps all bindings of a name regardless of their order: a name that is assigned twice has
two values for every rule, so the order of statements cannot hide one. The drawback is that
legitimate code may appear to use an earlier value of a name.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

__all__ = ["Binding", "CallSite", "Scope", "Scopes"]

#: Kinds of bindings that change an object and bind no name.
CHANGES = {"change", "content"}


@dataclass(eq=False, slots=True)
class Binding:
    """One way in which a name gets its value.

    ``kind``: import (``name`` is dotted), value, with, iter, param, def, class, grow (``x += …``:
    the value is added), change (``x[k] = …``, ``x.append(…)``: something flows in), content
    (``x.read(path)``: what was read flows in, and the text of the name stays).
    """

    kind: str
    scope: Scope
    node: ast.expr | ast.stmt | None = None
    name: str = ""


@dataclass(eq=False, slots=True)
class Scope:
    """A module, class or function with its bindings by name."""

    kind: str
    name: str
    parent: Scope | None
    node: ast.AST
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[str, list[Binding]] = field(default_factory=dict)
    outer: set[str] = field(default_factory=set)
    returns: list[ast.expr] = field(default_factory=list)

    def bind(self, name: str, binding: Binding) -> None:
        """Add one binding; ``global`` and ``nonlocal`` names belong to an outer scope."""
        scope = self
        while name in scope.outer and scope.parent is not None:
            scope = scope.parent
        scope.bindings.setdefault(name, []).append(binding)

    def lookup(self, name: str) -> list[Binding]:
        """The bindings in the innermost scope with the name (functions skip class scopes).

        Changes of an object (``os.write(…)``, ``seen.append(…)``) bind no name, so the search
        continues in the outer scope and returns both.
        """
        scope: Scope | None = self
        changes: list[Binding] = []
        while scope is not None:
            if name in scope.bindings and (scope is self or scope.kind != "class"):
                bindings = scope.bindings[name]
                if any(binding.kind not in CHANGES for binding in bindings):
                    return [*bindings, *changes] if changes else bindings
                changes = [*bindings, *changes]
            scope = scope.parent
        return changes

    @property
    def owner(self) -> Scope | None:
        """The class whose method this scope is in, if any."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "class":
            scope = scope.parent
        return scope

    @property
    def function(self) -> Scope | None:
        """The innermost enclosing function; None at module and class level."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "function":
            scope = scope.parent
        return scope


@dataclass(eq=False, slots=True)
class CallSite:
    """A call, its scope, and whether it runs only with ``python file.py``."""

    node: ast.Call
    scope: Scope
    script_only: bool


@dataclass(eq=False, slots=True)
class Scopes:
    """The scopes, functions and calls of a module."""

    root: Scope
    calls: list[CallSite] = field(default_factory=list)
    functions: dict[str, Scope] = field(default_factory=dict)
    classes: dict[str, Scope] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    strings: list[tuple[ast.Constant, Scope]] = field(default_factory=list)
    names: list[tuple[ast.expr, Scope]] = field(default_factory=list)
    imports: list[tuple[str, int]] = field(default_factory=list)
    #: The ``id`` of calls whose result is not used.
    discarded: set[int] = field(default_factory=set)
    #: Attributes that are set, with their new value: ``builtins.open = mine``.
    patches: list[tuple[ast.Attribute, ast.expr, Scope]] = field(default_factory=list)
