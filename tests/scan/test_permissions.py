"""What the code uses, however it is written, against what the manifest declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from security_scan.engine import ScanReport, scan
from security_scan.rules.permissions import MEANING, RULES
from security_scan.scanners.permissions import PermissionsScanner
from tests.scan.samples import write


def detected(folder: Path, code: str, *declared: str) -> ScanReport:
    write(folder, core=code)
    return scan(
        folder,
        declared=declared,
        import_package="acme_tool",
        scanners=[PermissionsScanner()],
    )


USES = [
    ("network", "import requests\nrequests.get(u)"),
    ("network", "from requests import get as g\ng(u)"),
    ("network", "import requests as r\ns = r.Session()\ns.post(u)"),
    ("network", "import httpx2\nwith httpx2.Client() as c:\n    c.get(u)"),
    (
        "network",
        "import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as s: pass",
    ),
    ("network", "from urllib import request\nrequest.urlopen(u)"),
    ("network", "import urllib.request as q\nq.urlopen(u)"),
    ("network", "import socket\ns = socket.socket()\ns.connect(a)"),
    ("network", "m = __import__('soc' + 'ket')\nm.create_connection(a)"),
    ("network", "import importlib\nimportlib.import_module('http.client').HTTPSConnection(h)"),
    ("network", "import requests\nd = {'get': requests.get}"),
    (
        "network",
        "class A:\n  def __init__(self):\n    import requests\n    self.s = requests.Session()",
    ),
    ("file-read", "open(p)"),
    ("file-read", "import io\nio.open(p)"),
    ("file-read", "from pathlib import Path\nPath(p).read_text()"),
    ("file-read", "def f(p): return p.read_bytes()"),
    ("file-read", "import os\nos.listdir(p)"),
    ("file-read", "import os\nr = os\nx = r.scandir\nx(p)"),
    ("file-read", "import openpyxl\nopenpyxl.load_workbook(p)"),
    ("file-read", "import zipfile\nzipfile.ZipFile(p)"),
    ("file-read", "import gzip\ngzip.open(p)"),
    ("file-write", "open(p, 'w')"),
    ("file-write", "open(p, mode='a+')"),
    ("file-write", "MODE = 'wb'\nopen(p, MODE)"),
    ("file-write", "from pathlib import Path\n(Path(p) / 'x').write_text(t)"),
    ("file-write", "import shutil\nshutil.rmtree(p)"),
    ("file-write", "import tempfile\ntempfile.mkdtemp()"),
    ("file-write", "import os\nos.open(p, os.O_WRONLY | os.O_CREAT)"),
    ("environment", "import os\nos.environ['KEY']"),
    ("environment", "import os\nos.getenv('KEY')"),
    ("environment", "from os import environ as e\nx = dict(e)"),
    ("database", "import sqlite3\nsqlite3.connect(p)"),
    ("database", "from sqlalchemy import create_engine\ncreate_engine(u)"),
    ("crypto", "from cryptography.fernet import Fernet\nFernet(k)"),
    ("crypto", "import hmac\nhmac.new(k, m, 'sha256')"),
    ("crypto", "from Crypto.Cipher import AES\nAES.new(k, 1)"),
    ("crypto", "import jwt\njwt.encode(c, k)"),
    ("system-command", "import subprocess\nsubprocess.run(c)"),
    ("system-command", "import os\nos.system(c)"),
    ("system-command", "import os\ngetattr(os, 'sys' + 'tem')(c)"),
    ("system-command", "import os\nos.__dict__['popen'](c)"),
    ("system-command", "import sys\nsys.modules['os'].system(c)"),
    ("system-command", "import ctypes\nctypes.CDLL(p)"),
    ("system-command", "import asyncio\nasync def f(): await asyncio.create_subprocess_exec(c)"),
    ("system-command", "import functools, os\nf = functools.partial(os.system)\nf(c)"),
    ("user-data", "from pathlib import Path\nPath.home()"),
    ("user-data", "import os\nos.path.expanduser('~/x')"),
    ("user-data", "import keyring\nkeyring.get_password(a, b)"),
    ("user-data", "import getpass\ngetpass.getuser()"),
    ("admin", "import os\nos.setuid(0)"),
    ("admin", "import subprocess\nsubprocess.run(['sudo', 'ls'])"),
]
HARMLESS = [
    (
        "crypto",
        "import hashlib\nhashlib.sha256(b).hexdigest()\nhashlib.pbkdf2_hmac('sha256', p, s, 1)",
    ),
    ("crypto", "import secrets, uuid, zlib\nsecrets.token_hex()\nuuid.uuid4()\nzlib.crc32(b)"),
    ("crypto", "import ssl\nssl.create_default_context()"),
    ("crypto", "import hmac\nhmac.compare_digest(a, b)"),
    ("network", "from urllib.parse import urlsplit, quote\nurlsplit(u)\nquote(u)"),
    ("network", "import socket\nsocket.gethostname()"),
    ("network", "import requests\ndef f(s: requests.Session) -> requests.Response: ..."),
    (
        "file-read",
        "from pathlib import Path\nTEXT = (Path(__file__).parent / 'data.json').read_text()",
    ),
    (
        "file-read",
        "import os\nwith open(os.path.join(os.path.dirname(__file__), 'x')) as f: f.read()",
    ),
    (
        "file-read",
        "from importlib import resources\nresources.files('acme_tool').joinpath('x').read_text()",
    ),
    ("file-read", "import io, zipfile\nzipfile.ZipFile(io.BytesIO(b))"),
    ("file-write", "import io\nb = io.BytesIO()\nb.write(x)"),
    ("file-write", "import io, zipfile\nzipfile.ZipFile(io.BytesIO(), 'w')"),
    ("file-read", "import io, pandas\npandas.read_csv(io.StringIO(text))"),
    ("file-read", "import io, openpyxl\nopenpyxl.load_workbook(filename=io.BytesIO(b))"),
    ("file-read", "import fitz\nfitz.open(stream=data, filetype='pdf')"),
    ("file-read", "import zipfile\ndef f(entry): return entry.is_dir()"),
    ("file-write", "import io\nfrom PIL import Image\nImage.new(m, s).save(io.BytesIO())"),
    ("user-data", "from pathlib import Path\nPath(p).expanduser()"),
    ("system-command", "import os\nos.path.join(a, b)\nos.getpid()"),
    ("database", "def connect(): ...\nconnect()"),
]


@pytest.mark.parametrize(("kind", "code"), USES)
def test_a_use_is_seen(kind: str, code: str, tmp_path: Path) -> None:
    assert kind in detected(tmp_path, code).detected


@pytest.mark.parametrize(("kind", "code"), HARMLESS)
def test_what_needs_no_permission_is_left_alone(kind: str, code: str, tmp_path: Path) -> None:
    assert kind not in detected(tmp_path, code).detected


FOUND = [
    ("import requests\nrequests.get('https://a.example.org/x').json()", ["network:a.example.org"]),
    ("import requests\nrequests.get('https://a.example.org/x').text", ["network:a.example.org"]),
    ("import requests\nrequests.get(u)", ["network"]),
    (
        "import requests\nrequests.get('https://a.example.org/x')\nrequests.post(u)",
        ["network", "network:a.example.org"],
    ),
    (
        "import httpx2\nc = httpx2.Client(base_url='https://a.example.org')\nc.get('/x')",
        ["network:a.example.org"],
    ),
    (
        "import httpx2\nc = httpx2.Client(base_url='https://a.example.org')\nc.get(u)",
        ["network", "network:a.example.org"],
    ),
    ("import os\nkey = os.environ['KEY']\nprint(key)", ["environment:KEY"]),
    ("import os\nkey = os.environ.get('KEY', '')\nprint(key)", ["environment:KEY"]),
    ("import os\nprint(dict(os.environ))", ["environment"]),
    ("open(p)\nopen(p, 'w')", ["file-read", "file-write"]),
    ("print(1)", []),
    (
        "import os\n" + "\n".join(f"os.environ['KEY_{number}']" for number in range(60)),
        ["environment:*"],
    ),
]


@pytest.mark.parametrize(("code", "expected"), FOUND)
def test_what_is_found_is_named_as_narrowly_as_the_source_spells_it(
    code: str, expected: list[str], tmp_path: Path
) -> None:
    assert list(detected(tmp_path, code).found) == expected


def test_undeclared_use_is_a_finding_with_file_and_line_that_holds(tmp_path: Path) -> None:
    report = detected(tmp_path, "import requests\n\nrequests.get('https://a.example.org/x')\n")
    (finding,) = report.findings
    assert finding.rule == "permissions/undeclared-network"
    assert (finding.file, finding.line) == ("acme_tool/core.py", 3)
    assert finding.blocking
    assert report.level == "warning"
    assert report.undeclared == ("network",)
    assert report.detected["network"][0].value == "a.example.org"


def test_a_declared_host_covers_itself_and_not_another(tmp_path: Path) -> None:
    code = (
        "import requests\nrequests.get('https://a.example.org/')\nrequests.get('http://b.org:80/')"
    )
    assert detected(tmp_path, code, "network:*").undeclared == ()
    assert detected(tmp_path, code, "network").undeclared == ()
    wild = detected(tmp_path, code, "network:*.example.org", "network:b.org")
    assert wild.undeclared == ()
    assert detected(tmp_path, code, "network:a.example.org").undeclared == ("network:b.org",)


@pytest.mark.parametrize(
    "call",
    [
        "requests.get(f'https://h.example.org/{q}')",
        "requests.get('https://h.example.org/' + q)",
        "requests.get('https://h.example.org/%s' % q)",
        "requests.get('https://h.example.org/{}'.format(q))",
        "requests.get(BASE + '/x')",
        "requests.get(f'{BASE}/x')",
        "requests.get(url=BASE)",
        "requests.request('GET', BASE)",
        "urljoin_get(BASE)",
    ],
)
def test_the_host_is_found_however_the_address_is_put_together(call: str, tmp_path: Path) -> None:
    code = (
        "import requests\nfrom urllib.parse import urljoin\nBASE = 'https://h.example.org'\n"
        "def urljoin_get(q): return requests.get(urljoin(BASE, q))\n"
        f"def f(q): return {call}\n"
    )
    values = {evidence.value for evidence in detected(tmp_path, code).detected["network"]}
    assert "h.example.org" in values


def test_a_host_that_the_source_does_not_spell_out_is_covered_by_any(tmp_path: Path) -> None:
    code = "import requests\ndef f(url): return requests.get(url)"
    assert detected(tmp_path, code, "network:a.org").undeclared == ()


def test_a_variable_is_known_by_its_name(tmp_path: Path) -> None:
    code = "import os\nA = os.environ['A_KEY']\nB = os.getenv('B_KEY')\nC = 'C_KEY' in os.environ"
    report = detected(tmp_path, code, "environment:A_KEY")
    assert report.undeclared == ("environment:B_KEY", "environment:C_KEY")


def test_a_permission_never_seen_is_a_remark(tmp_path: Path) -> None:
    report = detected(tmp_path, "x = 1", "network:a.org", "crypto", "custom:mine")
    assert report.unused == ("crypto", "network:a.org") or set(report.unused) == {
        "crypto",
        "network:a.org",
    }
    assert {finding.severity.value for finding in report.findings} == {"info"}


def test_importing_another_tool_implies_nothing(tmp_path: Path) -> None:
    code = "from lumos_http_request import http_request\nhttp_request('https://a.org')"
    assert detected(tmp_path, code).detected == {}


def test_a_module_of_ones_own_is_not_taken_for_a_library(tmp_path: Path) -> None:
    write(tmp_path, redis="def connect(): ...")
    assert detected(tmp_path, "from acme_tool.redis import connect\nconnect()").detected == {}
    assert detected(tmp_path, "from .redis import connect\nconnect()").detected == {}


def test_the_severity_follows_the_risk() -> None:
    high = {"system-command", "crypto", "user-data", "admin"}
    for kind in MEANING:
        severity = RULES[f"permissions/undeclared-{kind}"].severity.value
        assert severity == ("high" if kind in high else "medium")
