"""Evaluate constant expressions, including the common ways of hiding text.

Idea: a small interpreter for expressions. It folds operators, slices, comprehensions over
constants, pure functions of the standard library (``decoders``) and functions of the module that
are a single expression, so ``b64decode("aG" + x[::-1])`` becomes the text that would run. None of
the scanned code is run.

Invariants: the result is a plain value or UNKNOWN; errors are not raised. No value is larger than
LONGEST. A module takes at most WORK steps, and an expression at most DEEPEST levels. An expression
that depends on itself is UNKNOWN.

Known limits: loops and statements are not evaluated, so a text that a loop builds is UNKNOWN. A
name with several values has the first known one, although the right one depends on the order at
run time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any, cast

from security_scan.syntax.arithmetic import addends, operate, single, size, total_of, unpack
from security_scan.syntax.decoders import DECODERS, LONGEST, METHODS, Undecodable
from security_scan.syntax.names import Names
from security_scan.syntax.scopes import Scope

__all__ = ["UNKNOWN", "Values"]


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Any = _Unknown()
Environment = Mapping[str, Any]
PLAIN = (str, bytes, int, float, list, tuple, bool, type(None), dict)
WORK = 400_000
DEEPEST = 40
#: Calls that keep the text of their first argument.
WRAPPERS = {
    "str",
    "urllib.parse.quote",
    "urllib.parse.urljoin",
    "urllib.request.Request",
    "yarl.URL",
    "httpx.URL",
}
NESTED = 12
OWN = {"self", "cls"}


class Values:
    """Evaluates the expressions of a module; ``work`` counts the steps of all of them."""

    def __init__(self, names: Names) -> None:
        self.names = names
        names.evaluate = self.of
        self.work = WORK
        self._depth = 0
        self._known: dict[tuple[int, int], Any] = {}
        self._kept: list[ast.expr] = []

    def of(self, node: ast.expr | None, scope: Scope, env: Environment | None = None) -> Any:
        """The value, or ``UNKNOWN``; ``env`` has the arguments of the function being evaluated."""
        if node is None or self._depth > DEEPEST or self.work <= 0:
            return UNKNOWN
        if isinstance(node, ast.Constant):
            return node.value
        key = (id(node), id(scope))
        if env is None and key in self._known:
            return self._known[key]
        self.work -= 1
        self._depth += 1
        if env is None:
            self._known[key] = UNKNOWN  # ends recursion
        try:
            value = self._of(node, scope, env or {})
            if not isinstance(value, PLAIN) or size(value) > LONGEST:
                value = UNKNOWN
        except (Undecodable, TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
            value = UNKNOWN
        finally:
            self._depth -= 1
        if env is None:
            self._known[key] = value
        return value

    def prefix(self, node: ast.expr | None, scope: Scope, depth: int = 0) -> str:
        """The constant beginning of a text (``https://host/`` of an f-string)."""
        value = self.of(node, scope)
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        if isinstance(value, str) or depth > NESTED:
            return value if isinstance(value, str) else ""
        deeper = depth + 1
        match node:
            case ast.JoinedStr():
                return self._beginning(node.values, scope, deeper)
            case ast.BinOp(op=ast.Add()):
                return self._beginning(addends(node), scope, deeper)
            case ast.BinOp(op=ast.Mod(), left=left):
                return self.prefix(left, scope, deeper).partition("%")[0]
            case ast.Call(func=ast.Attribute(attr="format", value=template)):
                return self.prefix(template, scope, deeper).partition("{")[0]
            case ast.Call(args=[first, *_]) if self.names.of(node.func, scope) & WRAPPERS:
                start = self.prefix(first, scope, deeper)
                return f"{start}/" if "urljoin" in ast.dump(node.func) else start
            case ast.Name(id=name):
                bindings = [b for b in scope.lookup(name) if b.kind in {"value", "param"}]
                if len(bindings) == 1 and isinstance(bindings[0].node, ast.expr):
                    return self.prefix(bindings[0].node, bindings[0].scope, deeper)
        return ""

    def _beginning(self, parts: list[ast.expr], scope: Scope, depth: int) -> str:
        known: list[str] = []
        for part in parts:
            value = self.of(part, scope)
            if value is UNKNOWN or not isinstance(value, str | int):
                known.append(self.prefix(part, scope, depth) if not known else "")
                break
            known.append(str(value))
        return "".join(known)

    def named(self, name: str) -> Any:
        """The value of a name at module level."""
        return UNKNOWN if self._depth > DEEPEST else self._name(name, self.names.scopes.root)

    def _of(self, node: ast.expr, scope: Scope, env: Environment) -> Any:
        match node:
            case ast.Attribute():
                return self._attribute(node, scope)
            case ast.Name():
                return env[node.id] if node.id in env else self._name(node.id, scope)
            case ast.BinOp():
                return self._binary(node, scope, env)
            case ast.JoinedStr():
                return "".join(str(self._must(part, scope, env)) for part in node.values)
            case ast.FormattedValue():
                return self._must(node.value, scope, env)
            case ast.Tuple() | ast.List():
                return [self._must(item, scope, env) for item in node.elts]
            case ast.Dict():
                return self._dict(node, scope, env)
            case ast.Subscript():
                return self._subscript(node, scope, env)
            case ast.Call():
                return self._call(node, scope, env)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self._comprehension(node, scope, env)
            case ast.UnaryOp(op=ast.USub()):
                return -self._must(node.operand, scope, env)
            case ast.NamedExpr() | ast.Starred() | ast.Await():
                return self._must(node.value, scope, env)
        return UNKNOWN

    def _must(self, node: ast.expr | None, scope: Scope, env: Environment) -> Any:
        value = self.of(node, scope, env or None)
        if value is UNKNOWN:
            raise Undecodable
        return value

    def _name(self, name: str, scope: Scope) -> Any:
        bindings = [b for b in scope.lookup(name) if b.kind != "content"]
        if name == "__doc__" and not bindings:
            return ast.get_docstring(cast("ast.Module", self.names.scopes.root.node), clean=False)
        kinds = [binding.kind for binding in bindings]
        if kinds == ["import"]:
            return self._elsewhere([bindings[0].name])
        if not bindings or kinds[0] != "value" or any(k not in {"value", "grow"} for k in kinds):
            return UNKNOWN
        if kinds.count("value") > 1 and "grow" in kinds:
            return UNKNOWN
        if "grow" not in kinds:
            values = [self.of(b.node, b.scope) for b in bindings[:4]]  # type: ignore[arg-type]
            return next((value for value in values if value is not UNKNOWN), UNKNOWN)
        parts = [self._must(b.node, b.scope, {}) for b in bindings]  # type: ignore[arg-type]
        return total_of(parts)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Any:
        """The value of a class attribute that is set once, else of a name in another module."""
        owner, name = scope.owner, node.attr
        if owner is None or not isinstance(node.value, ast.Name) or node.value.id not in OWN:
            return self._elsewhere(self.names.of(node, scope))
        bindings = [*owner.bindings.get(name, ()), *owner.attributes.get(name, ())]
        if len(bindings) != 1 or bindings[0].kind != "value":
            return UNKNOWN
        value = bindings[0].node
        return self.of(value, bindings[0].scope) if isinstance(value, ast.expr) else UNKNOWN

    def _elsewhere(self, names: Iterable[str]) -> Any:
        """The first known constant with one of these names in other modules of the package."""
        if self.names.elsewhere is None:
            return UNKNOWN
        constants = (self.names.elsewhere(name) for name in sorted(names) if "()" not in name)
        return next((value for value in constants if value is not UNKNOWN), UNKNOWN)

    def _binary(self, node: ast.BinOp, scope: Scope, env: Environment) -> Any:
        if isinstance(node.op, ast.Add):
            return total_of([self._must(part, scope, env) for part in addends(node)])
        left, right = self._must(node.left, scope, env), self._must(node.right, scope, env)
        return operate(node.op, left, right)

    def _dict(self, node: ast.Dict, scope: Scope, env: Environment) -> Any:
        pairs = zip(node.keys, node.values, strict=True)
        return {self._must(k, scope, env): self._must(v, scope, env) for k, v in pairs}

    def _subscript(self, node: ast.Subscript, scope: Scope, env: Environment) -> Any:
        value = self._must(node.value, scope, env)
        if isinstance(node.slice, ast.Slice):
            ends = (node.slice.lower, node.slice.upper, node.slice.step)
            return value[slice(*(None if e is None else self._must(e, scope, env) for e in ends))]
        return value[self._must(node.slice, scope, env)]

    def _comprehension(
        self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope, env: Environment
    ) -> Any:
        generator, *more = node.generators
        if more or generator.ifs:
            raise Undecodable
        items = self._must(generator.iter, scope, env)
        out = []
        for item in items:
            inner = {**env, **unpack(generator.target, item)}
            out.append(self._must(node.elt, scope, inner))
        return out

    def _call(self, node: ast.Call, scope: Scope, env: Environment) -> Any:
        if isinstance(node.func, ast.Lambda):
            return self._inline(node.func, node, scope, env)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            receiver = self.of(node.func.value, scope, env or None)
            if isinstance(receiver, str | bytes | list):
                return METHODS[node.func.attr](receiver, *self._arguments(node, scope, env))
        names = self.names.of(node.func, scope)
        if "eval" in names and len(node.args) == 1:
            return self._evaluated(node.args[0], scope, env)
        for name in names:
            if name == "map" and len(node.args) == 2:
                return self._map(node, scope, env)
            if name in DECODERS:
                return DECODERS[name](*self._arguments(node, scope, env))
        return self._local(node, scope, env)

    def _evaluated(self, node: ast.expr, scope: Scope, env: Environment) -> Any:
        """The value of ``eval("name")`` and similar: that of the expression in the text."""
        text = self._must(node, scope, env)
        if not isinstance(text, str) or len(text) > 500:
            raise Undecodable
        try:
            inner = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise Undecodable from error
        self._kept.append(inner)  # values are cached by id, so the node must not be freed
        return self.of(inner, scope, env or None)

    def _arguments(self, node: ast.Call, scope: Scope, env: Environment) -> list[Any]:
        positional = [self._must(argument, scope, env) for argument in node.args]
        return positional + [self._must(k.value, scope, env) for k in node.keywords]

    def _map(self, node: ast.Call, scope: Scope, env: Environment) -> Any:
        function, items = node.args[0], self._must(node.args[1], scope, env)
        if isinstance(function, ast.Lambda):
            parameter = function.args.args[0].arg
            return [self._must(function.body, scope, {**env, parameter: item}) for item in items]
        name = next((n for n in self.names.of(function, scope) if n in DECODERS), None)
        if name is None:
            raise Undecodable
        self.work -= len(items)
        return [DECODERS[name](item) for item in items]

    def _local(self, node: ast.Call, scope: Scope, env: Environment) -> Any:
        """The result of a function of this module that is a single expression."""
        if not isinstance(node.func, ast.Name):
            return UNKNOWN
        for binding in scope.lookup(node.func.id):
            if binding.kind == "value" and isinstance(binding.node, ast.Lambda):
                return self._inline(binding.node, node, scope, env)
            if isinstance(binding.node, ast.FunctionDef) and (body := single(binding.node)):
                return self._follow(binding.node.args, body, node, scope, env)
        return UNKNOWN

    def _inline(self, function: ast.Lambda, node: ast.Call, scope: Scope, env: Environment) -> Any:
        return self._follow(function.args, function.body, node, scope, env)

    def _follow(
        self, args: ast.arguments, body: ast.expr, node: ast.Call, scope: Scope, env: Environment
    ) -> Any:
        inner = dict(env)
        arguments = [self._must(argument, scope, env) for argument in node.args]
        inner |= dict(zip([a.arg for a in args.args], arguments, strict=False))
        inner |= {k.arg: self._must(k.value, scope, env) for k in node.keywords if k.arg}
        return self._must(body, scope, inner)
