"""The tree over WSGI: what pip, uv, lumos, browsers and attackers get."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from core.store.files import FileStore
from core.store.memory import MemoryStore
from registry.serve import StaticTree
from tests.support.answers import assert_problem
from tests.support.transports import WsgiTransport

WHEEL = bytes(range(256)) * 5000  # larger than one block and than what is answered in one piece
SHA = hashlib.sha256(WHEEL).hexdigest()
NAME = "demo_hello-1.0.0-py3-none-any.whl"
FILE = f"/files/{SHA[:2]}/{SHA}/{NAME}"
HTML, JSON = "text/html; charset=utf-8", "application/vnd.pypi.simple.v1+json"
PIP = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, "
    "text/html; q=0.01"
)


def site(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """What stands behind the tree."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"the site"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small tree."""
    files = {
        FILE: WHEEL,
        f"{FILE}.metadata": b"Name: demo-hello\n",
        "/simple/index.html": b"<!DOCTYPE html>root",
        "/simple/index.json": b'{"projects": []}',
        "/simple/demo-hello/index.html": b"<!DOCTYPE html>hello",
        "/simple/demo-hello/index.json": b'{"name": "demo-hello"}',
        "/index/config.json": b"{}",
        "/index/demo/hello.json": b'{"schema": 1}',
        f"/index/demo/{'e' * 64}.hello.json": b'{"schema": 1}',
        "/index/demo/.tmp-half": b"half",
    }
    for name, content in files.items():
        path = tmp_path / "public" / name[1:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "public"


@pytest.fixture
def application(root: Path, tmp_path: Path) -> StaticTree:
    return StaticTree(site, store=FileStore(root), download_log=tmp_path / "log")


@pytest.fixture
def tree(application: StaticTree) -> WsgiTransport:
    return WsgiTransport(lambda: application)


@pytest.fixture
def downloads(tmp_path: Path) -> Callable[[], list[dict[str, Any]]]:
    """The lines of the download log."""

    def read() -> list[dict[str, Any]]:
        logs = sorted((tmp_path / "log").glob("*.log"))
        return [json.loads(line) for log in logs for line in log.read_text().splitlines()]

    return read


# --- What is served ---------------------------------------------------------------------


def test_a_wheel_comes_whole_and_may_be_kept_for_ever(tree: WsgiTransport) -> None:
    answer = tree.send("GET", FILE)
    assert (answer.status, answer.body) == (200, WHEEL)
    assert answer.headers["etag"] == f'"{SHA}"'
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-length"] == str(len(WHEEL))
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/index/demo/hello.json", "application/json"),
        ("/index/config.json", "application/json"),
        ("/simple/demo-hello/index.html", HTML),
        ("/simple/demo-hello/index.json", JSON),
        (f"{FILE}.metadata", "text/plain; charset=utf-8"),
    ],
)
def test_every_kind_of_file_has_its_content_type(tree: WsgiTransport, path: str, kind: str) -> None:
    assert tree.send("GET", path).headers["content-type"] == kind


def test_documents_are_asked_about_again_and_hashed_ones_never(tree: WsgiTransport) -> None:
    fresh = "public, max-age=0, must-revalidate"
    assert tree.send("GET", "/index/demo/hello.json").headers["cache-control"] == fresh
    assert tree.send("GET", "/simple/demo-hello/").headers["cache-control"] == fresh
    hashed = tree.send("GET", f"/index/demo/{'e' * 64}.hello.json").headers
    assert "immutable" in hashed["cache-control"]
    assert hashed["etag"] == f'"{"e" * 64}"'


@pytest.mark.parametrize(
    "path", [FILE, "/simple/demo-hello/", "/index/demo/hello.json", "/nothing"]
)
def test_head_tells_what_get_would_without_the_body(tree: WsgiTransport, path: str) -> None:
    got, told = tree.send("GET", path), tree.send("HEAD", path)
    assert (told.status, told.headers) == (got.status, got.headers)
    assert told.body == b"" or path == "/nothing"


def test_what_is_not_in_the_tree_goes_to_the_site(tree: WsgiTransport) -> None:
    for path in ("/", "/tools/", "/simplex/", "/indexes", "/api/v1/tools", "//simple/"):
        assert tree.send("GET", path).body == b"the site"


# --- Representations of a simple page ---------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", HTML),
        ("*/*", HTML),
        ("text/html", HTML),
        (PIP, JSON),
        ("application/vnd.pypi.simple.v1+json", JSON),
        ("application/vnd.pypi.simple.latest+json", JSON),
        ("Application/VND.pypi.simple.v1+JSON", JSON),
        ("application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.v1+html"),
        ("text/html;q=0.9, application/vnd.pypi.simple.v1+json;q=0.2", HTML),
        ("text/html;q=0.1, application/vnd.pypi.simple.v1+json; q=0.2", JSON),
        ("application/vnd.pypi.simple.v1+json;q=0, text/html", HTML),
        ("application/vnd.pypi.simple.v1+json;q=0", HTML),
        ("application/vnd.pypi.simple.v2+json", HTML),
        ("image/png", HTML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
        (",;q,;;=,q=0.x", HTML),
    ],
)
def test_the_representation_follows_accept(tree: WsgiTransport, accept: str, kind: str) -> None:
    for path, name in (("/simple/demo-hello/", b"hello"), ("/simple/", b"")):
        answer = tree.send("GET", path, headers={"Accept": accept})
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["vary"] == "Accept"
        assert answer.body.startswith(b"{" if kind == JSON else b"<!DOCTYPE html>")
        assert name in answer.body


@pytest.mark.parametrize("spelled", ["%2B", "+", "%2b"])
def test_the_representation_can_be_named_in_the_address(tree: WsgiTransport, spelled: str) -> None:
    wanted = f"application/vnd.pypi.simple.v1{spelled}json"
    answer = tree.send("GET", f"/simple/demo-hello/?format={wanted}", headers={"Accept": HTML})
    assert answer.headers["content-type"] == JSON


def test_the_two_representations_have_different_tags(tree: WsgiTransport) -> None:
    tags = {
        tree.send("GET", "/simple/demo-hello/", headers={"Accept": accept}).headers["etag"]
        for accept in (PIP, "text/html")
    }
    assert len(tags) == 2


# --- Conditions and ranges --------------------------------------------------------------


@pytest.mark.parametrize("path", [FILE, "/simple/demo-hello/", "/index/demo/hello.json"])
def test_what_a_client_has_already_is_not_sent_again(tree: WsgiTransport, path: str) -> None:
    first = tree.send("GET", path).headers
    for header in (
        {"If-None-Match": first["etag"]},
        {"If-None-Match": f'"other", W/{first["etag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first["last-modified"]},
    ):
        for method in ("GET", "HEAD"):
            answer = tree.send(method, path, headers=header)
            assert (answer.status, answer.body) == (304, b""), header
            assert answer.headers["etag"] == first["etag"]
            assert answer.headers["cache-control"] == first["cache-control"]


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"other"'},
        {"If-None-Match": "nonsense"},
        {"If-Modified-Since": formatdate(0, usegmt=True)},
        {"If-Modified-Since": "yesterday"},
        {"If-None-Match": '"other"', "If-Modified-Since": formatdate(2**31, usegmt=True)},
    ],
)
def test_what_a_client_lacks_is_sent(tree: WsgiTransport, headers: dict[str, str]) -> None:
    assert tree.send("GET", FILE, headers=headers).status == 200


def test_a_document_that_changed_has_another_tag_even_within_the_same_second(
    tree: WsgiTransport, root: Path
) -> None:
    path = root / "index/demo/hello.json"
    before, status = tree.send("GET", "/index/demo/hello.json").headers["etag"], path.stat()
    aside = path.with_name(".new")
    aside.write_bytes(b'{"schema": 2}')
    os.utime(aside, ns=(status.st_atime_ns, status.st_mtime_ns))
    aside.replace(path)
    again = tree.send("GET", "/index/demo/hello.json", headers={"If-None-Match": before})
    assert (again.status, again.body) == (200, b'{"schema": 2}')


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=1000-", 1000, len(WHEEL) - 1),
        ("bytes=-5", len(WHEEL) - 5, len(WHEEL) - 1),
        (f"bytes=0-{10**12}", 0, len(WHEEL) - 1),
        (f"bytes=-{10**12}", 0, len(WHEEL) - 1),
        ("BYTES=1-2", 1, 2),
    ],
)
def test_a_range_is_cut_out(tree: WsgiTransport, asked: str, first: int, last: int) -> None:
    answer = tree.send("GET", FILE, headers={"Range": asked})
    assert answer.status == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(WHEEL)}"
    assert answer.body == WHEEL[first : last + 1]
    assert answer.headers["content-length"] == str(len(answer.body))


@pytest.mark.parametrize("asked", [f"bytes={len(WHEEL)}-", f"bytes={10**15}-{10**16}", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_had(tree: WsgiTransport, asked: str) -> None:
    answer = tree.send("GET", FILE, headers={"Range": asked})
    assert (answer.status, answer.body) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(WHEEL)}"


def test_no_cache_keeps_a_refused_range_for_those_who_ask_for_the_whole_file(
    tree: WsgiTransport,
) -> None:
    headers = tree.send("GET", FILE, headers={"Range": f"bytes={len(WHEEL)}-"}).headers
    assert headers["cache-control"] == "no-store"
    assert "etag" not in headers


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-6", "bytes=5-1", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=1", "bytes=²-"],
)
def test_other_ranges_get_the_whole_file(tree: WsgiTransport, asked: str) -> None:
    answer = tree.send("GET", FILE, headers={"Range": asked})
    assert (answer.status, answer.body) == (200, WHEEL)


def test_a_range_holds_only_while_the_file_is_the_same(tree: WsgiTransport) -> None:
    first = tree.send("GET", FILE).headers

    def status(if_range: str) -> int:
        return tree.send("GET", FILE, headers={"Range": "bytes=1-2", "If-Range": if_range}).status

    assert status(first["etag"]) == status(first["last-modified"]) == 206
    assert status('"other"') == status(f"W/{first['etag']}") == 200
    assert status(formatdate(0, usegmt=True)) == status("nonsense") == 200


def test_head_has_no_range(tree: WsgiTransport) -> None:
    assert tree.send("HEAD", FILE, headers={"Range": "bytes=1-2"}).status == 200


# --- Names and addresses ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/simple", "/simple/"),
        ("/simple/demo-hello", "/simple/demo-hello/"),
        ("/simple/Demo_Hello/", "/simple/demo-hello/"),
        ("/simple/demo.hello", "/simple/demo-hello/"),
        ("/simple/DEMO--hello/?format=x", "/simple/demo-hello/?format=x"),
        ("/simple/Unknown/", "/simple/unknown/"),
    ],
)
def test_other_spellings_of_a_name_lead_to_the_normal_one(
    tree: WsgiTransport, path: str, location: str
) -> None:
    answer = tree.send("GET", path)
    assert (answer.status, answer.headers["location"]) == (301, location)


def test_a_name_that_is_not_ours_is_not_there(tree: WsgiTransport) -> None:
    answer = tree.send("GET", "/simple/requests/", headers={"Accept": PIP})
    problem = assert_problem(answer, 404, "not_found")
    assert "/simple/requests/" in problem["detail"]


@pytest.mark.parametrize("upstream", ["https://up.example/simple", "https://up.example/simple/"])
def test_a_name_that_is_not_ours_is_sought_upstream_where_the_operator_says_so(
    root: Path, tmp_path: Path, upstream: str
) -> None:
    made = StaticTree(
        site, store=FileStore(root), download_log=tmp_path / "log", upstream_index=upstream
    )
    tree = WsgiTransport(lambda: made)
    answer = tree.send("GET", "/simple/requests/")
    assert (answer.status, answer.headers["location"]) == (
        302,
        "https://up.example/simple/requests/",
    )
    assert tree.send("GET", "/simple/demo-hello/").status == 200
    for ours in ("/simple/lumos-csv-parser/", "/index/acme/x.json", "/simple/requests/index.html"):
        assert tree.send("GET", ours).status == 404, ours


def test_paths_that_leave_the_tree_lead_nowhere(tree: WsgiTransport, root: Path) -> None:
    (root.parent / "secret").write_text("secret")
    (root / "index/link").symlink_to(root.parent)
    (root / "index/link.json").symlink_to(root.parent / "secret")
    (root / "simple/evil").symlink_to(root.parent)
    for path in (
        "/index/../../secret", "/index/%2e%2e/%2e%2e/secret", "/files/..%2f..%2fsecret",
        "/index/%252e%252e/secret", "/index//etc/passwd", "/index/./config.json",
        "/index/demo/hello.json%00.html", "/index/demo%5chello.json", "/index/demo/",
        "/index/demo", "/index", "/index/", "/files/", "/index/link/secret", "/index/link.json",
        "/simple/evil/secret", "/index/demo/.tmp-half", "/simple/%2e%2e/", "/simple/../secret",
        "/simple/a/b/", "/index/demo/hello.json/", "/index/demo/hello.json/x", "/index/%ff%fe",
        f"{FILE}/", f"{FILE}/..", "/simple/%0d%0aX-Evil:1/", "/files/" + "a" * 5000,
    ):  # fmt: skip
        answer = tree.send("GET", path)
        assert answer.status == 404, path
        assert answer.body != b"secret"
        assert_problem(answer, 404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_the_tree_can_only_be_read(tree: WsgiTransport, method: str) -> None:
    for path in (FILE, "/simple/", "/index/nothing"):
        answer = tree.send(method, path)
        assert_problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_any_site_may_read_and_no_answer_can_do_harm_in_a_browser(tree: WsgiTransport) -> None:
    for path in (FILE, "/simple/demo-hello/", "/index/nothing", "/simple/x"):
        headers = tree.send("GET", path).headers
        assert headers["access-control-allow-origin"] == "*"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["x-frame-options"] == "DENY"
        assert "referrer-policy" in headers
        assert "permissions-policy" in headers
        assert "strict-transport-security" not in headers
        assert "set-cookie" not in headers
    asked = tree.send("OPTIONS", "/index/config.json")
    assert (asked.status, asked.headers["access-control-allow-methods"]) == (
        204,
        "GET, HEAD, OPTIONS",
    )
    safe = tree.send("GET", "/simple/", headers={"X-Forwarded-Proto": "https"})
    assert "strict-transport-security" in safe.headers


def test_a_tree_that_cannot_be_read_says_so(
    tree: WsgiTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("core.store.files._open_without_waiting", broken)
    answer = tree.send("GET", FILE)
    assert_problem(answer, 503, "tree_unreadable")
    assert answer.headers["retry-after"] == "5"


def test_a_tree_that_was_never_written_is_empty(tmp_path: Path) -> None:
    made = StaticTree(site, store=FileStore(tmp_path / "none"), download_log=tmp_path / "log")
    assert WsgiTransport(lambda: made).send("GET", "/simple/").status == 404


# --- Downloads --------------------------------------------------------------------------


def test_a_download_leaves_one_line_without_an_address(tree: WsgiTransport, downloads: Any) -> None:
    tree.send("GET", FILE, headers={"User-Agent": "pip/23.2.1 " + "x" * 500})
    (line,) = downloads()
    assert set(line) == {"id", "time", "path", "status", "agent"}
    assert (line["path"], line["status"]) == (FILE, 200)
    assert line["agent"].startswith("pip/23.2.1")
    assert len(line["agent"]) == 200


def test_only_a_wheel_that_arrived_whole_is_a_download(tree: WsgiTransport, downloads: Any) -> None:
    tree.send("HEAD", FILE)
    tree.send("GET", FILE, headers={"If-None-Match": f'"{SHA}"'})
    tree.send("GET", FILE, headers={"Range": "bytes=1-"})
    tree.send("GET", FILE, headers={"Range": "bytes=0-5"})
    tree.send("GET", f"{FILE}.metadata")
    tree.send("GET", "/simple/demo-hello/")
    tree.send("GET", f"/files/00/{SHA}/{NAME}")
    tree.send("POST", FILE)
    assert downloads() == []
    tree.send("GET", FILE, headers={"Range": "bytes=0-"})
    assert len(downloads()) == 1


def test_a_download_broken_off_is_none(application: StaticTree, downloads: Any) -> None:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": FILE, "QUERY_STRING": ""}
    body: Any = application(environ, lambda *args: None)
    next(iter(body))
    body.close()
    assert downloads() == []


@pytest.mark.parametrize("block_the_log", [True, False])
def test_a_log_that_cannot_be_written_costs_no_download(
    root: Path, tmp_path: Path, block_the_log: bool
) -> None:
    log = tmp_path / "log"
    if block_the_log:
        log.write_text("a file where the folder should be")
    made = StaticTree(site, store=FileStore(root), download_log=log)
    assert WsgiTransport(lambda: made).send("GET", FILE).body == WHEEL
    assert log.is_dir() is not block_the_log


def test_a_log_taken_away_is_begun_again(
    tree: WsgiTransport, tmp_path: Path, downloads: Any
) -> None:
    tree.send("GET", FILE)
    (log,) = (tmp_path / "log").glob("*.log")
    log.unlink()
    tree.send("GET", FILE)
    assert len(downloads()) == 1


def test_lines_of_many_threads_stay_whole(application: StaticTree, downloads: Any) -> None:
    import threading

    def fetch() -> None:
        for _ in range(10):
            WsgiTransport(lambda: application).send("GET", FILE)

    threads = [threading.Thread(target=fetch) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({line["id"] for line in downloads()}) == 60


def test_a_file_is_closed_whatever_the_answer(tree: WsgiTransport) -> None:
    def open_files() -> int:
        return sum(1 for link in links() if str(link).endswith(NAME))

    def links() -> Iterator[str]:
        for name in os.listdir("/proc/self/fd"):
            try:
                yield os.readlink(f"/proc/self/fd/{name}")
            except OSError:
                continue

    for headers in ({}, {"Range": "bytes=1-2"}, {"Range": "bytes=-0"}, {"If-None-Match": "*"}):
        tree.send("GET", FILE, headers=headers)
        tree.send("HEAD", FILE, headers=headers)
    assert open_files() == 0


def test_serving_touches_neither_django_nor_the_database() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from registry.serve import StaticTree; "
        "print({'django', 'redis', 'celery'} & {name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_any_store_can_be_served(tmp_path: Path, root: Path) -> None:
    files, memory = FileStore(root), MemoryStore()
    for key in files.list():
        memory.put(key, files.get(key))
    log = tmp_path / "log"
    from_files, from_memory = (StaticTree(site, store=s, download_log=log) for s in (files, memory))
    ours, other = WsgiTransport(lambda: from_files), WsgiTransport(lambda: from_memory)
    for path in ("/simple/demo-hello/", "/index/demo/hello.json", FILE, "/index/none/x.json"):
        for headers in ({}, {"Range": "bytes=2-5"}):
            first, second = (
                transport.send("GET", path, headers=headers) for transport in (ours, other)
            )
            assert (first.status, first.body) == (second.status, second.body), path
            assert first.headers.get("etag") == second.headers.get("etag")
        if tag := second.headers.get("etag"):
            assert other.send("GET", path, headers={"If-None-Match": tag}).status == 304
    memory.put("index/demo/hello.json", b"{}")
    changed = other.send("GET", "/index/demo/hello.json")
    assert (changed.status, changed.body) == (200, b"{}")
    memory.delete("index/demo/hello.json")
    assert other.send("GET", "/index/demo/hello.json").status == 404
