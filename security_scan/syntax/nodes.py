"""Helpers for single nodes of a syntax tree, without scopes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["base", "children", "is_main_guard", "makes_an_archive", "run_inside", "targets"]

#: Nodes in annotations and bounds that run code or bind names; the others only name types.
RUNNING = (ast.Call, ast.NamedExpr, ast.Await, ast.Lambda)


def run_inside(*expressions: ast.AST | None) -> Iterator[ast.AST]:
    """The outermost calls in annotations, bounds and class patterns."""
    stack: list[ast.AST] = [node for node in reversed(expressions) if node is not None]
    while stack:
        node = stack.pop()
        if isinstance(node, RUNNING):
            yield node
        else:
            stack.extend(reversed(list(ast.iter_child_nodes(node))))


def targets(
    target: ast.expr, value: ast.expr, kind: str
) -> Iterator[tuple[ast.expr, ast.expr, str]]:
    """(name or self.attribute, the expression of its value, the kind of binding)."""
    if isinstance(target, ast.Tuple | ast.List):
        same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
        for index, inner in enumerate(target.elts):
            if kind == "value" and same:
                yield from targets(inner, value.elts[index], kind)  # type: ignore[attr-defined]
            else:
                yield from targets(inner, value, "iter")
    elif isinstance(target, ast.Starred):
        yield from targets(target.value, value, "iter")
    elif isinstance(target, ast.Subscript):
        yield base(target), value, "change"
    elif isinstance(target, ast.Name | ast.Attribute):
        yield target, value, kind


#: Nodes that contain no binding or use of a name.
LEAVES = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.alias)


def children(node: ast.AST) -> Iterator[ast.AST]:
    """The direct children that can bind or use a name."""
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            if not isinstance(value, LEAVES):
                yield value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST) and not isinstance(item, LEAVES):
                    yield item


def makes_an_archive(call: ast.Call) -> bool:
    """Whether the call opens a zip or tar file."""
    match call.func:
        case ast.Attribute(attr="ZipFile" | "TarFile") | ast.Name(id="ZipFile" | "TarFile"):
            return True
        case ast.Attribute(attr="open", value=ast.Name(id="tarfile")):
            return True
    return False


def base(target: ast.expr) -> ast.expr:
    """``x`` of ``x[1][2]``."""
    while isinstance(target, ast.Subscript):
        target = target.value
    return target


def is_main_guard(test: ast.expr) -> bool:
    """Whether the test is ``__name__ == "__main__"``, in either order."""
    if not isinstance(test, ast.Compare) or len(test.comparators) != 1:
        return False
    sides = (test.left, test.comparators[0])
    return any(isinstance(s, ast.Name) and s.id == "__name__" for s in sides) and any(
        isinstance(s, ast.Constant) and s.value == "__main__" for s in sides
    )
