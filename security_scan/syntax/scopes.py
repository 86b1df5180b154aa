"""What every name of a module is bound to, scope by scope, without regard to order."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from security_scan.syntax.nodes import (
    base,
    children,
    is_main_guard,
    makes_an_archive,
    run_inside,
    targets,
)

__all__ = ["Binding", "CallSite", "Scope", "Scopes", "build_scopes"]

#: Kinds of bindings that change a thing and make no name.
CHANGES = {"change", "content"}
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


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
    """A module, class or function with the names that are bound in it."""

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
        """The bindings of the innermost scope that has the name (classes hide from functions).

        What only changes a thing (``os.write(…)``, ``seen.append(…)``) makes no name of its own:
        the scope around is asked too.
        """
        scope: Scope | None = self
        changes: list[Binding] = []
        while scope is not None:
            if name in scope.bindings and (scope is self or scope.kind != "class"):
                found = scope.bindings[name]
                if any(binding.kind not in CHANGES for binding in found):
                    return [*found, *changes] if changes else found
                changes = [*found, *changes]
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
        """The innermost function around, None at module and class level."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "function":
            scope = scope.parent
        return scope


@dataclass(eq=False, slots=True)
class CallSite:
    """A call, the scope it stands in, and whether only ``python file.py`` reaches it."""

    node: ast.Call
    scope: Scope
    script_only: bool


@dataclass(eq=False, slots=True)
class Scopes:
    """A module taken apart."""

    root: Scope
    calls: list[CallSite] = field(default_factory=list)
    functions: dict[str, Scope] = field(default_factory=dict)
    classes: dict[str, Scope] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    strings: list[tuple[ast.Constant, Scope]] = field(default_factory=list)
    names: list[tuple[ast.expr, Scope]] = field(default_factory=list)
    imports: list[tuple[str, int]] = field(default_factory=list)
    #: Calls whose result nobody looks at, by ``id``.
    discarded: set[int] = field(default_factory=set)
    #: Attributes that are set, with their new value: ``builtins.open = mine``.
    patches: list[tuple[ast.Attribute, ast.expr, Scope]] = field(default_factory=list)


def build_scopes(tree: ast.Module, package: str) -> Scopes:
    """Take ``tree`` apart; ``package`` (dotted) is what relative imports start from."""
    builder = _Builder(Scopes(Scope("module", "", None, tree)), package)
    builder.run(tree)
    return builder.out


Work = tuple[ast.AST, Scope, bool]


class _Builder:
    """Walks with a stack of its own, so that deep code cannot exhaust Python's."""

    def __init__(self, out: Scopes, package: str) -> None:
        self.out = out
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

    # scopes

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

    # imports

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

    # bindings

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
        """A pattern that only captures is an assignment; others take something out."""
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                if isinstance(pattern, ast.MatchAs | ast.MatchStar) and pattern.name:
                    kind = "value" if pattern is case.pattern else "iter"
                    scope.bind(pattern.name, Binding(kind, scope, node.subject))

    def _augassign(self, node: ast.AugAssign, scope: Scope, script: bool) -> None:
        self._bind(node.target, node.value, "grow", scope)
        self._patch(node.target, node.value, scope)

    def _patch(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        """Keep what is set on anything but the object itself."""
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

    # uses

    def _expr(self, node: ast.Expr, scope: Scope, script: bool) -> None:
        value: ast.expr = node.value
        while isinstance(value, ast.Call | ast.Await | ast.Attribute):
            if isinstance(value, ast.Call):
                self.out.discarded.add(id(value))
            value = value.func if isinstance(value, ast.Call) else value.value

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
        """``parser.read(path)``, ``archive.write(path)``: the object now holds what the call read,
        and so does the file or buffer that the object was made for.
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


def _join(scope: Scope, name: str) -> str:
    return f"{scope.name}.{name}" if scope.name else name


def _annotations(args: ast.arguments) -> list[ast.expr | None]:
    every = (*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg)
    return [arg.annotation for arg in every if arg is not None]


def _type_params(node: ast.AST) -> list[ast.AST]:
    """``[T: bound = default]`` of Python 3.12 and 3.13."""
    return list(getattr(node, "type_params", ()))
