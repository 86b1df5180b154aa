"""Find programs in other languages than Python that the package contains and starts.

The scanners read only Python, so a Node or shell script that the tool starts is code that was not
reviewed. A file counts by its use, not by its name: it is a started script if a call starts it
directly or passes it to an interpreter. Files that nothing starts (templates, assets, examples) are
data.

The flow of ``packaged`` labels names and paths of packaged files, so a name in a variable, a
parameter or a list is found too. The interpreter must be the program of a command line.

Known limits: a file is recognized by its name without its folder; an engine that is called as a
library (``js2py``) does not count as a started program.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from lumos.package.findings import Finding
from security_scan.guard import Guard
from security_scan.reading import project_of
from security_scan.rules.files import RULES
from security_scan.scanners.malware.library import INTERPRETER, RUN, matches
from security_scan.scanners.malware.pieces import pieces
from security_scan.scanners.malware.scripts import SHEBANG, is_script
from security_scan.scanners.packaged import (
    FOLDER,
    LONGEST,
    WORD,
    Files,
    labeled,
    name_of,
    packaged_flow,
    prepare,
)
from security_scan.syntax.flow import Flow, Labels
from security_scan.syntax.module import Module
from security_scan.syntax.scopes import CallSite, Scope
from security_scan.target import Target

__all__ = ["StartedScriptsScanner"]

RULE = "files/started-script"
#: Programs that run instructions from files in the working folder.
RUNS_FOLDER = re.compile(r"(npm|npx|yarn|pnpm|bun|deno)(\.cmd|\.exe)?", re.IGNORECASE)
SHELL = re.compile(r"(ba|z|da|k|tc|c|fi)?sh|cmd(\.exe)?|pwsh|powershell(\.exe)?", re.IGNORECASE)
OPTION = re.compile(r"-|/\w$")
PYTHON = re.compile(r"(python|pypy)[\w.]*(\.exe)?", re.IGNORECASE)
#: Programs that start another program, which their arguments name.
WRAPPER = re.compile(
    r"env|sudo|doas|nohup|nice|ionice|time|timeout|setsid|stdbuf|xvfb-run|start|exec|\w+=\S*|-.*|"
    r"[\d.]+[smhd]?"
)
#: Folders of a wheel from which installers create commands.
ON_PATH = re.compile(r"[^/]+\.data/scripts/[^/]+$")
SEPARATORS = re.compile(r"[;&|\n(){}`]+")
UNKNOWN = "?"
#: One word of a command: the constant parts of its text, and its labels.
Word = tuple[str, Labels]


class StartedScriptsScanner:
    """Finds files of the package that are programs in another language and are started."""

    name = "started-scripts"
    version = "1"

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """Findings ``files/started-script``, one for each started file and for each call with a
        computed file name.
        """
        modules = project_of(target, guard).modules
        others = prepare(target, modules.values())
        started: set[str] = set()
        for path, module in modules.items():
            findings: list[Finding] = []
            with guard.step(self.name, path) as wanted:
                if wanted:
                    findings.extend(_started(module, others, started))
            yield from findings
        for file in target.files:
            if ON_PATH.search(file.path) and not file.is_python and SHEBANG.match(file.head):
                yield RULES[RULE].finding(
                    f"{file.path} is installed as a command and is not Python.", file.path, 1
                )


def _started(module: Module, others: Files, started: set[str]) -> Iterator[Finding]:
    flow = packaged_flow(module)
    for site in module.scopes.calls:
        names = module.names.of(site.node.func, site.scope)
        if not matches(RUN, names):
            continue
        for name in _scripts(site, flow, names, others):
            if name in started:
                continue
            started.add(name)
            path = others[name].path if name in others else "a file whose name is computed"
            yield RULES[RULE].finding(
                f"{ast.unparse(site.node.func)[:40]} starts {path}, which is not Python that the "
                "scanners read.",
                module.path,
                module.line(site.node),
                evidence={"script": path},
            )


def _scripts(site: CallSite, flow: Flow, names: frozenset[str], others: Files) -> set[str]:
    """The names of the packaged files that the call starts; ``""`` for a computed name."""
    spawns = any(name.startswith("os.spawn") for name in names)
    arguments = site.node.args[1 if spawns else 0 :]
    named = {keyword.arg: keyword.value for keyword in site.node.keywords}
    arguments += [named[key] for key in ("args", "cmd", "command", "executable") if key in named]
    words = [word for a in arguments for word in _words(a, site.scope, flow)]
    beside: Labels = {}
    for key in ("input", "stdin", "cwd"):
        beside |= flow.of(named.get(key), site.scope)
    scripts: set[str] = set()
    for command in _commands(words):
        scripts |= _of_command(command, beside, others)
    return scripts


def _words(node: ast.expr, scope: Scope, flow: Flow, depth: int = 0) -> Iterator[Word]:
    """The words of a command line that is a list or a constant text."""
    if isinstance(node, ast.Name) and depth < 4:
        bindings = scope.lookup(node.id)
        if len(bindings) == 1 and isinstance(bindings[0].node, ast.List | ast.Tuple | ast.BinOp):
            yield from _words(bindings[0].node, bindings[0].scope, flow, depth + 1)
            return
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            for item in items:
                inner = item.value if isinstance(item, ast.Starred) else item
                yield from _words(inner, scope, flow, depth + 1)
            return
        case ast.BinOp(op=ast.Add(), left=left, right=right) if _is_list(left) or _is_list(right):
            yield from _words(left, scope, flow, depth + 1)
            yield from _words(right, scope, flow, depth + 1)
            return
    yield _text(node, scope, flow), flow.of(node, scope)


def _text(node: ast.expr, scope: Scope, flow: Flow) -> str:
    """The constant parts of a text; ``?`` if it has none."""
    if "sys.executable" in flow.names.of(node, scope):
        return "python"
    value = flow.values.of(node, scope)
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    if isinstance(node, ast.Call) and len(node.args) == 1:  # shutil.which("node"), str(path)
        return _text(node.args[0], scope, flow)
    return pieces(node, scope, flow)[:LONGEST] or UNKNOWN


def _is_list(node: ast.expr) -> bool:
    return isinstance(node, ast.List | ast.Tuple)


def _commands(words: list[Word]) -> Iterator[list[Word]]:
    """The simple commands of a call: a list is one command, a text is split as by a shell."""
    if len(words) == 1:
        text, labels = words[0]
        for part in SEPARATORS.split(text):
            yield [(word, labels) for word in WORD.findall(part)]
    elif words:
        yield words
        is_shell = any(SHELL.fullmatch(name_of(text)) for text, _ in words)
        for text, labels in words[1:]:
            if is_shell and " " in text:
                yield [(word, labels) for word in WORD.findall(text)]


def _of_command(command: list[Word], beside: Labels, others: Files) -> set[str]:
    while command and WRAPPER.fullmatch(name_of(command[0][0])):
        command = command[1:]
    if not command:
        return set()
    (program, labels), rest = command[0], command[1:]
    if not INTERPRETER.fullmatch(name_of(program)):
        return _started_itself(program, labels, others)
    if PYTHON.fullmatch(name_of(program)):
        return _run_by_python(rest, others)
    return _handed_over(name_of(program), rest, beside, others)


def _started_itself(program: str, labels: Labels, others: Files) -> set[str]:
    """The packaged file that is the program of a command."""
    name = name_of(program)
    if name in others:
        is_path = "/" in program or "\\" in program or FOLDER in labels
        return {name} if is_path or is_script(others[name]) else set()
    if UNKNOWN not in program:
        return set()
    return _labeled_scripts(labels, others) or _computed(labels, others)


def _run_by_python(rest: list[Word], others: Files) -> set[str]:
    """The file that Python runs although it is not named as Python; none with ``-m`` or ``-c``."""
    if any(text in {"-m", "-c"} for text, _ in rest):
        return set()
    return _at_script_position(rest, others)


def _handed_over(program: str, rest: list[Word], beside: Labels, others: Files) -> set[str]:
    """The files that are passed to an interpreter: any file as its script argument, and as other
    arguments only scripts by name or first line, because programs also read data files.
    """
    carried = dict(beside)
    for _, labels in rest:
        carried |= labels
    scripts = _at_script_position(rest, others) | _labeled_scripts(carried, others)
    if not rest:  # the interpreter reads its script from standard input
        scripts |= labeled(beside, others)
    given = carried if RUNS_FOLDER.fullmatch(program) else _without(carried, beside)
    return scripts or _computed(given, others)


def _at_script_position(rest: list[Word], others: Files) -> set[str]:
    first = next((word for word in rest if not OPTION.match(word[0])), None)
    if first is None:
        return set()
    text, labels = first
    named = {name for word in WORD.findall(text) if (name := name_of(word)) in others}
    return named or (labeled(labels, others) if UNKNOWN in text else set())


def _labeled_scripts(labels: Labels, others: Files) -> set[str]:
    return {name for name in labeled(labels, others) if is_script(others[name])}


def _computed(labels: Labels, others: Files) -> set[str]:
    """``""`` for a path in the package's folder with a computed name that may be a script's."""
    is_own = FOLDER in labels and not labeled(labels, others)
    return {""} if is_own and any(map(is_script, others.values())) else set()


def _without(labels: Labels, others: Labels) -> Labels:
    return {label: line for label, line in labels.items() if label not in others}
