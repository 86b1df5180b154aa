"""A tool that writes the answers itself gains nothing, and is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.support import by_name, example, left_running, run, written
from tests.support.waiting import without_hanging

pytestmark = pytest.mark.sandbox
IN_A_CALL = (
    "garbage",
    "half_a_line",
    "wrong_question",
    "right_question",
    "not_a_number",
    "nested",
    "odd_error",
    "endless_line",
)


def test_forging_in_a_call_is_seen_and_harms_nobody_else(forger: Path) -> None:
    found = by_name(run(forger, "acme_forger", [*map(example, IN_A_CALL), example("honest")]))
    assert found["honest"].value == "honest"
    for name in IN_A_CALL:
        assert found[name].violations, name
        assert found[name].outcome != "returned" or found[name].value == "forged"


@pytest.mark.parametrize("module", ["acme_early", "acme_thread"])
def test_answering_before_the_question_is_seen(forger: Path, module: str) -> None:
    report = run(forger, module, [example("honest")])
    assert not report.ok
    assert "wrote on the sandbox's own descriptor" in " ".join(report.violations)


def test_a_thread_that_answers_instead_of_the_runner_only_forges_its_own_value(
    forger: Path,
) -> None:
    """Not to be told apart from a function that returns that value; the caller compares it."""
    report = run(forger, "acme_thief", [example("honest")])
    assert report.examples[0].value in ("forged", "honest", None)


IMPORTS = {
    "exits": ("import sys\nsys.exit(0)\n", "raised", "SystemExit"),
    "exits_at_once": ("import os\nos._exit(0)\n", "crashed", "before it gave a result"),
    "sleeps": ("import time\ntime.sleep(1000)\n", "timed out", "did not finish"),
    "raises": ("raise RuntimeError('broken')\n", "raised", "broken"),
    "misses": ("import no_such_module\n", "raised", "no_such_module"),
    "kills": ("import os\nos.kill(-1, 9)\n", "crashed", "ended the process"),
    "kills_parent": (
        "import os\nos.kill(os.getppid(), 9)\nimport time\ntime.sleep(9)\n",
        "crashed",
        "ended",
    ),
    "shouts": ("while True: print('x' * 1000)\n", "output limit", "printed more than"),
    "hoards": ("x = [bytearray(10**7) for _ in range(10**5)]\n", "memory", "ran out of memory"),
    "lacks_function": ("x = 1\n", "raised", "fine"),
    "is_no_function": ("fine = 3\n", "raised", "not a function"),
    "closes": ("import os\nos.closerange(0, 100)\ndef fine() -> int: return 1\n", "crashed", ""),
    "syntax": ("def (:\n", "raised", "invalid syntax"),
}


@pytest.mark.parametrize("name", IMPORTS)
def test_an_import_that_attacks_ends_in_a_sentence(
    sandbox: None, tmp_path: Path, name: str
) -> None:
    code, outcome, told = IMPORTS[name]
    package = written(tmp_path, f"acme_{name}", code)
    report = run(package, f"acme_{name}", [example("fine")])
    assert report.load.outcome == outcome, report.load
    assert told in report.load.message
    assert report.examples[0].outcome == "could not start"
    assert "does not load" in report.examples[0].message
    assert left_running(package) == []


def test_an_import_that_leaves_a_daemon_is_seen_and_goes_on(sandbox: None, tmp_path: Path) -> None:
    code = (
        "import os, time\nheard, said = os.pipe()\n"
        "if os.fork() == 0:\n    os.setsid()\n    os.write(said, b'away')\n    time.sleep(1000)\n"
        "os.read(heard, 4)\n"  # before that, the end of this process would take it along
        "def fine() -> str: return 'fine'\n"
    )
    package = written(tmp_path, "acme_daemon", code)
    report = run(package, "acme_daemon", [example("fine")])
    assert "left processes running" in " ".join(report.violations)
    assert left_running(package) == []


def test_only_the_first_load_runs_when_the_second_behaves_otherwise(
    sandbox: None, tmp_path: Path
) -> None:
    code = (
        "import os\n"
        "if os.getppid() == 1: raise SystemExit('second time')\n"
        "def fine() -> str: return 'fine'\n"
    )
    package = written(tmp_path, "acme_moody", code)
    with without_hanging(10):
        report = run(package, "acme_moody", [example("fine")], cold_starts=2)
    assert report.load.outcome == "raised"
    assert "second time" in report.load.message
