"""Orders to an agent in the code itself: docstrings of tools, and texts that functions return.

A function's result goes into the model's context like its description does, so an order in it is
read the same way. The strings inside a function that agents call are read as descriptions are.
Other strings of the package are read for whole orders only; docstrings of other functions are
documentation for people and are not read.

Known limit: a text that is put together from pieces is read piece by piece.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from lumos.package.findings import Finding
from security_scan.guard import Guard
from security_scan.reading import project_of
from security_scan.rules.text import RULES
from security_scan.scanners.malware.results import note_entries, offered
from security_scan.scanners.wording import orders
from security_scan.scanners.wording.orders import sentence_orders
from security_scan.syntax.module import Module
from security_scan.syntax.project import SCRIPT
from security_scan.syntax.scopes import Scope
from security_scan.target import Target

__all__ = ["CodeTextsScanner"]

#: Shorter strings hold no order; longer ones are data. Strings that one module is read for.
SHORTEST, LONGEST, MOST = 30, 20_000, 5_000


class CodeTextsScanner:
    """Finds orders in the strings of Python modules."""

    name = "code-texts"
    version = "1"

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """Findings ``description/…`` with the line of the string; one of each rule for a file."""
        project = project_of(target, guard)
        note_entries(target, project)
        for path, module in project.modules.items():
            findings: list[Finding] = []
            with guard.step(self.name, path) as wanted:
                if wanted and project.when(module, module.scopes.root) != SCRIPT:
                    findings.extend(_read(module))
            yield from findings


def _read(module: Module) -> Iterator[Finding]:
    seen: set[str] = set()
    for node, scope in module.scopes.strings[:MOST]:
        for rule, quote in _orders(module, node, scope):
            if rule not in seen:
                seen.add(rule)
                yield RULES[f"description/{rule}"].finding(
                    f"A text in the code says {quote!r}.",
                    module.path,
                    module.line(node),
                    evidence={"quote": quote},
                )


def _orders(module: Module, node: ast.Constant, scope: Scope) -> Iterator[tuple[str, str]]:
    text = node.value
    if not isinstance(text, str) or not SHORTEST <= len(text) <= LONGEST or " " not in text:
        return
    if offered(module, scope):
        yield from ((order.rule, order.quote) for order in orders(text) if order.strong)
    elif not _is_docstring(node, scope):
        yield from ((rule, sentence[:160]) for rule, sentence, _ in sentence_orders(text))


def _is_docstring(node: ast.Constant, scope: Scope) -> bool:
    body = getattr(scope.node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    return isinstance(first, ast.Expr) and first.value is node
