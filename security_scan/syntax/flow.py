"""Taint analysis: which labels flow into an expression. It ignores the order of statements.

Idea: a *source* (a function that the caller provides) says which labels begin at an expression,
for example ``credentials`` at ``open("~/.aws/credentials")``. The labels of an expression are those
that begin in it and those of its parts. They are followed from names to all their bindings, from
attributes of ``self`` to the class, from calls of the package's functions to their return values,
from parameters to the callers' arguments, and from imported names to the other module. A call of an
unknown function has the labels of its arguments, unless its result reveals nothing (``len``).

Invariants: results are cached by expression and scope. An expression that is already being computed
has no labels, so cycles end. At most WORK expressions are visited in a module, to a depth of
DEEPEST and with at most HOPS steps from parameters to callers. A label has its source's line.

Known limits: order and conditions are ignored, so an overwritten value still flows. Comparisons
have no labels, so a secret that is tested bit by bit is lost, and so is data that passes through
files, the database or another process.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator

from security_scan.syntax.module import Module
from security_scan.syntax.scopes import Binding, CallSite, Scope

__all__ = ["Flow", "Labels", "flow_of", "merge"]

#: Label -> the line of its source.
Labels = dict[str, int]
#: (node, its dotted names, scope, flow) -> labels that begin here, and whether to stop here.
Source = Callable[[ast.expr, frozenset[str], Scope, "Flow"], tuple[Labels, bool]]

#: Calls whose results reveal nothing of their arguments.
SILENT = {
    "len", "bool", "isinstance", "issubclass", "type", "id", "hasattr", "callable", "any", "all",
    "print", "os.path.exists", "os.path.isfile", "os.path.isdir", "hash", "range", "super",
}  # fmt: skip
DEEPEST = 24
WORK = 60_000
#: Steps from a parameter to callers' arguments; each further step is less certain.
HOPS = 2
#: Labels that an attribute of an object does not inherit from the object.
LOST = ("environment",)


def merge(into: Labels, more: Labels) -> Labels:
    """Add ``more`` to ``into``; labels that exist keep their line."""
    for label, line in more.items():
        into.setdefault(label, line)
    return into


def flow_of(module: Module, source: Source) -> Flow:
    """The flow of ``source`` through ``module``; one object for each pair."""
    flows: dict[Source, Flow] = module.notes.setdefault("flows", {})
    if source not in flows:
        flows[source] = Flow(module, source)
    return flows[source]


class Flow:
    """The labels of a module's expressions, cached."""

    def __init__(self, module: Module, source: Source) -> None:
        self.module = module
        self.names = module.names
        self.values = module.values
        self.source = source
        self._known: dict[tuple[int, int], Labels] = {}
        self._open: set[tuple[int, int]] = set()
        self._work = WORK
        self._hops = 0

    def of(self, node: ast.expr | None, scope: Scope) -> Labels:
        """The labels that flow into ``node``."""
        if node is None or isinstance(node, ast.Constant):
            return self._leaf(node, scope) if node is not None else {}
        key = (id(node), id(scope))
        if key in self._known:
            return self._known[key]
        if key in self._open or len(self._open) > DEEPEST or self._work <= 0:
            return {}
        self._work -= 1
        self._open.add(key)
        try:
            labels: Labels = {}
            if isinstance(node, ast.BinOp | ast.JoinedStr):
                merge(labels, self.source(node, frozenset(), scope, self)[0])
            for part in _parts(node):
                merge(labels, self._leaf(part, scope))
        finally:
            self._open.discard(key)
        self._known[key] = labels
        return labels

    def _leaf(self, node: ast.expr, scope: Scope) -> Labels:
        names = self.names.of(node, scope)
        if isinstance(node, ast.Call):
            names = self.names.of(node.func, scope)
        begun, complete = self.source(node, names, scope, self)
        labels = dict(begun)
        if complete:
            return labels
        match node:
            case ast.Name():
                merge(labels, self._name(node.id, scope))
            case ast.Attribute():
                merge(labels, self._attribute(node, scope))
            case ast.Call():
                merge(labels, self._call(node, names, scope))
            case ast.Subscript():
                merge(labels, self.of(node.value, scope))
            case ast.Lambda():
                merge(labels, self.of(node.body, scope))
        return labels

    def _name(self, name: str, scope: Scope) -> Labels:
        labels: Labels = {}
        for binding in scope.lookup(name)[:60]:
            merge(labels, self._binding(binding, name, scope))
        return labels

    def _binding(self, binding: Binding, name: str, scope: Scope) -> Labels:
        if binding.kind == "import":
            return self._imported(binding.name)
        if binding.kind in {"def", "class"}:
            return {}
        labels: Labels = {}
        if isinstance(binding.node, ast.expr):
            merge(labels, self.of(binding.node, binding.scope))
        if binding.kind == "param" and self._hops < HOPS:
            self._hops += 1
            for argument, where in self._given(name, scope):
                merge(labels, self.of(argument, where))
            for flow, argument, where in self._given_elsewhere(name, scope):
                flow._hops, before = self._hops, flow._hops
                merge(labels, dict.fromkeys(flow.of(argument, where), 1))
                flow._hops = before
            self._hops -= 1
        return labels

    def beside(self, module: Module) -> Flow:
        """The flow of the same source through another module of the package."""
        return flow_of(module, self.source)

    def _imported(self, dotted: str) -> Labels:
        """The labels of a name in another module of the package."""
        definition = self.module.package.find(dotted) if self.module.package else None
        if (
            not definition
            or definition[0] is self.module
            or definition[1] not in definition[0].scopes.root.bindings
        ):
            return {}
        other = self.beside(definition[0])
        key = (0, hash(dotted))
        if key in other._open or len(other._open) > DEEPEST:
            return {}
        other._open.add(key)
        try:
            labels = other._name(definition[1], definition[0].scopes.root)
        finally:
            other._open.discard(key)
        return dict.fromkeys(labels, 1)

    def _returned(self, names: frozenset[str]) -> Labels:
        """The labels of the return values of functions in other modules of the package."""
        labels: Labels = {}
        for name in sorted(names) if self.module.package else ():
            definition = self.module.package.find(name)  # type: ignore[union-attr]
            function = definition and definition[0].scopes.functions.get(definition[1])
            if not definition or not function or definition[0] is self.module:
                continue
            for value in function.returns[:20]:
                merge(labels, dict.fromkeys(self.beside(definition[0]).of(value, function), 1))
        return labels

    def _given(self, name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """The arguments for the parameter ``name`` in this module's calls."""
        owner, parameters = _owner(name, scope)
        for site in self._sites.get(f"{self.module.name}.{owner}".strip("."), ())[:20]:
            for argument in _passed(site.node, name, parameters):
                yield argument, site.scope

    def _given_elsewhere(self, name: str, scope: Scope) -> Iterator[tuple[Flow, ast.expr, Scope]]:
        """The arguments for the parameter in calls of other modules of the package."""
        owner, parameters = _owner(name, scope)
        if not owner or self.module.package is None:
            return
        for module, site in list(self.module.package.callers(f"{self.module.name}.{owner}"))[:20]:
            for argument in _passed(site.node, name, parameters):
                yield self.beside(module), argument, site.scope

    @property
    def _sites(self) -> dict[str, list[CallSite]]:
        if "sites" not in self.module.notes:
            sites: dict[str, list[CallSite]] = defaultdict(list)
            for site in self.module.scopes.calls:
                for name in self.callees(site.node, site.scope):
                    sites[name].append(site)
            self.module.notes["sites"] = sites
        found: dict[str, list[CallSite]] = self.module.notes["sites"]
        return found

    def callees(self, node: ast.Call, scope: Scope) -> set[str]:
        """Dotted names of the functions that may be called; methods with their class."""
        targets = {name.replace("()", "") for name in self.names.of(node.func, scope)}
        match node.func:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=method):
                owner = scope.owner
                if owner is not None and f"{owner.name}.{method}" in self.module.scopes.functions:
                    targets.add(f"{self.module.name}.{owner.name}.{method}".strip("."))
        constructors = {f"{name}.__init__" for name in targets}
        return targets | constructors

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Labels:
        labels: Labels = {}
        if isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
            owner = scope.owner
            bindings = (owner.attributes.get(node.attr, []) if owner else [])[:30]
            for binding in bindings:
                merge(labels, self._binding(binding, node.attr, binding.scope))
            return labels
        carried = self.of(node.value, scope)
        return merge(labels, {k: line for k, line in carried.items() if k not in LOST})

    def _receiver(self, node: ast.Attribute, scope: Scope) -> Labels:
        if isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
            return self._attribute(node, scope)
        return self.of(node.value, scope)

    def _call(self, node: ast.Call, names: frozenset[str], scope: Scope) -> Labels:
        labels: Labels = {}
        if names & SILENT:
            return labels
        functions = self.module.scopes.functions
        prefix = f"{self.module.name}." if self.module.name else ""
        local = [
            functions[short]
            for name in self.callees(node, scope)
            if (short := name.removeprefix(prefix)) in functions and name.startswith(prefix)
        ]
        for function in local[:4]:
            for value in function.returns[:20]:
                merge(labels, self.of(value, function))
        if local:
            return labels
        merge(labels, self._returned(names))
        if isinstance(node.func, ast.Attribute):
            merge(labels, self._receiver(node.func, scope))
        elif isinstance(node.func, ast.Lambda):
            merge(labels, self.of(node.func.body, scope))
        elif isinstance(node.func, ast.Name | ast.Call):
            merge(labels, self.of(node.func, scope))
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            merge(labels, self.of(argument, scope))
        return labels


def _owner(name: str, scope: Scope) -> tuple[str, list[str]]:
    """The function that has the parameter ``name``, and its parameters without ``self``."""
    owner: Scope | None = scope
    while owner is not None and not (owner.kind == "function" and name in owner.bindings):
        owner = owner.parent
    if owner is None or not isinstance(owner.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return "", []
    parameters = [a.arg for a in (*owner.node.args.posonlyargs, *owner.node.args.args)]
    is_method = owner.parent is not None and owner.parent.kind == "class"
    return owner.name, parameters[1:] if is_method else parameters


def _passed(call: ast.Call, name: str, parameters: list[str]) -> Iterator[ast.expr]:
    for parameter, argument in zip(parameters, call.args, strict=False):
        if parameter == name:
            yield argument
    yield from (keyword.value for keyword in call.keywords if keyword.arg == name)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """The names, calls and constants in an expression, except in comparisons."""
    stack: list[ast.AST] = [node]
    while stack:
        current = stack.pop()
        match current:
            case (
                ast.Name()
                | ast.Attribute()
                | ast.Call()
                | ast.Subscript()
                | ast.Lambda()
                | ast.Constant()
            ):
                yield current
            case ast.Compare():
                continue
            case ast.IfExp():
                stack += [current.body, current.orelse]
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                stack.append(current.elt)
            case ast.DictComp():
                stack += [current.key, current.value]
            case _:
                stack.extend(ast.iter_child_nodes(current))
