"""Operations on constant values, with a limit on the size of their results."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from security_scan.syntax.decoders import LONGEST, Undecodable

__all__ = ["addends", "operate", "single", "size", "total_of", "unpack"]

LARGEST = 1 << 64
OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitXor: operator.xor,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv,
    ast.RShift: operator.rshift,
}


def operate(operation: ast.operator, left: Any, right: Any) -> Any:
    """``left operation right``; raises Undecodable if the result could be too large."""
    if isinstance(operation, ast.Mult) and isinstance(left, int) != isinstance(right, int):
        if size(left) * size(right) > LONGEST or max(_count(left), _count(right)) > LONGEST:
            raise Undecodable
    elif isinstance(left, int) and isinstance(right, int) and max(abs(left), abs(right)) > LARGEST:
        raise Undecodable
    if isinstance(operation, ast.Mod) and isinstance(left, str):
        return left % (tuple(right) if isinstance(right, list) else right)
    return OPERATORS[type(operation)](left, right)


def single(function: ast.FunctionDef) -> ast.expr | None:
    """The returned expression of a function that consists of one return, else None."""
    statements = [
        s
        for s in function.body
        if not isinstance(s, ast.Import | ast.ImportFrom) and not _is_text(s)
    ]
    if len(statements) == 1 and isinstance(statements[0], ast.Return):
        return statements[0].value
    return None


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def addends(node: ast.BinOp) -> list[ast.expr]:
    """``a + b + c`` as [a, b, c], without recursion."""
    parts: list[ast.expr] = []
    current: ast.expr = node
    while isinstance(current, ast.BinOp) and isinstance(current.op, ast.Add):
        parts.append(current.right)
        current = current.left
    return [current, *reversed(parts)]


def total_of(parts: list[Any]) -> Any:
    first = parts[0]
    if sum(size(part) for part in parts) > LONGEST:
        raise Undecodable
    if isinstance(first, str):
        return "".join(parts)
    if isinstance(first, bytes):
        return b"".join(parts)
    total = first
    for part in parts[1:]:
        total = total + part
    return total


def unpack(target: ast.expr, item: Any) -> dict[str, Any]:
    if isinstance(target, ast.Name):
        return {target.id: item}
    if isinstance(target, ast.Tuple):
        names = [inner.id for inner in target.elts if isinstance(inner, ast.Name)]
        return dict(zip(names, item, strict=True))
    raise Undecodable


def size(value: Any) -> int:
    return len(value) if isinstance(value, str | bytes | list | tuple | dict) else 1


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 0
