"""Programs in other languages that a package brings along and starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from security_scan.engine import scan
from security_scan.scanners.started import StartedScriptsScanner
from tests.scan.samples import write

HERE = (
    "import os, shutil, subprocess, sys\nfrom pathlib import Path\nHERE = Path(__file__).parent\n"
)


COMPUTED = "a file whose name is computed"


def started(folder: Path, code: str, files: dict[str, str]) -> set[str]:
    write(folder, core=HERE + code)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    report = scan(folder, scanners=[StartedScriptsScanner()])
    assert all(finding.blocking for finding in report.findings)
    return {f.evidence.get("script", f.file) for f in report.findings}


JS, SH, DATA = "acme_tool/helper.js", "acme_tool/run.sh", "acme_tool/notes.dat"
STARTS = {
    "node": ('subprocess.run(["node", HERE / "helper.js"])', JS),
    "node by its path": ('subprocess.run(["/usr/bin/env", "node", str(HERE / "helper.js")])', JS),
    "node that was looked up": (
        'def f():\n    subprocess.run([shutil.which("node"), os.path.join(HERE, "helper.js")])', JS,
    ),
    "a list that grows": (
        'cmd = ["node"]\ncmd.append(str(HERE / "helper.js"))\nsubprocess.Popen(cmd)', JS,
    ),
    "lists that are added": ('subprocess.run(["node"] + [str(HERE / "helper.js"), "-x"])', JS),
    "a parameter": (
        'def f(script):\n    subprocess.call(["node", script])\n'
        'def g():\n    f(HERE / "helper.js")',
        JS,
    ),
    "a shell command": ('os.system(f"cd /tmp && node {HERE}/helper.js --quiet")', JS),
    "a shell in a shell": ('subprocess.run(["sh", "-c", f"node {HERE}/helper.js"])', JS),
    "an option before": ('subprocess.run(["node", "--no-warnings", HERE / "helper.js"])', JS),
    "the text of a file": ('subprocess.run(["node", "-e", (HERE / "helper.js").read_text()])', JS),
    "the standard input": ('subprocess.run(["bash"], stdin=open(HERE / "run.sh"))', SH),
    "a resource": (
        'import importlib.resources as r\n'
        'subprocess.run(["node", r.files("acme_tool") / "helper.js"])', JS,
    ),
    "a shell script by its first line": ('subprocess.run([HERE / "run.sh"])', SH),
    "a shell script in the working folder": ('os.system("./run.sh now")', SH),
    "exec": ('os.execv(str(HERE / "run.sh"), ["run.sh"])', SH),
    "spawn": ('os.spawnlp(os.P_NOWAIT, "bash", "bash", str(HERE / "run.sh"))', SH),
    "asyncio": (
        'import asyncio\nasync def f():\n'
        '    await asyncio.create_subprocess_exec("node", str(HERE / "helper.js"))', JS,
    ),
    "a data suffix": ('subprocess.run(["perl", HERE / "notes.dat"])', DATA),
    "a data suffix and Python": ('subprocess.run([sys.executable, HERE / "notes.dat"])', DATA),
    "a computed name": (
        'def f(n):\n    subprocess.run(["node", HERE / f"{n}.js"])', COMPUTED,
    ),
    "a package of Node": (
        'subprocess.run(["npm", "start"], cwd=HERE)', COMPUTED,
    ),
}  # fmt: skip
FILES = {JS: "console.log(1)", SH: "#!/bin/sh\necho", DATA: "print 1"}


@pytest.mark.parametrize(("code", "script"), STARTS.values(), ids=STARTS)
def test_a_script_that_the_tool_starts_is_held(code: str, script: str, tmp_path: Path) -> None:
    assert started(tmp_path, code, FILES) == {script}


def test_a_name_that_another_module_keeps_is_followed(tmp_path: Path) -> None:
    write(tmp_path, zz='SCRIPT = "notes.dat"')
    code = 'from acme_tool.zz import SCRIPT\nsubprocess.run(["ruby", HERE / SCRIPT])'
    assert started(tmp_path, code, FILES) == {DATA}


@pytest.mark.parametrize(
    ("program", "file"),
    [
        ("node", "a.mjs"), ("deno", "a.ts"), ("bash", "a.sh"), ("pwsh", "a.ps1"),
        ("powershell.exe", "a.ps1"), ("perl", "a.pl"), ("ruby", "a.rb"), ("lua5.4", "a.lua"),
        ("php8.2", "a.php"), ("osascript", "a.scpt"), ("cmd", "a.bat"), ("cscript", "a.vbs"),
        ("java", "a.jar"), ("wine", "a.dat"),
    ],
)  # fmt: skip
def test_any_interpreter_counts(program: str, file: str, tmp_path: Path) -> None:
    code = f'subprocess.run(["{program}", HERE / "{file}"])'
    assert started(tmp_path, code, {f"acme_tool/{file}": "x"}) == {f"acme_tool/{file}"}


def test_a_script_that_an_installer_puts_on_the_path_is_held(tmp_path: Path) -> None:
    file = "acme_tool-1.0.data/scripts/helper"
    assert started(tmp_path, "", {file: "#!/usr/bin/perl\n"}) == {file}
    assert started(tmp_path / "two", "", {file: "#!/usr/bin/env python3\n"}) == set()


HONEST = {
    "a template that is written out": 'Path("out.js").write_text((HERE / "helper.js").read_text())',
    "an asset of a report": "REPORT = f\"<script>{(HERE / 'helper.js').read_text()}</script>\"",
    "programs by name": (
        'subprocess.run(["git", "apply", HERE / "notes.dat"])\n'
        'subprocess.run(["ffmpeg", "-i", HERE / "notes.dat", "x.mp3"])\n'
        'subprocess.run(["node", "--version"])\nos.system("npm --version")'
    ),
    "data for a user's script": (
        'def f(script):\n    subprocess.run(["node", script, str(HERE / "notes.dat")])'
    ),
    "data for awk": 'subprocess.run(["awk", "{print $1}", HERE / "notes.dat"])',
    "the working folder": 'subprocess.run(["sh", "-c", "git rev-parse HEAD"], cwd=HERE)',
    "the tool's own Python": (
        'subprocess.run([sys.executable, HERE / "core.py", HERE / "notes.dat"])\n'
        'subprocess.run([sys.executable, "-m", "json.tool", HERE / "notes.dat"])\n'
        'subprocess.run(["python3", str(HERE / "core.py")])'
    ),
    "words that are like an interpreter": (
        'subprocess.run(["git", "commit", "-m", "node helper.js"])'
    ),
    "a folder that is listed": 'subprocess.run(["ls", HERE])',
}


@pytest.mark.parametrize("code", HONEST.values(), ids=HONEST)
def test_a_script_that_nothing_starts_is_data(code: str, tmp_path: Path) -> None:
    assert started(tmp_path, code, FILES) == set()
