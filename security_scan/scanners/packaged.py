"""Follow names and paths of the package's own files that are not Python through the code.

Labels of the flow: ``file:NAME`` for the name of a packaged file, ``folder`` for a path that begins
at the package's folder or a resource of the package, ``python-file`` for a name that ends in
``.py``. Known limit: a file is recognized by its name without its folder.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from security_scan.scanners.malware.library import matches
from security_scan.scanners.malware.pieces import pieces
from security_scan.syntax.flow import Flow, Labels, flow_of
from security_scan.syntax.module import Module
from security_scan.syntax.scopes import Scope
from security_scan.target import SourceFile, Target

__all__ = [
    "FOLDER",
    "LONGEST",
    "PYTHON_FILE",
    "WORD",
    "Files",
    "labeled",
    "name_of",
    "packaged_flow",
    "prepare",
]

FILE, FOLDER, PYTHON_FILE = "file:", "folder", "python-file"
LONGEST = 4_000
WORD = re.compile(r"""[^\s"'<>]+""")
RESOURCES = re.compile(
    r"importlib(\.|_)resources\.\w+|importlib(\.|_)metadata\.(metadata|distribution|files)|"
    r"pkgutil\.get_data|pkg_resources\.resource_\w+"
)
HERE = {"__file__", "__path__", "__loader__", "__spec__"}
PYTHON_NAME = re.compile(r"\.pyw?$", re.IGNORECASE)
OTHERS = "other-files"
#: The files that are not Python, by their names without folders.
Files = dict[str, SourceFile]


def prepare(target: Target, modules: Iterable[Module]) -> Files:
    """Tell every module which files are not Python; call before the first ``packaged_flow``."""
    others = {name_of(file.path): file for file in target.files if not file.is_python}
    for module in modules:  # all first, because data flows between modules
        module.notes[OTHERS] = others
    return others


def packaged_flow(module: Module) -> Flow:
    """The flow of the labels of packaged files through a module."""
    return flow_of(module, _source)


def labeled(labels: Labels, others: Files) -> set[str]:
    """The names of the packaged files that the labels name."""
    names = {label.removeprefix(FILE) for label in labels if label.startswith(FILE)}
    return names & others.keys()


def name_of(path: str) -> str:
    """The last part of a path, in lower case."""
    return re.split(r"[/\\]", path)[-1].lower()


def _source(node: ast.expr, names: frozenset[str], scope: Scope, flow: Flow) -> tuple[Labels, bool]:
    line = flow.module.line(node)
    match node:
        case ast.Constant(value=str(text)):
            return dict.fromkeys(_named(text, flow), line), True
        case ast.BinOp(op=ast.Add() | ast.Div() | ast.Mod()) | ast.JoinedStr():
            return dict.fromkeys(_named(pieces(node, scope, flow), flow), line), False
        case ast.Name(id=name) if name in HERE and not scope.lookup(name):
            return {FOLDER: line}, True
        case ast.Call() if "compile" in names and node.args:  # its second argument is only a name
            return flow.of(node.args[0], scope), True
        case ast.Call() if matches(RESOURCES, names):
            return {FOLDER: line}, False
    return {}, False


def _named(text: str, flow: Flow) -> Iterator[str]:
    """The labels of files named in a text."""
    others = flow.module.notes.get(OTHERS, {})
    for word in WORD.findall(text[:LONGEST]):
        if (name := name_of(word)) in others:
            yield f"{FILE}{name}"
        elif PYTHON_NAME.search(name):
            yield PYTHON_FILE
