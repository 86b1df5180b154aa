"""What a tool that wants too much gets: a sentence, and no more than its share."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import psutil
import pytest

from sandbox import SandboxReport
from sandbox.limits import MIB
from tests.sandbox.support import TIGHT, by_name, example, left_running, run

pytestmark = pytest.mark.sandbox
LIMITS = dataclasses.replace(TIGHT, wall_seconds=1.2, memory_bytes=200 * MIB)

# The attack, how it may end, and what the sentences must tell. Where two ends are given, it
# depends on the machine which limit is met first.
ENDS = {
    "fork_bomb": ("timed out|memory", "more than 24 processes"),
    "fork_until_refused": ("raised", "more than 24 processes"),
    "thread_bomb": ("raised", "more than 24 processes"),
    "cpu_loop": ("timed out", "second"),
    "stubborn_cpu_loop": ("timed out", "did not finish within 1.2 seconds"),
    "sleep_forever": ("timed out", "did not finish within 1.2 seconds"),
    "huge_file": ("raised", "a file of more than 4 MiB"),
    "fill_space": ("raised", "filled the 16 MiB"),
    "fill_shared_memory": ("raised", "filled the"),
    "many_files": ("raised|memory", "files"),
    "descriptors": ("raised", "more than 64 files at once"),
    "memory_bomb": ("memory|timed out", ""),
    "shared_memory_bomb": ("memory|timed out", "more than 2"),
    "big_value": ("memory", "ran out of memory: 200 MiB"),
    "bigger_value": ("output limit|memory|timed out", ""),
    "endless_output": ("output limit", "printed more than 1,048,576 bytes"),
    "kill_all": ("crashed", "ended the process that runs it"),
    "kill_parent": ("crashed", "ended the process that runs it"),
    "stop_parent": ("timed out", "did not finish"),
    "exit_at_once": ("crashed", "ended with status 3"),
    "raise_exit": ("raised", "SystemExit: bye"),
    "close_all": ("crashed", "before it gave a result"),
    "recurse": ("crashed", "endless recursion"),
    "segfault": ("crashed", "segmentation fault"),
    "abort": ("crashed", "abort"),
    "daemonise": ("returned", "left processes running"),
    "not_json": ("raised", "JSON cannot represent"),
    "cyclic": ("raised", "contains itself"),
    "surrogate": ("raised", "cannot be written as JSON"),
    "lying_error": ("raised", "the message could not be read"),
    "long_error": ("raised", "ValueError"),
    "bytecode_32_bit": ("crashed", "system call"),
    "not_a_number": ("raised", "not a number"),
    "nul": ("returned", ""),
    "fine": ("returned", ""),
}


@pytest.fixture(scope="module")
def report(attacker: Path) -> SandboxReport:
    """All attacks one after the other, in as few sandboxes as they leave alive."""
    return run(attacker, "acme_attacker", [example(name) for name in ENDS], limits=LIMITS)


@pytest.mark.parametrize("name", ENDS)
def test_an_attack_ends_in_a_sentence(report: SandboxReport, name: str) -> None:
    outcomes, told = ENDS[name]
    found = by_name(report)[name]
    assert found.outcome in outcomes.split("|"), found
    assert told in " ".join([found.message, *found.violations]), found
    assert found.outcome == "returned" or found.message


def test_the_tool_after_every_attack_is_served(report: SandboxReport) -> None:
    assert by_name(report)["fine"].value == "fine"


def test_nothing_is_left_running_after_all_attacks(report: SandboxReport, attacker: Path) -> None:
    assert left_running(attacker) == []
    children = psutil.Process().children()
    assert [child for child in children if child.status() == psutil.STATUS_ZOMBIE] == []


def test_no_step_had_more_memory_than_allowed(report: SandboxReport) -> None:
    peaks = [item.peak_memory_bytes or 0 for item in report.examples]
    assert max(peaks) < LIMITS.memory_bytes * 1.5


def test_numbers_that_json_has_not_are_an_error(report: SandboxReport) -> None:
    assert by_name(report)["not_a_number"].value is None


def test_what_is_stored_holds_no_nul(report: SandboxReport) -> None:
    assert by_name(report)["nul"].value == "a\0b"
    assert "\\u0000" not in str(report.as_dict()["examples"])
    assert "\0" not in str(report.as_dict())


def test_a_process_ended_by_a_signal_names_it(report: SandboxReport) -> None:
    found = by_name(report)
    assert (found["segfault"].signal, found["abort"].signal) == ("SIGSEGV", "SIGABRT")


def test_the_whole_run_ends_when_its_time_is_used_up(attacker: Path) -> None:
    limits = dataclasses.replace(LIMITS, wall_seconds=5, total_seconds=1.5)
    attempts = [example("sleep_forever") for _ in range(5)]
    found = run(attacker, "acme_attacker", attempts, limits=limits)
    assert found.seconds < 4
    assert [item.outcome for item in found.examples] == ["timed out"] * 5
    assert "were used up" in found.examples[-1].message
