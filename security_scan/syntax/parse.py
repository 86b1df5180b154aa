"""Parse bytes into a syntax tree, as far as possible if there are syntax errors."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

__all__ = ["Parsed", "parse_source"]

REPAIRS = 40
PRINT = re.compile(r"^(\s*)print\s+(?!\()(?:>>\s*[\w.]+\s*,\s*)?(.+?),?\s*$")
PRINT_ALONE = re.compile(r"^(\s*)print\s*$")
EXCEPT = re.compile(r"^(\s*except\s+[^,:()]+|\s*except\s+\([^)]*\)),\s*(\w+)\s*:")
EXEC = re.compile(r"^(\s*)exec\s+(?!\()(.+?)(?:\s+in\s+.+)?$")
RAISE = re.compile(r"^(\s*)raise\s+([\w.]+)\s*,\s*(.+)$")
OCTAL = re.compile(r"(?<![\w.])0([0-7]+)(?![\w.])")
INLINE_PRINT = re.compile(r"(:\s*)print\s+([\"'].*)$")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree, the first error with its line, and the number of lines that were removed."""

    tree: ast.Module
    error: str = ""
    line: int | None = None
    left_out: int = 0


def parse_source(text: str, source: bytes | None = None) -> Parsed:
    """Parse ``source``, a file's bytes as Python reads them, or else ``text``.

    After a syntax error, ``text`` is parsed as far as possible: Python 2 syntax is translated and
    invalid lines are removed. Findings in such a tree are valid, but their absence proves nothing,
    so ``error`` is set. Always returns a tree, which may be empty. Raises RecursionError or
    MemoryError if the parser does.
    """
    try:
        return Parsed(_parse(text if source is None else source))
    except (SyntaxError, ValueError) as error:
        message = getattr(error, "msg", None) or str(error)
        line = getattr(error, "lineno", None)
    lines = [_modern(text_line) for text_line in text.expandtabs(8).split("\n")]
    for left_out in range(REPAIRS):
        try:
            return Parsed(_parse("\n".join(lines)), message, line, left_out)
        except (SyntaxError, ValueError) as error:
            if not _blank(lines, getattr(error, "lineno", None)):
                break
    return Parsed(ast.Module(body=[], type_ignores=[]), message, line, len(lines))


def _parse(text: str | bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _modern(line: str) -> str:
    """The line in Python 3, if it is recognizably Python 2."""
    line = PRINT.sub(r"\1print(\2)", line)
    line = PRINT_ALONE.sub(r"\1print()", line)
    line = INLINE_PRINT.sub(r"\1print(\2)", line)
    line = EXCEPT.sub(r"\1 as \2:", line)
    line = EXEC.sub(r"\1exec(\2)", line)
    line = RAISE.sub(r"\1raise \2(\3)", line)
    return OCTAL.sub(r"0o\1", line).replace("<>", "!=") if "0" in line or "<>" in line else line


def _blank(lines: list[str], number: int | None) -> bool:
    """Replace the line of the error by ``pass``; False if that is not possible."""
    if number is None or not 1 <= number <= len(lines):
        return False
    for index in (number - 1, number - 2):
        line = lines[index] if index >= 0 else ""
        bare = line.strip()
        if bare and bare != "pass":
            indent = line[: len(line) - len(line.lstrip())]
            opens = bare.endswith(":") and not bare.startswith(
                ("else", "elif", "except", "finally")
            )
            lines[index] = f"{indent}if 1:" if opens and bare != "if 1:" else f"{indent}pass"
            return True
    return False
