"""Find code that the package keeps in files that are not Python by their names, and runs.

The scanners read the files that are Python by suffix or first line. Code in any other file is not
reviewed, whatever its suffix: it counts if a call executes, evaluates, compiles or imports it, at
import as well as in a function. The flow of ``packaged`` finds the file. A path in the package's
folder with a computed name counts unless a constant part of it ends in ``.py``.

Known limit: code that passes through another file or process is not followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from lumos.package.findings import Finding
from security_scan.guard import Guard
from security_scan.reading import project_of
from security_scan.rules.files import RULES
from security_scan.scanners.malware.library import EXEC, matches
from security_scan.scanners.malware.patterns import any_of
from security_scan.scanners.packaged import (
    FOLDER,
    PYTHON_FILE,
    Files,
    labeled,
    packaged_flow,
    prepare,
)
from security_scan.syntax.module import Module
from security_scan.syntax.scopes import CallSite
from security_scan.target import Target

__all__ = ["RunDataScanner"]

RULE = "files/run-data"
COMPUTED = "a file whose name is computed"
#: Calls whose module was named before: by a file, which is checked there, or by an import name.
BY_MODULE = any_of(r".*\.exec_module", r"runpy\.run_module")
#: Calls that import code from the file in any of their arguments.
LOADERS = any_of(
    r"importlib\.util\.spec_from_file_location",
    r"importlib\.machinery\.\w+Loader",
    r"importlib\._bootstrap_external\.\w+Loader",
    r"imp\.load_\w+",
)
#: Calls after which imports look into an archive, whatever its suffix.
SEARCHED = any_of(
    r"sys\.path\.(insert|append|extend)", r"zipimport\.zipimporter", r"site\.addsitedir"
)
#: The start of the record at the end of a zip archive.
ARCHIVE_END = b"PK\5\6"
SOURCE_KEYWORDS = {"source", "path_name", "code", "location", "path", "object"}


class RunDataScanner:
    """Finds files of the package that are not Python by their names and are run as Python."""

    name = "run-data"
    version = "1"

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """Findings ``files/run-data``, one for each file, and one for each computed name."""
        modules = project_of(target, guard).modules
        others = prepare(target, modules.values())
        reported: set[str] = set()
        for path, module in modules.items():
            findings: list[Finding] = []
            with guard.step(self.name, path) as wanted:
                if wanted:
                    findings.extend(_run(module, others, reported))
            yield from findings


def _run(module: Module, others: Files, reported: set[str]) -> Iterator[Finding]:
    for site in module.scopes.calls:
        names = module.names.of(site.node.func, site.scope)
        for name in _files(module, site, names, others):
            if name in reported:
                continue
            reported.add(name)
            path = others[name].path if name in others else COMPUTED
            yield RULES[RULE].finding(
                f"{ast.unparse(site.node.func)[:40]} runs {path} as Python, and the scanners do "
                "not read it as Python.",
                module.path,
                module.line(site.node),
                evidence={"script": path},
            )


def _files(module: Module, site: CallSite, names: frozenset[str], others: Files) -> set[str]:
    """The names of the packaged files that a call runs; ``""`` for a computed name."""
    flow = packaged_flow(module)
    node = site.node
    is_loader = matches(LOADERS, names)
    is_search = matches(SEARCHED, names)
    is_exec = matches(EXEC, names) and not matches(BY_MODULE, names)
    if not (is_exec or is_loader or is_search):
        return set()
    arguments = list(node.args[: None if is_loader or is_search else 1])
    arguments += [keyword.value for keyword in node.keywords if keyword.arg in SOURCE_KEYWORDS]
    files: set[str] = set()
    for argument in arguments:
        labels = flow.of(argument, site.scope)
        named = labeled(labels, others)
        is_computed = FOLDER in labels and PYTHON_FILE not in labels and not is_search
        if is_search:
            named = {name for name in named if ARCHIVE_END in others[name].data}
        files |= named or ({""} if is_computed else set())
    return files
