"""Create bindings for statements and calls that give a name or an object a value.

Assignments bind a name to an expression. Calls can change an object without an assignment: in
``parts.append(x)``, ``parser.read(path)`` and ``image.save(stream)``, data flows into an object.
They become bindings of the kinds ``change`` and ``content``.
"""

from __future__ import annotations

import ast
from typing import Any

from security_scan.syntax.nodes import base, makes_an_archive, run_inside, targets
from security_scan.syntax.scopes import Binding, CallSite, Scope, Scopes

__all__ = ["Binder", "Work"]

#: A node to visit, its scope, and whether only ``python file.py`` runs it.
Work = tuple[ast.AST, Scope, bool]

#: Methods that put their arguments into the object.
GROWING = {
    "append",
    "extend",
    "add",
    "update",
    "insert",
    "write",
    "writelines",
    "put",
    "setdefault",
    "attach",
    "add_attachment",
    "set_content",
    "set_payload",
    "add_file",
}
#: Methods that read a file into the object.
TAKING_IN = {"read", "write", "add"}
#: Methods that write the object into their first argument.
FILLING = {"save", "readinto", "recv_into", "recv_bytes_into", "tofile", "write_to", "savefig"}


class Binder:
    """Adds bindings to the scopes of ``out``, one method for each type of node."""

    def __init__(self, out: Scopes) -> None:
        self.out = out

    def _assign(self, node: ast.Assign, scope: Scope, script: bool) -> None:
        for target in node.targets:
            self._bind(target, node.value, "value", scope)
            self._patch(target, node.value, scope)

    def _annassign(self, node: ast.AnnAssign, scope: Scope, script: bool) -> list[Work]:
        annotation = [(n, scope, script) for n in run_inside(node.annotation)]
        if node.value is None:
            return annotation
        self._bind(node.target, node.value, "value", scope)
        return [*annotation, (node.value, scope, script)]

    def _typealias(self, node: Any, scope: Scope, script: bool) -> list[Work]:
        """``type X = …`` of Python 3.12, whose nodes older Pythons do not have."""
        self._bind(node.name, node.value, "value", scope)
        return [(n, scope, script) for n in (*run_inside(*node.type_params), node.value)]

    def _match(self, node: ast.Match, scope: Scope, script: bool) -> None:
        """Bind the names of patterns. A bare capture pattern is an assignment."""
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                if isinstance(pattern, ast.MatchAs | ast.MatchStar) and pattern.name:
                    kind = "value" if pattern is case.pattern else "iter"
                    scope.bind(pattern.name, Binding(kind, scope, node.subject))

    def _augassign(self, node: ast.AugAssign, scope: Scope, script: bool) -> None:
        self._bind(node.target, node.value, "grow", scope)
        self._patch(node.target, node.value, scope)

    def _patch(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        """Record attributes that are set on objects other than ``self``."""
        if isinstance(target, ast.Attribute):
            owner = target.value
            if not (isinstance(owner, ast.Name) and owner.id in {"self", "cls"}):
                self.out.patches.append((target, value, scope))

    def _namedexpr(self, node: ast.NamedExpr, scope: Scope, script: bool) -> None:
        self._bind(node.target, node.value, "value", scope)

    def _for(self, node: ast.For | ast.AsyncFor, scope: Scope, script: bool) -> None:
        self._bind(node.target, node.iter, "iter", scope)

    _asyncfor = _for

    def _comprehension(self, node: ast.comprehension, scope: Scope, script: bool) -> None:
        self._bind(node.target, node.iter, "iter", scope)

    def _withitem(self, node: ast.withitem, scope: Scope, script: bool) -> None:
        if node.optional_vars is not None:
            self._bind(node.optional_vars, node.context_expr, "with", scope)

    def _global(self, node: ast.Global | ast.Nonlocal, scope: Scope, script: bool) -> None:
        scope.outer.update(node.names)

    _nonlocal = _global

    def _return(self, node: ast.Return | ast.Yield, scope: Scope, script: bool) -> None:
        if node.value is not None and (function := scope.function) is not None:
            function.returns.append(node.value)

    _yield = _return

    def _bind(self, target: ast.expr, value: ast.expr, kind: str, scope: Scope) -> None:
        for name, source, how in targets(target, value, kind):
            binding = Binding(how, scope, source)
            if isinstance(name, ast.Name):
                scope.bind(name.id, binding)
            elif isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name):
                owner = scope.owner
                if owner is not None and name.value.id in {"self", "cls"}:
                    owner.attributes.setdefault(name.attr, []).append(binding)
                else:
                    scope.bind(name.value.id, Binding("change", scope, source))

    def _call(self, node: ast.Call, scope: Scope, script: bool) -> list[Work] | None:
        self.out.calls.append(CallSite(node, scope, script))
        method = node.func
        if isinstance(method, ast.Name) and method.id in {"isinstance", "issubclass", "cast"}:
            checked = (*node.args[:1], *run_inside(*node.args[1:], *node.keywords))
            return [(argument, scope, script) for argument in checked]
        if isinstance(method, ast.Attribute) and method.attr in GROWING:
            for value in (*node.args, *(keyword.value for keyword in node.keywords)):
                self._bind(base(method.value), value, "change", scope)
        if isinstance(method, ast.Attribute) and method.attr in TAKING_IN and node.args:
            self._take_in(method.value, node, scope)
        if isinstance(method, ast.Attribute) and method.attr in FILLING:
            for value in node.args[:1]:
                self._bind(base(value), method.value, "change", scope)
        return None

    def _take_in(self, owner: ast.expr, call: ast.Call, scope: Scope) -> None:
        """``parser.read(path)``, ``archive.write(path)``: the data flows into the object, and into
        the file or buffer from which the object was created.
        """
        if not isinstance(owner, ast.Name):
            return
        made = [b.node for b in scope.lookup(owner.id) if b.kind in {"value", "with"}]
        self._bind(owner, call, "content", scope)
        for maker in made[:4]:
            if isinstance(maker, ast.Call) and makes_an_archive(maker):
                streams = [k.value for k in maker.keywords if k.arg in {"fileobj", "file"}]
                for stream in [*maker.args[:1], *streams]:
                    self._bind(stream, call, "content", scope)
