"""Which exceptions a function's docstring names, read from its source without running it."""

from __future__ import annotations

import ast
from pathlib import Path

from docstring_parser import ParseError, parse

MAX_SOURCE = 1_000_000
MAX_HOPS = 6


def documented_raises(folder: Path, entry: str) -> tuple[str, ...]:
    """The names in the ``Raises`` section of ``package.module:function``; empty if not found.

    Follows ``from x import y`` through the modules in ``folder``. Sources that cannot be read
    name nothing.
    """
    module, _, name = entry.partition(":")
    for _ in range(MAX_HOPS):
        path = _file(folder, module)
        body = _body(path) if path else []
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
                return _names(ast.get_docstring(node) or "")
        step = _imported(body, name, module, is_package=bool(path and path.stem == "__init__"))
        if step is None:
            return ()
        module, name = step
    return ()


def _file(folder: Path, module: str) -> Path | None:
    base = folder.joinpath(*module.split("."))
    found = [path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()]
    return found[0] if found else None


def _body(path: Path) -> list[ast.stmt]:
    """The module's statements, with those inside ``if`` and ``try``."""
    try:
        source = path.read_bytes()[:MAX_SOURCE]
        statements = list(ast.parse(source).body)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    for node in statements:
        if isinstance(node, ast.If | ast.Try):
            statements += [*node.body, *node.orelse]
    return statements


def _imported(
    body: list[ast.stmt], name: str, module: str, *, is_package: bool
) -> tuple[str, str] | None:
    """The module and the name that ``name`` was imported from."""
    for node in body:
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            if name == (alias.asname or alias.name):
                parents = module.split(".")[: None if is_package else -1]
                base = parents[: len(parents) - node.level + 1] if node.level else []
                return ".".join([*base, *([node.module] if node.module else [])]), alias.name
    return None


def _names(docstring: str) -> tuple[str, ...]:
    try:
        named = [item.type_name or "" for item in parse(docstring).raises]
    except ParseError:
        return ()
    texts = [text.strip() for item in named for text in item.replace("|", ",").split(",")]
    return tuple(dict.fromkeys(text for text in texts if text.replace(".", "").isidentifier()))
