"""All modules of a package, and at which moment each function runs.

Idea: some code has a known moment. Lines of setup.py run at installation, lines of modules of the
package at import, tests and scripts when started by hand. The moments spread from callers to the
functions that they call, and from modules to the modules that they import. A function that no known
code calls runs when a user of the package calls it.

Known limit: callees are found by name, so calls through containers or other objects are missed.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from security_scan.syntax.module import Module
from security_scan.syntax.scopes import CallSite, Scope

__all__ = ["CALL", "IMPORT", "INSTALL", "SCRIPT", "Project"]

#: The moments: installation from source, import, start of a file by hand, call of a function.
INSTALL, IMPORT, SCRIPT, CALL = "install", "import", "script", "call"
ORDER = (INSTALL, IMPORT, SCRIPT, CALL)

TESTS = re.compile(
    r"(^|/)(tests?|testing|fixtures|conftest\.py|test_[^/]*\.py|[^/]*_test\.py)(/|$)"
)
BESIDE = re.compile(
    r"(^|/)(docs?|examples?|scripts?|bin|tools?|benchmarks?|demos?|samples?|\.?ci|\.github|misc|"
    r"contrib|__main__\.py|noxfile\.py|tasks\.py|fabfile\.py|docs/conf\.py)(/|$)"
)
COMMAND_METHODS = {"run", "initialize_options", "finalize_options", "__init__", "build_extensions"}
#: Calls that run the function in their arguments.
STARTERS = re.compile(
    r"(threading\.(Thread|Timer)|multiprocessing\.(Process|Pool.*)|atexit\.register|asyncio\.run|"
    r".*\.(submit|apply_async|run_in_executor|call_soon|call_later|run_until_complete)|map|_thread\.\w+|"
    r"concurrent\.futures\..*|asyncio\.(gather|create_task|ensure_future)|.*\.map)"
)
Key = tuple[str, str]


@dataclass(eq=False)
class Project:
    """The modules by path, with the moments at which their functions run."""

    modules: dict[str, Module]
    #: The moment of module-level code if the caller knows it (code embedded in other code).
    moment: str = ""
    #: The text of the build settings. A module next to setup.py is packaged if they name it.
    settings: str = ""
    #: File names of programs and scripts in the package, in lower case.
    programs: frozenset[str] = frozenset()
    _when: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    _functions: dict[str, Key] = field(default_factory=dict)
    _by_name: dict[str, str] = field(default_factory=dict)
    _calls: dict[Key, list[CallSite]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for path, module in self.modules.items():
            module.package = self
            self._by_name.setdefault(module.name, path)
            for name, scope in module.scopes.functions.items():
                self._functions.setdefault(f"{module.name}.{name}".strip("."), (path, scope.name))
            for site in module.scopes.calls:
                self._calls[path, _function_name(site.scope)].append(site)
        self._spread(self._roots())

    def find(self, dotted: str) -> tuple[Module, str] | None:
        """The module in which ``package.module.name`` is defined, and ``name``."""
        owner, _, name = dotted.rpartition(".")
        path = self._by_name.get(owner)
        return (self.modules[path], name) if path is not None and name else None

    def callers(self, dotted: str) -> Iterable[tuple[Module, CallSite]]:
        """The calls of the function ``package.module.name`` in all modules."""
        return self._callers.get(dotted, ())

    @cached_property
    def _callers(self) -> dict[str, list[tuple[Module, CallSite]]]:
        callers: dict[str, list[tuple[Module, CallSite]]] = defaultdict(list)
        for module in self.modules.values():
            for site in module.scopes.calls:
                for name in module.names.of(site.node.func, site.scope):
                    if name in self._functions and self._functions[name][0] != module.path:
                        callers[name].append((module, site))
        return callers

    def when(self, module: Module, site_scope: Scope, *, script_only: bool = False) -> str:
        """The earliest known moment at which code in this scope runs."""
        name = _function_name(site_scope)
        if not name and script_only:
            return SCRIPT
        moments = self._when.get((module.path, name), set())
        return next((moment for moment in ORDER if moment in moments), self._called(module))

    def _called(self, module: Module) -> str:
        """The moment of a function without known callers."""
        return SCRIPT if self._when.get((module.path, "")) == {SCRIPT} else CALL

    def _roots(self) -> Iterable[tuple[Key, str]]:
        for path, module in self.modules.items():
            is_setup = path.rpartition("/")[2] == "setup.py"
            yield (path, ""), self.moment or self._moment(path)
            if is_setup:
                for name, scope in module.scopes.functions.items():
                    method = name.rpartition(".")[2]
                    if scope.parent and scope.parent.kind == "class" and method in COMMAND_METHODS:
                        yield (path, name), INSTALL

    def _moment(self, path: str) -> str:
        """The moment of a module's own lines, by its path."""
        folder, _, file = path.rpartition("/")
        beside = f"{folder}/" if folder else ""
        if file == "setup.py":
            return INSTALL
        if TESTS.search(path):
            return SCRIPT
        if f"{beside}__init__.py" in self.modules and file != "__main__.py":
            return IMPORT
        if BESIDE.search(path):
            return SCRIPT
        lone = f"{beside}setup.py" in self.modules or self.settings
        named = re.search(rf"\b{re.escape(file.removesuffix('.py'))}\b", self.settings)
        return SCRIPT if lone and not named else IMPORT

    def _spread(self, roots: Iterable[tuple[Key, str]]) -> None:
        work = list(roots)
        while work:
            key, moment = work.pop()
            if moment in self._when[key]:
                continue
            self._when[key].add(moment)
            module = self.modules[key[0]]
            for site in self._calls.get(key, ()):
                if not (site.script_only and not key[1]):
                    work += [(callee, moment) for callee in self._callees(module, site)]
            if moment in (INSTALL, IMPORT) and not key[1]:
                work += [((path, ""), moment) for path in self._imported(module)]

    def _imported(self, module: Module) -> Iterable[str]:
        """The package's modules that ``module`` imports."""
        for dotted, _ in module.scopes.imports:
            parts = dotted.split(".")
            for end in range(1, len(parts) + 1):
                path = self._by_name.get(".".join(parts[:end]))
                if path is not None and path != module.path:
                    yield path

    def _callees(self, module: Module, site: CallSite) -> Iterable[Key]:
        names = module.names.of(site.node.func, site.scope)
        targets = {name.replace("()", "") for name in names}
        match site.node.func:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=method):
                owner = site.scope.owner
                targets |= {f"{module.name}.{owner.name}.{method}".strip(".")} if owner else set()
        if any(STARTERS.fullmatch(name) for name in names):
            for argument in (*site.node.args, *(k.value for k in site.node.keywords)):
                targets |= {n.replace("()", "") for n in module.names.of(argument, site.scope)}
        for name in targets:
            for full in (name, f"{name}.__init__", f"{name}.__call__", f"{name}.__new__"):
                if full in self._functions:
                    yield self._functions[full]


def _function_name(scope: Scope) -> str:
    """The name of the innermost function; a lambda belongs to the function around it."""
    current: Scope | None = scope
    while current is not None:
        if current.kind == "function" and not isinstance(current.node, ast.Lambda):
            return current.name
        current = current.parent
    return ""
