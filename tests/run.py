"""`make test`: everything that this machine can prove, and what it proved.

    python -m tests.run [--all] [--require services,sandbox,browser] [--only STAGE] [-- arguments]

First the whole suite on SQLite; then, where PostgreSQL and Redis are reachable (DATABASE_URL and
REDIS_URL, or the usual local ports), what the database can change once more on them, with Celery
workers where the first run has `run_worker` (tests/selection.py says how that is chosen); and the
tests of the official tools, each in its own project. What is required and missing fails the run.

`make test-all` (--all) repeats all that touches the database, walks every address, and gives the
property and fuzz tests many more examples.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as Xml

from tests.support.services import LOCAL_POSTGRES, LOCAL_REDIS, drop_run, postgres_url, redis_url

REPOSITORY = Path(__file__).resolve().parents[1]
# One more than there are cores: some tests wait for processes of theirs. Each of these processes
# collects the whole suite and makes a database, so that more of them cost more than they bring.
PROCESSES = str(min((os.cpu_count() or 1) + 1, 6))
#: What `--all` sets for every process of the run, unless the shell says otherwise.
THOROUGH = {
    "LUMOS_TEST_ALL": "1",
    "LUMOS_FUZZ_MUTATIONS": os.environ.get("LUMOS_FUZZ_MUTATIONS", "10000"),
    "LUMOS_PROPERTY_EXAMPLES": os.environ.get("LUMOS_PROPERTY_EXAMPLES", "300"),
}
#: What a reason to skip begins with, by what must then be there.
REASONS = {"services": "needs PostgreSQL", "sandbox": "needs the sandbox", "browser": "needs a"}


@dataclass
class Result:
    """How a stage ended."""

    name: str
    seconds: float = 0.0
    code: int = 0
    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    note: str = ""

    def line(self) -> str:
        """For the summary."""
        if self.note:
            return f"  {self.name:<34} {self.note}"
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped.total()} skipped"
        return f"  {self.name:<34} {counts} in {self.seconds:.0f} s"


def main() -> int:
    """Run the stages, print what each proved; 0 where nothing failed and nothing is missing."""
    asked = _arguments()
    stages = {"sqlite": _sqlite, "services": _services, "tools": _official_tools}
    chosen = [asked.only] if asked.only else list(stages)
    if asked.all:
        os.environ.update(THOROUGH)
    results = [stages[name](asked.pytest) for name in chosen]
    print("\nWhat ran:")
    for result in results:
        print(result.line())
        for reason, count in sorted(result.skipped.items()):
            print(f"      skipped {count}: {reason}")
    missing = _missing(results, asked.require)
    for line in missing:
        print(f"  required: {line}")
    return 1 if missing or any(result.code for result in results) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make test")
    parser.add_argument("--all", action="store_true", help="everything on both databases")
    parser.add_argument("--require", default="", help="comma-separated: services, sandbox, browser")
    parser.add_argument("--only", choices=["sqlite", "services", "tools"])
    parser.add_argument("pytest", nargs="*", help="for pytest, after --")
    asked = parser.parse_args()
    asked.require = [word for word in asked.require.split(",") if word]
    return asked


def _sqlite(arguments: list[str]) -> Result:
    return _pytest("SQLite, its worker", ["-m", "not services", *arguments], {})


def _services(arguments: list[str]) -> Result:
    name = "PostgreSQL, Redis, Celery workers"
    database, broker = postgres_url(), redis_url()
    if not database or not broker:
        silent = [
            *(
                []
                if database
                else [f"PostgreSQL ({os.environ.get('DATABASE_URL') or LOCAL_POSTGRES})"]
            ),
            *([] if broker else [f"Redis ({os.environ.get('REDIS_URL') or LOCAL_REDIS})"]),
        ]
        return Result(name, note=f"not run: no answer from {' and '.join(silent)}")
    run = secrets.token_hex(4)
    env = {"DATABASE_URL": database, "REDIS_URL": broker, "LUMOS_TEST_RUN": run}
    try:
        wanted = "all" if os.environ.get("LUMOS_TEST_ALL") == "1" else "chosen"
        return _pytest(name, ["--second-database", wanted, *arguments], env)
    finally:
        drop_run(database, run)


def _pytest(name: str, arguments: Iterable[str], services: Mapping[str, str]) -> Result:
    print(f"\n=== {name} ===", flush=True)
    with tempfile.TemporaryDirectory(prefix="lumos-report-") as folder:
        report = Path(folder) / "junit.xml"
        command = [
            sys.executable, "-m", "pytest", "-q", "-n", PROCESSES, "--dist", "worksteal",
            "--durations", "10", f"--junitxml={report}", *arguments,
        ]  # fmt: skip
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        started = time.monotonic()
        done = subprocess.run(command, check=False, cwd=REPOSITORY, env={**kept, **services})
        result = Result(name, time.monotonic() - started, done.returncode)
        if report.exists():
            _count(result, report)
    return result


def _official_tools(arguments: list[str]) -> Result:
    """Each in its own project, as its author would run them."""
    result = Result("The official tools' own tests")
    print(f"\n=== {result.name} ===", flush=True)
    started = time.monotonic()
    folders = sorted(REPOSITORY.glob("official_tools/*/tests"))
    with tempfile.TemporaryDirectory(prefix="lumos-report-") as aside:
        reports = [Path(aside) / f"{folder.parent.name}.xml" for folder in folders]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for code in pool.map(_official_tool, folders, reports):
                result.code = result.code or code
        for report in filter(Path.exists, reports):
            _count(result, report)
    result.seconds = time.monotonic() - started
    return result


def _official_tool(folder: Path, report: Path) -> int:
    """The exit code of one tool's tests; what they print is shown where they fail."""
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:cacheprovider",
        f"--junitxml={report}",
    ]  # fmt: skip
    done = subprocess.run(command, check=False, cwd=folder.parent, capture_output=True, text=True)
    if done.returncode:
        print(f"--- {folder.parent.name} ---\n{done.stdout}{done.stderr}")
    return done.returncode


def _count(result: Result, report: Path) -> None:
    """Add up a junit report of our own making."""
    for case in Xml.parse(report).iter("testcase"):
        skipped = case.find("skipped")
        if skipped is not None:
            result.skipped[skipped.get("message", "")] += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            result.failed += 1
        else:
            result.passed += 1


def _missing(results: Iterable[Result], required: Iterable[str]) -> list[str]:
    lines = []
    for what in required:
        for result in results:
            if what == "services" and result.note:
                lines.append(f"{result.name}, but {result.note}")
            count = sum(n for why, n in result.skipped.items() if why.startswith(REASONS[what]))
            if count:
                lines.append(f"{what}, but {count} tests of '{result.name}' were skipped for it")
    return lines


if __name__ == "__main__":
    sys.exit(main())
