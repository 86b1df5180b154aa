"""Resolve expressions to dotted names, through aliases and dynamic look-ups.

Idea: an expression is followed through the bindings of its names to an import or a built-in.
``run`` after ``from subprocess import run``, ``getattr(subprocess, "r" + "un")`` and
``globals()["subprocess"].run`` all become ``subprocess.run``, so rules name a function once.

Invariants: a result has at most MOST names and is cached by expression and scope. Aliases of a
function (``posix.system``, ``nt.system``) have one canonical name. All bindings of a name count, so
that the order of statements hides none. An expression that refers to itself has no names.

Known limits: attributes set on objects other than ``self``, items added to a container after its
creation, and names computed from data that is read at run time are not resolved.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable
from typing import Any

from security_scan.syntax.scopes import Binding, Scope, Scopes

__all__ = ["Names"]

Evaluate = Callable[[ast.expr, Scope], Any]
Elsewhere = Callable[[str], Any]
#: Dotted function name -> (names of its module, returned expression, scope) for each return.
Returned = Callable[[str], "Iterable[tuple[Names, ast.expr, Scope]]"]
BUILTINS = frozenset(dir(builtins)) | {
    "__builtins__", "unicode", "raw_input", "execfile", "reload", "long", "unichr",
}  # fmt: skip
MOST = 6
DEEPEST = 24
PREFIXES = (
    ("builtins.", ""),
    ("__builtins__.", ""),
    ("__builtin__.", ""),
    ("six.moves.", ""),
    ("future.moves.", ""),
    ("posixpath.", "os.path."),
    ("ntpath.", "os.path."),
    ("posix.", "os."),
    ("nt.", "os."),
    ("_io.", ""),
    ("io.open", "open"),
    ("_socket.", "socket."),
    ("_winreg.", "winreg."),
    ("subprocess32.", "subprocess."),
    ("urllib2.", "urllib.request."),
    ("urllib.urlopen", "urllib.request.urlopen"),
    ("urllib.urlretrieve", "urllib.request.urlretrieve"),
    ("importlib.__import__", "__import__"),
    ("importlib._bootstrap.", "importlib."),
    ("httpx2.", "httpx."),
    ("pathlib2.", "pathlib."),
    ("anyio.Path", "pathlib.Path"),
    ("Crypto.", "Cryptodome."),
)
IMPORTERS = {"__import__", "importlib.import_module", "importlib.util.find_spec", "pydoc.locate"}
NAMESPACES = {"globals()", "locals()", "vars()", "__dict__", "__builtins__", "builtins"}
#: Modules that star imports are assumed to provide, for otherwise unknown names.
STARS = {
    "os": {"system", "popen", "environ", "getenv", "startfile", "walk", "listdir", "getlogin"},
    "subprocess": {"Popen", "run", "call", "check_call", "check_output", "getoutput"},
    "socket": {"socket", "gethostname", "gethostbyname", "create_connection"},
    "base64": {"b64decode", "b32decode", "b85decode", "a85decode"},
    "zlib": {"decompress"},
    "ctypes": {"windll", "cdll", "CDLL", "WinDLL"},
    "shutil": {"copy", "copyfile", "copy2", "rmtree", "move"},
    "requests": {"get", "post", "put", "request", "Session"},
    "urllib.request": {"urlopen", "urlretrieve", "Request"},
    "pathlib": {"Path"},
    "cryptography.fernet": {"Fernet"},
    "os.path": {"expanduser", "join", "exists"},
}  # fmt: skip


class Names:
    """The names of a module's expressions, cached."""

    def __init__(
        self,
        scopes: Scopes,
        module: str,
        elsewhere: Elsewhere | None = None,
        returned: Returned | None = None,
    ) -> None:
        self.scopes = scopes
        #: The return values of a function of the package, by its dotted name.
        self.returned = returned
        #: The constant value of a dotted name in another module of the package.
        self.elsewhere = elsewhere
        self.module = module
        self._known: dict[tuple[int, int], frozenset[str]] = {}
        self._open: set[tuple[int, int]] = set()
        #: Evaluates an expression; set by the ``Values`` of this module.
        self.evaluate: Evaluate = _unknown

    def of(self, node: ast.expr | None, scope: Scope) -> frozenset[str]:
        """Every dotted name that ``node`` may refer to.

        ``()`` marks the result of a call and ``[]`` an item: ``socket.socket().connect``,
        ``os.environ[]``. Unknown expressions have no names.
        """
        if node is None:
            return frozenset()
        key = (id(node), id(scope))
        if key in self._known:
            return self._known[key]
        if key in self._open or len(self._open) > DEEPEST:
            return frozenset()
        self._open.add(key)
        try:
            names = frozenset(sorted({_canonical(n) for n in self._of(node, scope)})[:MOST])
        finally:
            self._open.discard(key)
        self._known[key] = names
        return names

    def _of(self, node: ast.expr, scope: Scope) -> Iterable[str]:
        match node:
            case ast.Name():
                return self._name(node.id, scope)
            case ast.Attribute():
                return self._attribute(node, scope)
            case ast.Call():
                return self._call(node, scope)
            case ast.Subscript():
                return self._subscript(node, scope)
            case ast.IfExp():
                return self.of(node.body, scope) | self.of(node.orelse, scope)
            case ast.BoolOp():
                return frozenset().union(*(self.of(value, scope) for value in node.values[:MOST]))
            case ast.NamedExpr() | ast.Await() | ast.Starred():
                return self.of(node.value, scope)
            case ast.BinOp(op=ast.Div()):
                sides = self.of(node.left, scope) | self.of(node.right, scope)
                return {name for name in sides if name.startswith("pathlib.")}
            case ast.Constant(value=str()) | ast.JoinedStr():
                return {"str"}
            case ast.Constant(value=bytes()):
                return {"bytes"}
        return ()

    def _name(self, name: str, scope: Scope) -> Iterable[str]:
        bindings = scope.lookup(name)
        if not bindings:
            if name in BUILTINS:
                return {name}
            stars = [s for s in self.scopes.stars if name in STARS.get(s, ())]
            return {f"{star}.{name}" for star in stars}
        return frozenset().union(*(self._bound(binding) for binding in bindings[:12]))

    def _bound(self, binding: Binding) -> frozenset[str]:
        if binding.kind == "import":
            return frozenset({binding.name})
        if binding.kind in {"def", "class"}:
            return frozenset({f"{self.module}.{binding.name}".strip(".")})
        if binding.kind in {"value", "with", "param"} and isinstance(binding.node, ast.expr):
            return self.of(binding.node, binding.scope)
        if binding.kind == "iter" and isinstance(binding.node, ast.Tuple | ast.List | ast.Set):
            names = (self.of(item, binding.scope) for item in binding.node.elts[:MOST])
            return frozenset().union(*names)
        return frozenset()

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Iterable[str]:
        base = node.value
        if isinstance(base, ast.Name) and base.id in {"self", "cls"}:
            owner = scope.owner
            if owner is not None:
                return self._member(owner, node.attr)
        return {f"{name}.{node.attr}" for name in self.of(base, scope)}

    def _member(self, owner: Scope, name: str) -> Iterable[str]:
        bindings = [*owner.attributes.get(name, ()), *owner.bindings.get(name, ())]
        return frozenset().union(*(self._bound(binding) for binding in bindings[:12]))

    def _call(self, node: ast.Call, scope: Scope) -> Iterable[str]:
        functions = self.of(node.func, scope)
        if functions & IMPORTERS and (module := self.text(_argument(node, 0, "name"), scope)):
            whole = "__import__" not in functions or len(node.args) > 3 or bool(node.keywords)
            return {module if whole else module.partition(".")[0]}
        if "getattr" in functions and (name := self.text(_argument(node, 1, ""), scope)):
            return {f"{base}.{name}" for base in self.of(node.args[0], scope)}
        if any(f.endswith(".__getattribute__") for f in functions):
            name = self.text(_argument(node, 0, ""), scope)
            return {f"{f.removesuffix('.__getattribute__')}.{name}" for f in functions if name}
        if functions & {"functools.partial", "staticmethod", "importlib.reload"}:
            return self.of(_argument(node, 0, ""), scope)
        if functions & {"globals().get", "globals().__getitem__"}:
            return self._global(self.text(_argument(node, 0, ""), scope))
        if "vars" in functions and node.args:
            return {f"{name}.__dict__" for name in self.of(node.args[0], scope)}
        if "dict" in functions and node.args:
            return self.of(node.args[0], scope)
        return {f"{name}()" for name in functions} | self._given_back(functions)

    def _given_back(self, functions: frozenset[str]) -> set[str]:
        """The names of functions' return values: ``connect()`` may be ``socket.socket()``."""
        results: set[str] = set()
        if self.returned is None:
            return results
        for name in functions:
            for names, value, scope in self.returned(name):
                results |= {dotted for dotted in names.of(value, scope) if "()" in dotted}
        return results

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Iterable[str]:
        bases = self.of(node.value, scope)
        key = self.text(node.slice, scope)
        if key and "sys.modules" in bases:
            return {key}
        names: set[str] = set(self._listed(node, scope))
        for base in bases:
            if key and base in {"globals()", "locals()", "vars()"}:
                names |= set(self._global(key))
            elif key and base.endswith("__dict__"):
                names.add(f"{base.removesuffix('__dict__')}{key}")
            elif key and base in {"__builtins__", "builtins"}:
                names.add(key)
            else:
                names.add(f"{base}[]")
        return names

    def _listed(self, node: ast.Subscript, scope: Scope) -> Iterable[str]:
        """The names of an item in a literal container: ``{"run": exec}["run"]``."""
        holders: list[tuple[ast.AST | None, Scope]] = [(node.value, scope)]
        if isinstance(node.value, ast.Name):
            holders = [(b.node, b.scope) for b in scope.lookup(node.value.id) if b.kind == "value"]
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        for holder, where in holders[:MOST]:
            if isinstance(holder, ast.Dict):
                for key, value in zip(holder.keys, holder.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == index:
                        yield from self.of(value, where)
            elif isinstance(holder, ast.List | ast.Tuple) and isinstance(index, int):
                for element in holder.elts[index : index + 1]:
                    yield from self.of(element, where)

    def _global(self, name: str) -> Iterable[str]:
        if name in {"__builtins__", "__builtin__"}:
            return {"builtins"}
        return self._name(name, self.scopes.root) if name else ()

    def text(self, node: ast.expr | None, scope: Scope) -> str:
        """The constant text of ``node``, or empty."""
        if node is None:
            return ""
        value = node.value if isinstance(node, ast.Constant) else self.evaluate(node, scope)
        return value if isinstance(value, str) and len(value) < 200 else ""


def _unknown(node: ast.expr, scope: Scope) -> None:
    """The evaluator until ``Values`` sets one: every value is unknown."""


def _argument(node: ast.Call, index: int, keyword: str) -> ast.expr | None:
    if index < len(node.args):
        return node.args[index]
    return next((k.value for k in node.keywords if keyword and k.arg == keyword), None)


def _canonical(name: str) -> str:
    if name in {"__builtins__", "__builtin__"}:
        return "builtins"
    for prefix, replacement in PREFIXES:
        if name.startswith(prefix):
            return _canonical(replacement + name[len(prefix) :])
    return name
