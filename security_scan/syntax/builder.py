"""Walk over a module's syntax tree and fill its scopes.

The walk uses an explicit stack, so that deeply nested code cannot exhaust Python's. Each method of
the builder is named after the type of node that it visits. It returns the nodes to visit next, or
None for all children. Annotations and type parameters are visited only for the calls inside them.
"""

from __future__ import annotations

import ast
from typing import Any

from security_scan.syntax.bindings import Binder, Work
from security_scan.syntax.nodes import children, is_main_guard, run_inside
from security_scan.syntax.scopes import Binding, Scope, Scopes

__all__ = ["build_scopes"]


def build_scopes(tree: ast.Module, package: str) -> Scopes:
    """Build the scopes of ``tree``; relative imports start from ``package`` (dotted)."""
    builder = _Builder(Scopes(Scope("module", "", None, tree)), package)
    builder.run(tree)
    return builder.out


class _Builder(Binder):
    """The walk; relative imports start from ``package`` (dotted)."""

    def __init__(self, out: Scopes, package: str) -> None:
        super().__init__(out)
        self.package = package
        self.stack: list[Work] = []

    def run(self, tree: ast.Module) -> None:
        self.stack = [(tree, self.out.root, False)]
        visitors: dict[type, Any] = {}
        while self.stack:
            node, scope, script = self.stack.pop()
            kind = type(node)
            if kind not in visitors:
                visitors[kind] = getattr(self, f"_{kind.__name__.lower()}", None)
            visit = visitors[kind]
            more = visit(node, scope, script) if visit else None
            if more is None:
                more = [(child, scope, script) for child in children(node)]
            self.stack.extend(reversed(more))

    def _functiondef(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, script: bool
    ) -> list[Work]:
        inner = Scope("function", _join(scope, node.name), scope, node)
        scope.bind(node.name, Binding("def", scope, node, inner.name))
        self.out.functions[inner.name] = inner
        self._parameters(node.args, inner, scope)
        outside: list[ast.AST] = [*node.decorator_list, *node.args.defaults]
        outside += [default for default in node.args.kw_defaults if default is not None]
        outside += run_inside(*_annotations(node.args), node.returns, *_type_params(node))
        return [(n, scope, script) for n in outside] + [(n, inner, False) for n in node.body]

    _asyncfunctiondef = _functiondef

    def _lambda(self, node: ast.Lambda, scope: Scope, script: bool) -> list[Work]:
        inner = Scope("function", f"{_join(scope, '<lambda>')}:{node.lineno}", scope, node)
        inner.returns.append(node.body)
        self.out.functions[f"{inner.name}:{node.col_offset}"] = inner
        self._parameters(node.args, inner, scope)
        return [(node.body, inner, script)]

    def _classdef(self, node: ast.ClassDef, scope: Scope, script: bool) -> list[Work]:
        inner = Scope("class", _join(scope, node.name), scope, node)
        scope.bind(node.name, Binding("class", scope, node, inner.name))
        self.out.classes[inner.name] = inner
        outside: list[ast.AST] = [*node.decorator_list, *node.bases, *node.keywords]
        outside += run_inside(*_type_params(node))
        return [(n, scope, script) for n in outside] + [(n, inner, script) for n in node.body]

    def _parameters(self, args: ast.arguments, inner: Scope, outer: Scope) -> None:
        positional = [*args.posonlyargs, *args.args]
        defaults = dict(zip([a.arg for a in positional[::-1]], args.defaults[::-1], strict=False))
        defaults |= {
            a.arg: d
            for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True)
            if d is not None
        }
        every = [*positional, *args.kwonlyargs, args.vararg, args.kwarg]
        for arg in every:
            if arg is not None:
                inner.bind(arg.arg, Binding("param", outer, defaults.get(arg.arg), arg.arg))

    def _import(self, node: ast.Import, scope: Scope, script: bool) -> list[Work]:
        for alias in node.names:
            self.out.imports.append((alias.name, node.lineno))
            bound = alias.asname or alias.name.partition(".")[0]
            scope.bind(bound, Binding("import", scope, None, alias.name if alias.asname else bound))
        return []

    def _importfrom(self, node: ast.ImportFrom, scope: Scope, script: bool) -> list[Work]:
        module = self._absolute(node)
        for alias in node.names:
            dotted = f"{module}.{alias.name}".strip(".")
            self.out.imports.append((module if alias.name == "*" else dotted, node.lineno))
            if alias.name == "*":
                self.out.stars.append(module)
            else:
                scope.bind(alias.asname or alias.name, Binding("import", scope, None, dotted))
        return []

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.package.split(".") if self.package else []
        base = parts[: max(0, len(parts) - node.level + 1)]
        return ".".join([*base, *([node.module] if node.module else [])])

    def _expr(self, node: ast.Expr, scope: Scope, script: bool) -> None:
        value: ast.expr = node.value
        while isinstance(value, ast.Call | ast.Await | ast.Attribute):
            if isinstance(value, ast.Call):
                self.out.discarded.add(id(value))
            value = value.func if isinstance(value, ast.Call) else value.value

    def _name(self, node: ast.Name, scope: Scope, script: bool) -> None:
        self.out.names.append((node, scope))

    _attribute = _name

    def _constant(self, node: ast.Constant, scope: Scope, script: bool) -> None:
        if isinstance(node.value, str | bytes):
            self.out.strings.append((node, scope))

    def _if(self, node: ast.If, scope: Scope, script: bool) -> list[Work] | None:
        if is_main_guard(node.test):
            return [(n, scope, True) for n in (node.test, *node.body)] + [
                (n, scope, script) for n in node.orelse
            ]
        return None


def _join(scope: Scope, name: str) -> str:
    return f"{scope.name}.{name}" if scope.name else name


def _annotations(args: ast.arguments) -> list[ast.expr | None]:
    every = (*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg)
    return [arg.annotation for arg in every if arg is not None]


def _type_params(node: ast.AST) -> list[ast.AST]:
    """``[T: bound = default]`` of Python 3.12 and 3.13."""
    return list(getattr(node, "type_params", ()))
