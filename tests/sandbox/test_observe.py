"""What a tool is seen to do while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import ExampleRun, SandboxReport
from sandbox.observe import Kind, Observed
from sandbox.observe.decoys import plant
from sandbox.observe.network import answer_to, parse_question, server_name, whole
from tests.sandbox.support import by_name, copied, left_running, run

pytestmark = pytest.mark.sandbox
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "request": ("request", {"url": "http://post.invalid/path?q=1"}),
    "secure": ("request", {"url": "https://secure.invalid/"}),
    "look up": ("look_up", {}),
    "four": ("connect", {"address": "198.51.100.7", "port": 4444}),
    "six": ("connect", {"address": "2001:db8::7", "port": 4446}),
    "datagrams": ("datagrams", {}),
    "tunnel": ("tunnel", {}),
    "missing program": ("start", {"program": "no-such-program"}),
    "shell": ("shell", {}),
    "machine's file": ("read", {"path": "/root/.ssh/id_rsa"}),
    "home file": ("read", {"path": "~/.aws/credentials"}),
    "no home file": ("read", {"path": "~/.config/acme.toml"}),
    "http's own file": ("read", {"path": "~/.netrc"}),
    "leak": ("leak", {"path": "~/.ssh/id_rsa"}),
    "leak environment": ("leak_environment", {}),
    "hide environment": ("hide_environment", {}),
    "write": ("write", {"path": "~/.bashrc"}),
    "write here": ("write", {"path": "here.txt"}),
    "write secret": ("write_secret", {}),
    "delete": ("delete", {"path": "~/.ssh/id_rsa"}),
    "mounts": ("mounts", {}),
    "own mounts": ("own_mounts", {}),
    "cached": ("cached", {}),
    "change left": ("change_left", {}),
    "deep": ("deep", {}),
    "innocent": ("innocent", {}),
    "much": ("connect_much", {"count": 600}),
}


@pytest.fixture(scope="module")
def package(sandbox: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    package = copied("watched", tmp_path_factory.mktemp("tools"))
    yield package
    assert left_running(package) == []


@pytest.fixture(scope="module")
def report(package: Path) -> SandboxReport:
    given = package / "given.txt"
    given.write_text("a file of the user")
    examples = [
        ExampleRun(function, title, arguments) for title, (function, arguments) in CALLS.items()
    ]
    examples.append(
        ExampleRun("read", "given", {"path": "given.txt"}, files=[("given.txt", given)])
    )
    return run(package, "acme_watched", examples, repeats=2)


def seen(report: SandboxReport, example: str) -> set[tuple[str, str]]:
    """What was seen in an example: kinds and targets."""
    return {(item.kind, item.target) for item in report.observed.seen if item.example == example}


def needed(report: SandboxReport, example: str) -> set[str]:
    """The permissions that an example was seen to need."""
    found = {item.permission for item in report.observed.seen if item.example == example}
    return found - {""}


def details(report: SandboxReport, example: str) -> list[str]:
    return [item.detail for item in report.observed.seen if item.example == example]


def test_a_request_shows_its_host_its_port_and_its_first_line(report: SandboxReport) -> None:
    assert seen(report, "request") == {
        ("lookup", "post.invalid"),
        ("connect", "post.invalid:80"),
    }
    assert "POST /path?q=1 HTTP/1.1 (Host: post.invalid)" in details(report, "request")
    assert needed(report, "request") == {"network:post.invalid"}
    assert "503" in by_name(report)["request"].value


def test_an_encrypted_request_shows_its_host(report: SandboxReport) -> None:
    assert ("connect", "secure.invalid:443") in seen(report, "secure")
    assert "TLS to secure.invalid" in details(report, "secure")


def test_a_name_that_is_only_looked_up_is_seen(report: SandboxReport) -> None:
    assert seen(report, "look up") == {("lookup", "look-up.invalid")}


@pytest.mark.parametrize(
    "title, target", [("four", "198.51.100.7:4444"), ("six", "2001:db8::7:4446")]
)
def test_an_address_without_a_name_is_seen_with_what_was_sent(
    report: SandboxReport, title: str, target: str
) -> None:
    assert seen(report, title) == {("connect", target)}
    assert details(report, title) == ["HELO there"]


def test_datagrams_are_seen_however_they_are_sent(report: SandboxReport) -> None:
    assert seen(report, "datagrams") == {("send", f"192.0.2.{n}:500{n}") for n in (1, 2, 3)}
    assert set(details(report, "datagrams")) == {"plain", "in parts", "connected"}


def test_programs_are_seen_even_if_they_are_missing(report: SandboxReport) -> None:
    assert seen(report, "missing program") == {("program", "no-such-program")}
    assert seen(report, "shell") == {("program", "sh"), ("program", "id")}
    assert needed(report, "shell") == {"system-command"}


def test_files_of_people_and_of_the_machine_are_seen(report: SandboxReport) -> None:
    assert seen(report, "machine's file") == {("read", "/root/.ssh/id_rsa")}
    assert seen(report, "home file") == {("read", "~/.aws/credentials")}
    assert seen(report, "given") == {("read", "given.txt")}
    for title in ("machine's file", "home file", "given"):
        assert needed(report, title) == {"file-read"}, title


def test_looking_for_configuration_needs_no_permission(report: SandboxReport) -> None:
    assert seen(report, "no home file") == {("read", "~/.config/acme.toml")}
    assert needed(report, "no home file") == needed(report, "http's own file") == set()


def test_writing_and_deleting_outside_of_temporary_files_is_seen(report: SandboxReport) -> None:
    assert seen(report, "write") == {("write", "~/.bashrc")}
    assert seen(report, "write here") == {("write", "here.txt")}
    assert seen(report, "delete") == {("write", "~/.ssh/id_rsa")}
    for title in ("write", "write here", "delete"):
        assert needed(report, title) == {"file-write"}, title


@pytest.mark.parametrize(
    "title, secret, where",
    [
        ("leak", "~/.ssh/id_rsa", "the result"),
        ("leak environment", "AWS_SECRET_ACCESS_KEY", "the result"),
        ("leak environment", "GITHUB_TOKEN", "the result"),
        ("hide environment", "AWS_SECRET_ACCESS_KEY", "the result"),
        ("write secret", "NPM_TOKEN", "the file "),
        ("tunnel", "GITHUB_TOKEN", "a lookup of "),
    ],
)
def test_a_planted_secret_is_found_wherever_it_comes_out(
    report: SandboxReport, title: str, secret: str, where: str
) -> None:
    found = {item.target: item for item in report.observed.of(Kind.SECRET) if item.example == title}
    assert found[secret].detail.startswith(where)


def test_a_list_of_mounts_shows_nothing_of_the_machine(report: SandboxReport) -> None:
    assert by_name(report)["mounts"].value == [""] * 7
    assert by_name(report)["own mounts"].value == "ours"


def test_nothing_that_a_call_leaves_is_there_for_the_next(report: SandboxReport) -> None:
    cached = by_name(report)["cached"]
    assert cached.value == "0 by the import True"
    assert cached.consistent
    changed = by_name(report)["change left"]
    assert changed.value == "by the import"
    assert changed.consistent
    assert by_name(report)["deep"].value == "done"


def test_what_libraries_do_by_themselves_is_not_taken_for_the_tool(report: SandboxReport) -> None:
    assert by_name(report)["innocent"].outcome == "returned"
    assert needed(report, "innocent") == set()
    assert seen(report, "innocent") == set()
    assert seen(report, "") == set(), "of the import"


def test_a_flood_of_connections_ends(report: SandboxReport) -> None:
    assert by_name(report)["much"].outcome == "returned"
    assert by_name(report)["much"].value < 600


def test_observations_are_bounded_and_can_be_stored(report: SandboxReport) -> None:
    assert len(report.observed.seen) <= 500
    assert Observed.from_dict(report.observed.as_dict()) == report.observed


def test_a_secret_is_found_in_every_simple_encoding() -> None:
    import base64

    decoys = plant()
    value = decoys.values["GITHUB_TOKEN"].encode()
    for lead in (b"", b"a", b"ab", b"abc"):
        for data in (value, value[::-1], value.hex().encode(), base64.b64encode(lead + value)):
            assert decoys.inside(b'{"x": "' + data + b'"}') == ["GITHUB_TOKEN"]
    assert decoys.inside(b"nothing of it") == []


@pytest.mark.parametrize(
    "data", [b"", b"\x16\x03", b"\x16\x03\x01\x00\x20" + b"\0" * 32, b"x" * 17]
)
def test_bytes_that_are_no_protocol_are_read_without_an_error(data: bytes) -> None:
    assert server_name(data) == ""
    assert parse_question(data) is None
    whole(bytearray(data))


def test_a_question_is_answered_with_one_address_or_none() -> None:
    query = b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\3abc\2de\0\0\1\0\1"
    found = parse_question(query)
    assert found == ("abc.de", 1, len(query))
    assert answer_to(query, 1, found[2], "11.77.0.1").endswith(bytes([11, 77, 0, 1]))
    assert answer_to(query, 28, found[2], "11.77.0.1")[6:8] == b"\0\0"
