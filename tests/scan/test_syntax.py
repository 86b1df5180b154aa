"""Reading Python without running it."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from security_scan.scanners.malware.sources import malware_flow
from security_scan.syntax.module import Module, dotted_name, read_module
from security_scan.syntax.parse import parse_source
from security_scan.syntax.project import CALL, IMPORT, INSTALL, SCRIPT, Project
from security_scan.syntax.values import UNKNOWN


def module(code: str, path: str = "acme/core.py") -> Module:
    return read_module(path, code, name=dotted_name(path, ("acme/__init__.py", path)))


def last_call(code: str) -> tuple[Module, ast.Call]:
    parsed = module(code)
    return parsed, max(parsed.scopes.calls, key=lambda site: site.node.lineno).node


def names(code: str) -> set[str]:
    parsed, node = last_call(code)
    return set(parsed.names.of(node.func, parsed.scopes.root))


def value(expression: str, setup: str = "") -> object:
    parsed, node = last_call(f"{setup}\nprint({expression})")
    return parsed.values.of(node.args[0], parsed.scopes.root)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import os\nos.system(c)", "os.system"),
        ("import os as o\nr = o\nx = r.system\nx(c)", "os.system"),
        ("from os import system as s\ns(c)", "os.system"),
        ("from os import *\nsystem(c)", "os.system"),
        ("import builtins\nbuiltins.exec(c)", "exec"),
        ("__builtins__.__dict__['ex' + 'ec'](c)", "exec"),
        ("__builtins__['eval'](c)", "eval"),
        ("globals()['__builtins__'].eval(c)", "eval"),
        ("vars(__import__('os'))['popen'](c)", "os.popen"),
        (
            "import six\nfrom six.moves import urllib\nurllib.request.urlopen(u)",
            "urllib.request.urlopen",
        ),
        ("import urllib2\nurllib2.urlopen(u)", "urllib.request.urlopen"),
        ("(lambda: 0) if x else 0\nf = open if x else print\nf(p)", "open"),
        ("import io\nio.open(p)", "open"),
        ("ℯ𝓍ℯ𝒸(c)", "exec"),
    ],
)
def test_a_name_is_followed_to_what_it_stands_for(code: str, expected: str) -> None:
    assert expected in names(code)


def test_names_that_lead_in_circles_give_nothing() -> None:
    assert names("a = b\nb = a\na(1)") == set()
    assert names("a = a.b.c\na(1)") == set()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a' + 'b' * 3", "abbb"),
        ("'dcba'[::-1]", "abcd"),
        ("''.join(['a', 'b'])", "ab"),
        ("''.join(chr(n) for n in [104, 105])", "hi"),
        ("''.join(map(chr, [104, 105]))", "hi"),
        ("bytes(b ^ 1 for b in b'ih').decode()", "hi"),
        ("bytes.fromhex('6869').decode()", "hi"),
        ("f'{A}-{1 + 1}'", "x-2"),
        ("'%s/%s' % (A, 'y')", "x/y"),
        ("'{}/{}'.format(A, 'y')", "x/y"),
        ("'aXb'.replace('X', '')", "ab"),
        ("(lambda s: s[::-1])('ih')", "hi"),
        ("twice('a')", "aa"),
        ("__import__('base64').b64decode('aGk=').decode()", "hi"),
        ("__import__('codecs').decode('uv', 'rot13')", "hi"),
        ("__import__('zlib').decompress(b'x\\x9c\\xcb\\xc8\\x04\\x00\\x01;\\x00\\xd2')", b"hi"),
        ("GROWN", "ab"),
        ("eval('A')", "x"),
        ("{'k': 'v'}['k']", "v"),
    ],
)
def test_a_constant_is_seen_through_its_disguise(expression: str, expected: object) -> None:
    setup = "A = 'x'\nGROWN = 'a'\nGROWN += 'b'\ndef twice(s):\n    '''Doc.'''\n    return s * 2\n"
    assert value(expression, setup) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "input()",
        "'a' * 10 ** 9",
        "[0] * 10 ** 9",
        "10 ** 10 ** 10",
        "1 << 10 ** 9",
        "''.join(chr(n) for n in range(10 ** 9))",
        "'x' * 3000000 + 'y' * 3000000",
        "__import__('base64').b64decode(a)",
        "'%d' % 'x'",
        "[][1]",
        "''.join([1])[5]",
        "a[a]",
        "(lambda: loop())()",
        "eval('eval(TEXT)')",
    ],
)
def test_what_is_unknown_or_too_large_is_unknown(expression: str) -> None:
    setup = "def loop(): return loop()\nTEXT = 'eval(TEXT)'\na = a\n"
    assert value(expression, setup) is UNKNOWN


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    parsed = module(text)
    for site in parsed.scopes.calls:
        parsed.names.of(site.node.func, site.scope)
        for argument in site.node.args:
            parsed.values.of(argument, site.scope)
            parsed.values.prefix(argument, site.scope)


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b", "'x'", "1", "b'y'", "os", "open", "[]", "{}"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} + {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]}({p[1]})"),
        inner.map(lambda e: f"{e}.decode"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]}[{p[1]}]"),
        inner.map(lambda e: f"(lambda a: {e})"),
        inner.map(lambda e: f"[{e} for b in a]"),
        inner.map(lambda e: f"eval({e})"),
        inner.map(lambda e: f"''.join({e})"),
    ),
    max_leaves=12,
)


@given(st.lists(EXPRESSIONS, min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_any_program_can_be_followed(expressions: list[str]) -> None:
    lines = [f"{'ab'[i % 2]} = {e}" for i, e in enumerate(expressions)]
    parsed = module("import os\n" + "\n".join(lines) + "\nexec(a)\n")
    flow = malware_flow(parsed)
    for site in parsed.scopes.calls:
        for argument in site.node.args:
            flow.of(argument, site.scope)


def labels(code: str) -> set[str]:
    parsed, node = last_call(code)
    return set(malware_flow(parsed).of(node.args[0], parsed.scopes.root))


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("import os\nsend(dict(os.environ))", "environment"),
        (
            "import os\nd = {}\nfor k, v in os.environ.items():\n    d[k] = v\nsend(d)",
            "environment",
        ),
        ("import os, json\nx = json.dumps({**os.environ})\nsend(x)", "environment"),
        ("import socket\nh = socket.gethostname()\nsend(f'{h}.x')", "identity"),
        ("import socket\ndef who(): return socket.gethostname()\nsend(who())", "identity"),
        ("import os\nu = os.environ['USER']\nsend(u)", "identity"),
        ("import os\nt = open(os.path.expanduser('~/.ssh/id_rsa')).read()\nsend(t)", "credentials"),
        (
            "from pathlib import Path\nhome = Path.home()\n"
            "t = (home / '.aws' / 'credentials').read_text()\nsend(t)",
            "credentials",
        ),
        ("import requests\nr = requests.get(u)\nsend(r.text)", "remote"),
        ("import base64\nsend(base64.b64decode('aGVsbG8gd29ybGQ='))", "hidden"),
        ("import subprocess\nsend(subprocess.check_output('whoami'))", "identity"),
    ],
)
def test_a_secret_is_followed_to_where_it_goes(code: str, label: str) -> None:
    assert label in labels(code)


@pytest.mark.parametrize(
    "code",
    [
        "import os\nsend(os.environ['HOST'])",
        "import os\nsend(len(os.environ))",
        "import os\nsend('X' in os.environ)",
        "import socket\nsend(socket)",
        "send('plain text')",
    ],
)
def test_what_gives_nothing_away_bears_no_label(code: str) -> None:
    assert labels(code) & {"environment", "identity", "credentials", "remote"} == set()


def test_broken_lines_are_left_out_and_the_rest_is_read() -> None:
    parsed = parse_source("import os\nx = = 1\nos.system('a')\nprint 'b'\n")
    assert parsed.error
    assert parsed.line == 2
    assert "system" in ast.dump(parsed.tree)
    assert parsed.left_out == 1


def test_python_2_is_translated_where_it_is_plain() -> None:
    old = (
        "print 'a'\ntry:\n    pass\nexcept E, e:\n    raise E, 'x'\n"
        "exec code\nif 1 <> 2: print 'c'\n"
    )
    parsed = parse_source(old)
    assert parsed.error
    assert parsed.left_out == 0


def moments(**files: str) -> dict[str, str]:
    modules = {}
    for key, text in files.items():
        path = f"{key.replace('__', '/')}.py" if key != "setup" else "setup.py"
        path = path.replace("/init/", "/__init__").replace("/INIT", "/__init__")
        modules[path] = read_module(path, text, name=dotted_name(path, ("acme/__init__.py", path)))
    project = Project(modules)
    return {
        f"{path}:{site.node.lineno}": project.when(m, site.scope, script_only=site.script_only)
        for path, m in modules.items()
        for site in m.scopes.calls
    }


def test_code_runs_at_installation_import_or_call() -> None:
    found = moments(
        setup="from helper import go\nclass C(install):\n    def run(self):\n        go()\n",
        helper="def go():\n    inner()\ndef inner():\n    work()\ndef never():\n    work()\n",
        acme__INIT="from .core import start\nstart()\n",
        acme__core="def start():\n    work()\ndef later():\n    work()\n"
        "if __name__ == '__main__':\n    work()\n",
        tests__test_x="work()\ndef f():\n    work()\n",
    )
    assert found["setup.py:4"] == INSTALL
    assert found["helper.py:4"] == INSTALL
    assert found["acme/core.py:2"] == IMPORT
    assert found["acme/core.py:4"] == CALL
    assert found["acme/core.py:6"] == SCRIPT
    assert found["tests/test_x.py:1"] == SCRIPT
    assert found["tests/test_x.py:3"] == SCRIPT


def test_a_thread_and_a_class_run_what_they_are_given() -> None:
    code = (
        "import threading\ndef a():\n    work()\nthreading.Thread(target=a).start()\n"
        "class B:\n    def __init__(self):\n        self.c()\n"
        "    def c(self):\n        work()\nB()\n"
    )
    found = moments(acme__core=code, acme__INIT="")
    assert found["acme/core.py:3"] == IMPORT
    assert found["acme/core.py:9"] == IMPORT


def test_a_dotted_name_starts_at_the_topmost_package() -> None:
    paths = ("src/acme/__init__.py", "src/acme/sub/__init__.py")
    assert dotted_name("src/acme/sub/x.py", paths) == "acme.sub.x"
    assert dotted_name("src/acme/__init__.py", paths) == "acme"
    assert dotted_name("pkg-1.0/setup.py", paths) == "setup"
