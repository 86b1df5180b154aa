"""Code that a package keeps in data files and runs, at import or when called (cases B5 and B6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from security_scan.engine import scan
from security_scan.scanners.run_data import RunDataScanner
from tests.scan.samples import write

HEAD = """
import builtins, codecs, importlib, importlib.resources, importlib.util, io, json, os, pkgutil
import runpy, sys, types, zipimport
from importlib.machinery import SourceFileLoader
from importlib.metadata import metadata
from importlib.resources import files
from pathlib import Path
HERE = Path(__file__).parent
"""
FILES = {
    "plugin.tpl": "print('hello')\n",
    "payload": "print('hello')\n",
    "x.inc": "print('hello')\n",
    "plugin.json": '{"code": "1"}',
    "lib.dat": "PK\5\6" + "\0" * 18,
    "_version.py": "__version__ = '1'\n",
}
RUNS = {
    "exec of a text": "exec((HERE / 'plugin.tpl').read_text())",
    "a file without a suffix": "exec((HERE / 'payload').read_text())",
    "open and os.path": "exec(open(os.path.join(os.path.dirname(__file__), 'x.inc')).read())",
    "a file that is open": "with open(HERE / 'plugin.tpl') as f:\n        exec(f.read())",
    "a computed name": "for name in 'ab':\n        exec((HERE / f'{name}.inc').read_text())",
    "a search": "for path in HERE.glob('*.tpl'):\n        exec(path.read_text())",
    "variables": (
        "code = (HERE / 'plugin.tpl').read_text()\n    exec(compile(code, 'x', 'exec'), {})"
    ),
    "eval": "eval((HERE / 'payload').read_text())",
    "builtins": "builtins.exec(io.open(HERE / 'plugin.tpl').read())",
    "codecs": "exec(codecs.open(str(HERE / 'plugin.tpl')).read())",
    "lines that are joined": r"exec('\n'.join((HERE / 'plugin.tpl').read_text().splitlines()))",
    "a member of JSON": "exec(json.loads((HERE / 'plugin.json').read_text())['code'])",
    "a function made of it": (
        "code = compile((HERE / 'plugin.tpl').read_text(), 'x', 'exec')\n"
        "    types.FunctionType(code, globals())()"
    ),
    "runpy": "runpy.run_path(str(HERE / 'plugin.tpl'))",
    "a loader": "SourceFileLoader('x', str(HERE / 'plugin.tpl')).load_module()",
    "a loader and a spec": (
        "spec = importlib.util.spec_from_loader('x', SourceFileLoader('x', f'{HERE}/plugin.tpl'))\n"
        "    spec.loader.exec_module(importlib.util.module_from_spec(spec))"
    ),
    "a spec": (
        "spec = importlib.util.spec_from_file_location('x', HERE / 'plugin.tpl')\n"
        "    spec.loader.exec_module(importlib.util.module_from_spec(spec))"
    ),
    "resources": "exec(files('acme_tool').joinpath('plugin.tpl').read_text())",
    "read_text of resources": "exec(importlib.resources.read_text('acme_tool', 'plugin.tpl'))",
    "pkgutil": "exec(pkgutil.get_data(__name__, 'plugin.tpl'))",
    "the module's loader": "exec(__loader__.get_data(str(HERE / 'plugin.tpl')))",
    "the README in the metadata": "exec(metadata('acme-tool')['Description'])",
    "a helper": (
        "exec(_load('plugin.tpl'))\n\ndef _load(name):\n    return (HERE / name).read_text()"
    ),
    "an archive on the path": "sys.path.insert(0, str(HERE / 'lib.dat'))\n    import hidden",
    "an archive": "zipimport.zipimporter(HERE / 'lib.dat').load_module('hidden')",
}
HONEST = {
    "the package's own Python": "exec((HERE / '_version.py').read_text())",
    "a plug-in of the package": (
        "for name in 'ab':\n"
        "        importlib.util.spec_from_file_location(name, HERE / f'{name}.py')"
    ),
    "the user's file": "exec(compile(Path(sys.argv[1]).read_text(), __file__, 'exec'))",
    "a regular expression": "import re\n    re.compile((HERE / 'payload').read_text())",
    "data that is parsed": "import ast\n    ast.literal_eval((HERE / 'payload').read_text())",
    "a template": "import jinja2\n    jinja2.Template((HERE / 'plugin.tpl').read_text()).render()",
    "an expression of a table": "import pandas\n    pandas.read_csv(HERE / 'x.inc').eval('a + b')",
    "a folder of modules": "sys.path.insert(0, str(HERE / 'vendor'))",
    "plug-ins by import name": (
        "for finder, name, _ in pkgutil.iter_modules(__path__):\n"
        "        spec = finder.find_spec(name)\n"
        "        spec.loader.exec_module(importlib.util.module_from_spec(spec))"
    ),
    "a program that sets its own file": (
        "__file__ = sys.argv[1]\n    exec(compile(open(__file__).read(), __file__, 'exec'))"
    ),
    "a plug-in of another package": (
        "from importlib.metadata import entry_points\n    eval(entry_points(group='acme')[0].name)"
    ),
    "a data file on the path": "sys.path.append(str(HERE / 'payload'))",
    "a constant": "eval('1 + 1')",
}


def held(folder: Path, code: str) -> list[str]:
    write(folder, core=HEAD + code)
    for name, text in FILES.items():
        (folder / "acme_tool" / name).write_text(text)
    report = scan(folder, scanners=[RunDataScanner()])
    assert all(finding.blocking for finding in report.findings)
    return [finding.rule for finding in report.findings]


@pytest.mark.parametrize("code", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("moment", ["def call():\n    {}\n", "if True:\n    {}\n"])
def test_a_data_file_that_is_run_is_held_at_import_and_when_called(
    moment: str, code: str, tmp_path: Path
) -> None:
    assert held(tmp_path, moment.format(code)) == ["files/run-data"]


@pytest.mark.parametrize("code", HONEST.values(), ids=HONEST)
def test_python_and_data_that_nothing_runs_are_not_held(code: str, tmp_path: Path) -> None:
    assert held(tmp_path, f"def call():\n    {code}\n") == []
