"""What observation costs: python -m bench.observe [--rounds 15] [--libraries pandas …]

Imports and calls small tools in a watched and in an unwatched sandbox, by turns, so that load on
the machine falls on both, and prints the medians in milliseconds with their ratios. Libraries are
installed first; without any, only the standard library is imported.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.timing import table
from sandbox import Interpreter, Limits, install_dependencies, interpreter
from sandbox.contents import plan_for
from sandbox.session import Session

STANDARD = (
    "asyncio, email.mime.text, http.server, sqlite3, unittest, urllib.request, xml.dom.minidom"
)
CODE = '''"""A tool to time."""

import {imports}


def nothing() -> str:
    return ""


def files() -> int:
    """Ten files written and read."""
    for number in range(10):
        with open(f"file-{{number}}", "w") as file:
            file.write("x")
    return sum(len(open(f"file-{{number}}").read()) for number in range(10))
'''
CALLS = ("nothing", "files")
HEADINGS = ("imports", "what", "unwatched ms", "watched ms", "more ms", "ratio")


def main() -> None:
    """Print a table for each set of imports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--libraries", nargs="*", default=[])
    chosen = parser.parse_args()
    rows = []
    for imports in (STANDARD, *chosen.libraries):
        with tempfile.TemporaryDirectory(prefix="lumos-bench-") as folder:
            rows += measured(imports, Path(folder), chosen.rounds)
    print(table(HEADINGS, rows))


def measured(imports: str, folder: Path, rounds: int) -> list[tuple[str, ...]]:
    """The rows of one set of imports."""
    package, libraries = folder / "tool", folder / "libraries"
    package.mkdir()
    (package / "timed.py").write_text(CODE.format(imports=imports))
    if imports != STANDARD:
        installed = install_dependencies([imports], libraries)
        if not installed.ok:
            raise SystemExit(f"{imports} cannot be installed: {installed.message}")
    found = timed(package, libraries if imports != STANDARD else None, interpreter(), rounds)
    name = "standard library" if imports == STANDARD else imports
    return [row(name, what, *times) for what, times in found.items()]


def timed(
    package: Path, libraries: Path | None, python: Interpreter, rounds: int
) -> dict[str, tuple[list[float], list[float]]]:
    """Milliseconds of imports and calls, unwatched and watched, by what was done."""
    plan = plan_for(package, libraries, python, Limits(total_seconds=600))
    functions = {name: f"timed:{name}" for name in CALLS}
    found: dict[str, tuple[list[float], list[float]]] = {"import": ([], [])}
    with ExitStack() as stack:
        pair = [
            stack.enter_context(Session(plan, functions, watched=watched))
            for watched in (False, True)
        ]
        for _ in range(rounds):
            for session, times in zip(pair, found["import"], strict=True):
                times.append(session.load(fresh=True)[1].seconds * 1000)
        for session in pair:
            session.load(fresh=False)
        for name in CALLS:
            found[name] = ([], [])
            for number in range(rounds * 3):
                for session, times in zip(pair, found[name], strict=True):
                    times.append(called(session, name, number))
    return found


def called(session: Session, name: str, number: int) -> float:
    """Milliseconds of one call in a new process."""
    folder = f"/tmp/work/{number}"
    reply = session.ask(op="call", function=name, arguments={}, cwd=folder, fork=True, hold=True)
    session.settle(session.result(reply), reply)
    return reply.seconds * 1000


def row(imports: str, what: str, plain: list[float], watched: list[float]) -> tuple[str, ...]:
    before, after = statistics.median(plain), statistics.median(watched)
    more = f"{after - before:+.1f}"
    return (imports, what, f"{before:.1f}", f"{after:.1f}", more, f"{after / before:.2f}")


if __name__ == "__main__":
    main()
