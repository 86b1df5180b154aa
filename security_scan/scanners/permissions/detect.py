"""Detect code that needs a permission, with file, line and the host or variable."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from security_scan.apis import kinds_of
from security_scan.guard import Guard
from security_scan.reading import project_of
from security_scan.report import Evidence
from security_scan.scanners.permissions.paths import (
    file_kinds,
    is_in_memory,
    is_own_file,
    path_flow,
)
from security_scan.syntax.flow import Flow
from security_scan.syntax.module import Module
from security_scan.syntax.scopes import CallSite, Scope
from security_scan.target import Target

__all__ = ["detect", "host_of"]

URL = re.compile(
    r"(?:https?|wss?|ftps?|redis|amqp|smtps?)://(?:[^/@\s]*@)?([^/:?#\s{}%]+)([/:?#]?)"
)
HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[?[0-9a-fA-F:]+\]?")
#: The environment or a copy of it. Reading an item (``os.environ[]``) is not a second use.
ENVIRONMENT = re.compile(r"os\.environb?(\.\w+|\.copy\(\))?")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
SUPERUSER = re.compile(
    r"\s*(sudo|su|doas|mount|umount|systemctl|service|reboot|shutdown|halt|useradd|usermod|passwd|"
    r"visudo|iptables|nft|insmod|modprobe|chown|setcap|crontab|schtasks|sc|net|reg|bcdedit)\b"
)
PATH_METHODS = {
    "read_text",
    "read_bytes",
    "iterdir",
    "rglob",
    "write_text",
    "write_bytes",
    "symlink_to",
    "hardlink_to",
    "mkdir",
    "rmdir",
    "unlink",
    "touch",
}
#: Calls whose first argument is a host, not a URL.
HOST_FIRST = re.compile(
    r"(socket\.(create_connection|getaddrinfo|gethostbyname(_ex)?|gethostbyaddr)|"
    r"socket\.socket\(\)\.connect(_ex)?|http\.client\.HTTPS?Connection|smtplib\.SMTP(_SSL)?|"
    r"ftplib\.FTP(_TLS)?|asyncio\.open_connection|telnetlib\.Telnet|imaplib\.IMAP4\w*)"
)


def detect(target: Target, guard: Guard) -> dict[str, list[Evidence]]:
    """All uses by permission kind, in the order of files and lines."""
    project = project_of(target, guard)
    by_kind: dict[str, list[Evidence]] = defaultdict(list)
    for path, module in project.modules.items():
        uses: list[tuple[str, Evidence]] = []
        with guard.step("permissions", path) as wanted:
            if wanted:
                uses.extend(_uses(module))
        ordered = sorted(uses, key=_order, reverse=True)
        once = {(e.line, kind, e.value): (kind, e) for kind, e in ordered}
        for kind, evidence in sorted(once.values(), key=_order):
            by_kind[kind].append(evidence)
    return dict(by_kind)


def _order(use: tuple[str, Evidence]) -> tuple[int, str, str, str]:
    kind, evidence = use
    return evidence.line, kind, evidence.what, evidence.value


def _uses(module: Module) -> Iterator[tuple[str, Evidence]]:
    flow = path_flow(module)
    called: set[int] = set()
    for site in module.scopes.calls:
        called.add(id(site.node.func))
        yield from _call(module, site, flow)
    for node, scope in module.scopes.names:
        if id(node) not in called:
            yield from _reference(module, node, scope)


def _call(module: Module, site: CallSite, flow: Flow) -> Iterator[tuple[str, Evidence]]:
    names = module.names.of(site.node.func, site.scope) or _method(site)
    line = module.line(site.node)
    for name in names:
        if _is_own(module, name):
            continue
        kinds = set(kinds_of(name)) | file_kinds(module, site, name, flow)
        if is_in_memory(site, name, flow):
            kinds -= {"file-read", "file-write"}
        if "file-read" in kinds and is_own_file(site, flow):
            kinds.discard("file-read")
        kinds |= _special(module, site, name)
        for kind in sorted(kinds):
            value = host_of(module, site, name) if kind == "network" else ""
            value = _variable(module, site) if kind == "environment" else value
            if value or kind not in _of_maker(name) or _names_a_target(module, site, name):
                yield kind, Evidence(module.path, line, _plain(name), value)


def _of_maker(name: str) -> frozenset[str]:
    """The kinds of the call that created the object of this method or attribute.

    ``requests.get(url).json()`` is one use, seen at ``requests.get``; ``tarfile.open(p).extract``
    is a second one.
    """
    maker = name.rpartition("()")[0]
    return kinds_of(maker) if maker else frozenset()


def _names_a_target(module: Module, site: CallSite, name: str) -> bool:
    """Whether a client's method has an argument that can be a host.

    A path relative to the client's base URL is not a host, and a response is not a client.
    """
    has_arguments = bool(site.node.args or site.node.keywords)
    return has_arguments and name.count("()") == 1 and not _first_text(module, site).startswith("/")


def _method(site: CallSite) -> frozenset[str]:
    """The kinds of a method that only paths have, on an object of unknown type."""
    func = site.node.func
    if isinstance(func, ast.Attribute) and func.attr in PATH_METHODS:
        return frozenset({f"pathlib.Path().{func.attr}"})
    return frozenset()


def _special(module: Module, site: CallSite, name: str) -> set[str]:
    """The kinds that depend on an argument."""
    kinds: set[str] = set()
    if name.endswith("expanduser"):
        kinds |= {"user-data"} if _first_text(module, site).startswith("~") else set()
    if "system-command" in kinds_of(name) and SUPERUSER.match(_first_text(module, site)):
        kinds.add("admin")
    return kinds


def _reference(module: Module, node: ast.expr, scope: Scope) -> Iterator[tuple[str, Evidence]]:
    """Uses of functions that are passed on instead of called, and of ``os.environ``."""
    for name in module.names.of(node, scope):
        if _is_own(module, name):
            continue
        if ENVIRONMENT.fullmatch(name):
            value = _item(module, node, scope)
            yield "environment", Evidence(module.path, module.line(node), "os.environ", value)
            return
        if isinstance(node, ast.Attribute) or "." in name:
            kinds = frozenset() if name.endswith(")") else kinds_of(name)
            for kind in kinds - _of_maker(name):
                yield kind, Evidence(module.path, module.line(node), _plain(name))


def _item(module: Module, node: ast.expr, scope: Scope) -> str:
    """The name of the variable if ``node`` is followed by ``["NAME"]`` or ``.get("NAME")``."""
    if "environment" not in module.notes:
        module.notes["environment"] = _items(module)
    values: dict[int, str] = module.notes["environment"]
    return values.get(id(node), "")


def _items(module: Module) -> dict[int, str]:
    keys: dict[int, str] = {}
    for node in ast.walk(module.tree):
        match node:
            case ast.Subscript(value=base, slice=ast.Constant(value=str(name))):
                keys[id(base)] = name
            case ast.Call(func=ast.Attribute(value=base), args=[ast.Constant(value=str(name)), *_]):
                keys[id(base)] = name
            case ast.Compare(
                left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()], comparators=[base]
            ):
                keys[id(base)] = name
    return {key: name for key, name in keys.items() if VARIABLE.fullmatch(name)}


def _variable(module: Module, site: CallSite) -> str:
    text = _first_text(module, site)
    return text if VARIABLE.fullmatch(text) else ""


def host_of(module: Module, site: CallSite, name: str) -> str:
    """The constant host of a network call, else empty."""
    arguments = [*site.node.args[:3], *(keyword.value for keyword in site.node.keywords)]
    for argument in arguments:
        match = URL.match(module.values.prefix(argument, site.scope))
        if match and (match[2] or module.names.text(argument, site.scope)):
            return match[1].lower()
    if HOST_FIRST.fullmatch(name) and arguments:
        value = module.values.of(arguments[0], site.scope)
        if isinstance(arguments[0], ast.Tuple):
            value = module.values.of(arguments[0].elts[0], site.scope)
        if isinstance(value, str) and HOST.fullmatch(value):
            return value.lower()
    return ""


def _first_text(module: Module, site: CallSite) -> str:
    node: ast.expr | None = site.node.args[0] if site.node.args else None
    if node is None and isinstance(site.node.func, ast.Attribute):
        inner = site.node.func.value
        node = inner.args[0] if isinstance(inner, ast.Call) and inner.args else None
    if isinstance(node, ast.List | ast.Tuple) and node.elts:
        node = node.elts[0]
    return module.values.prefix(node, site.scope) if node is not None else ""


def _is_own(module: Module, name: str) -> bool:
    """Whether the name belongs to the scanned package."""
    top = module.name.partition(".")[0]
    return bool(top) and (name == top or name.startswith(f"{top}."))


def _plain(name: str) -> str:
    return name.replace("()", "").replace("[]", "")
