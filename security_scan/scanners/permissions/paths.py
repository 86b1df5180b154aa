"""Classify calls that open files: their mode, and own or in-memory files."""

from __future__ import annotations

import ast
import re

from security_scan.syntax.flow import Flow, Labels
from security_scan.syntax.module import Module
from security_scan.syntax.scopes import CallSite, Scope

__all__ = ["file_kinds", "is_in_memory", "is_own_file", "path_flow"]

#: Functions that open files, with the position of their mode argument.
OPENERS = (
    (re.compile(r"(open|codecs\.open|gzip\.open|bz2\.open|lzma\.open|aiofiles\.open)"), 1),
    (re.compile(r"(gzip\.GzipFile|bz2\.BZ2File|lzma\.LZMAFile)"), 1),
    (re.compile(r"(zipfile\.(ZipFile|PyZipFile)|tarfile\.(open|TarFile))"), 1),
    (re.compile(r"pathlib\..*\.open"), 0),
)
RESOURCES = re.compile(r"(importlib[._]resources|importlib_resources|pkg_resources|pkgutil)\..*")
MEMORY = re.compile(r"(io\.)?(BytesIO|StringIO)\b|tempfile\.")
#: Libraries whose readers and writers take a path or an open file.
EITHER = re.compile(
    r"(openpyxl|xlrd|docx|pptx|PIL|pandas|polars|pypdf|PyPDF2|pdfplumber|fitz|pymupdf|numpy|"
    r"soundfile|h5py)\..*"
)
#: Functions that find a module's own folder.
OWN = {"inspect.getfile", "inspect.getsourcefile", "inspect.getabsfile"}


def file_kinds(module: Module, site: CallSite, name: str, flow: Flow) -> set[str]:
    """``file-read`` or ``file-write`` for a call that opens a file; both if the mode is unknown."""
    if name == "os.open":
        return _os_open(module, site)
    for pattern, place in OPENERS:
        if pattern.fullmatch(name):
            first = site.node.args[0] if site.node.args else None
            if place and first is not None and "memory" in flow.of(first, site.scope):
                return set()
            return _by_mode(module, site, place)
    return set()


def _by_mode(module: Module, site: CallSite, place: int) -> set[str]:
    node = site.node.args[place] if place < len(site.node.args) else None
    if node is None:
        node = next((k.value for k in site.node.keywords if k.arg in {"mode", "flag"}), None)
    if node is None:
        return {"file-read"}
    mode = module.names.text(node, site.scope)
    if not mode:
        return {"file-read", "file-write"}
    kinds = {"file-write"} if set(mode) & set("wax+") else {"file-read"}
    return kinds | ({"file-read"} if "+" in mode else set())


def _os_open(module: Module, site: CallSite) -> set[str]:
    flags = {
        node.attr
        for argument in site.node.args[1:]
        for node in ast.walk(argument)
        if isinstance(node, ast.Attribute)
    }
    writes = flags & {"O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC"}
    return {"file-write"} if writes else {"file-read"}


def path_flow(module: Module) -> Flow:
    """The flow of paths of the package's own files, and of in-memory files."""
    return Flow(module, _source)


def _source(node: ast.expr, names: frozenset[str], scope: Scope, flow: Flow) -> tuple[Labels, bool]:
    line = getattr(node, "lineno", 1)
    if isinstance(node, ast.Name) and node.id in {"__file__", "__path__"}:
        return {"own": line}, True
    if any(RESOURCES.fullmatch(name) for name in names) or names & OWN:
        return {"own": line}, True
    if any(MEMORY.match(name) for name in names):
        return {"memory": line}, True
    return {}, False


def is_in_memory(site: CallSite, name: str, flow: Flow) -> bool:
    """Whether a function that accepts a path or a file gets an in-memory file."""
    if not EITHER.fullmatch(name):
        return False
    arguments = [*site.node.args[:1], *(k.value for k in site.node.keywords if k.arg != "mode")]
    return any("memory" in flow.of(node, site.scope) for node in arguments) or any(
        keyword.arg == "stream" for keyword in site.node.keywords
    )


def is_own_file(site: CallSite, flow: Flow) -> bool:
    """Whether the path that a call reads is inside the package."""
    if any(RESOURCES.fullmatch(name) for name in flow.names.of(site.node.func, site.scope)):
        return True
    if site.node.args and "own" in flow.of(site.node.args[0], site.scope):
        return True
    func = site.node.func
    return isinstance(func, ast.Attribute) and "own" in flow.of(func.value, site.scope)
