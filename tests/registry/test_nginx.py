"""nginx with deploy/nginx.conf answers as registry/serve.py does."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.lines import parse
from core.store.files import FileStore
from registry import simple
from registry.conditions import simple_format
from registry.serve import StaticTree
from tests.registry import servers
from tests.registry.test_serving import JSON, PIP, site
from tests.support.answers import assert_problem
from tests.support.transports import HttpTransport, Transport, WsgiTransport
from tests.support.waiting import wait_for

pytestmark = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is missing")
UPSTREAM = "https://up.example/simple/"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, and beside it nginx's own folder."""
    made = tmp_path_factory.mktemp("nginx")
    servers.fill(made / "public")
    (made / "public/index/demo/.tmp-half").write_bytes(b"half")
    (made / "secret").write_text("secret")
    (made / "public/index/link.json").symlink_to(made / "secret")
    (made / f"public/index/demo/{'e' * 64}.hello.json").write_bytes(b"{}")
    return made


@pytest.fixture(scope="module")
def nginx(folder: Path) -> Iterator[Transport]:
    root = folder / "public"
    with servers.served("nginx", root, folder / "run", UPSTREAM_INDEX=UPSTREAM) as address:
        yield HttpTransport(address)


@pytest.fixture
def ours(folder: Path, tmp_path: Path) -> Transport:
    made = StaticTree(
        site, store=FileStore(folder / "public"), download_log=tmp_path, upstream_index=UPSTREAM
    )
    return WsgiTransport(lambda: made)


@pytest.fixture
def wheel(folder: Path) -> str:
    """The address of a wheel."""
    found = next((folder / "public/files").rglob("demo_hello-1.0.0*.whl"))
    return "/" + found.relative_to(folder / "public").as_posix()


SAME_HEADERS = (
    "content-type", "cache-control", "vary", "x-content-type-options", "x-frame-options",
    "content-security-policy", "referrer-policy", "permissions-policy",
    "cross-origin-resource-policy", "access-control-allow-origin", "content-length",
    "access-control-expose-headers", "accept-ranges",
)  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "accept", ["", "text/html", PIP, "application/vnd.pypi.simple.latest+json"]
)
@pytest.mark.parametrize(
    "path",
    [
        "/simple/", "/simple/demo-hello/", "/simple/demo-hello/index.html", "/index/config.json",
        "/simple/demo-hello/index.json", f"/index/demo/{'e' * 64}.hello.json", "wheel", "metadata",
        "/simple/demo-hello/?format=application/vnd.pypi.simple.v1%2Bjson",
        "/simple/demo-hello/?format=text/html",
    ],
)  # fmt: skip
def test_a_file_comes_with_the_same_headers_from_both(
    nginx: Transport, ours: Transport, wheel: str, path: str, accept: str, method: str
) -> None:
    path = {"wheel": wheel, "metadata": f"{wheel}.metadata"}.get(path, path)
    theirs, expected = (
        transport.send(method, path, headers={"Accept": accept}) for transport in (nginx, ours)
    )
    assert (theirs.status, theirs.body) == (200, expected.body)
    for name in SAME_HEADERS:
        if name == "vary" and "index." in path:
            continue
        assert theirs.headers.get(name) == expected.headers.get(name), name


QUALITIES = ("", ";q=1", "; q=1.0", ";q=0.9", "; q=0.55", ";q=0.1", ";q=0.01", ";q=0", ";q=0.0")


@pytest.mark.parametrize("html", ["text/html", "*/*", "application/vnd.pypi.simple.v1+html"])
def test_of_two_kinds_the_better_liked_one_comes_or_the_one_named_first(
    nginx: Transport, html: str
) -> None:
    json_kind = "application/vnd.pypi.simple.v1+json"
    for one, other in itertools.product(QUALITIES, QUALITIES):
        for accept in (f"{html}{one}, {json_kind}{other}", f"{json_kind}{one},{html}{other}"):
            got = nginx.send("GET", "/simple/", headers={"Accept": accept}).headers["content-type"]
            wanted = simple_format(accept)
            assert (got == JSON) == (wanted == JSON), accept


@pytest.mark.parametrize(
    "accept",
    [
        "text/html;q=0.2, */*;q=0.9, application/vnd.pypi.simple.v1+json;q=0.5",
        "application/vnd.pypi.simple.v1+html;q=0.1, text/html;q=0.01, "
        "application/vnd.pypi.simple.latest+json;q=0.2",
        "APPLICATION/VND.PYPI.SIMPLE.V1+JSON", "image/png", "application/json",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
    ],
)  # fmt: skip
def test_of_many_kinds_the_best_liked_one_comes(nginx: Transport, accept: str) -> None:
    got = nginx.send("GET", "/simple/", headers={"Accept": accept}).headers["content-type"]
    assert (got == JSON) == (simple_format(accept) == JSON)


def test_long_documents_come_compressed_to_those_who_take_it(
    folder: Path, nginx: Transport
) -> None:
    names = [f"demo-made{number}" for number in range(200)]
    for name, data in (("html", simple.root_html(names)), ("json", simple.root_json(names))):
        (folder / f"public/simple/demo-long.{name}").write_bytes(data)
        page = folder / "public/simple/demo-long/"
        page.mkdir(exist_ok=True)
        (page / f"index.{name}").write_bytes(data)
        asked = {"Accept": PIP if name == "json" else "text/html"}
        plain = nginx.send("GET", "/simple/demo-long/", headers=asked)
        packed = nginx.send(
            "GET", "/simple/demo-long/", headers={**asked, "Accept-Encoding": "gzip"}
        )
        assert gzip.decompress(packed.body) == plain.body == data
        assert len(packed.body) < len(data) / 3
        assert packed.headers["content-encoding"] == "gzip"
        assert not plain.headers["etag"].startswith("W/")
        known = {**asked, "Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]}
        assert nginx.send("GET", "/simple/demo-long/", headers=known).status == 304
    shutil.rmtree(folder / "public/simple/demo-long")


def test_a_wheel_is_never_compressed_again(nginx: Transport, wheel: str) -> None:
    answer = nginx.send("GET", wheel, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert not answer.headers["etag"].startswith("W/")


@pytest.mark.parametrize("path", ["/simple/", "/simple/demo-hello/", "/index/config.json", "wheel"])
def test_another_site_s_browser_may_ask_first(
    nginx: Transport, ours: Transport, wheel: str, path: str
) -> None:
    path = wheel if path == "wheel" else path
    theirs, expected = (transport.send("OPTIONS", path) for transport in (nginx, ours))
    assert theirs.status == expected.status == 204
    for name in ("allow", "access-control-allow-methods", "access-control-allow-headers",
                 "access-control-max-age", "access-control-allow-origin"):  # fmt: skip
        assert theirs.headers[name] == expected.headers[name], name


def test_conditions_and_ranges_hold(nginx: Transport, wheel: str) -> None:
    first = nginx.send("GET", wheel)
    tag = first.headers["etag"]
    assert not tag.startswith("W/")
    again = nginx.send("GET", wheel, headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert "immutable" in again.headers["cache-control"]
    part = nginx.send("GET", wheel, headers={"Range": "bytes=10-19", "If-Range": tag})
    assert (part.status, part.body) == (206, first.body[10:20])
    beyond = nginx.send("GET", wheel, headers={"Range": "bytes=99999999-"})
    assert beyond.status == 416


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/simple", "/simple/"),
        ("/simple/demo-hello", "/simple/demo-hello/"),
        ("/simple/demo-hello?format=x", "/simple/demo-hello/?format=x"),
        ("/simple/requests/", "https://up.example/simple/requests/"),
    ],
)
def test_redirects_lead_where_ours_lead(
    nginx: Transport, ours: Transport, path: str, location: str
) -> None:
    for transport in (nginx, ours):
        answer = transport.send("GET", path)
        assert answer.headers["location"] == location
        assert answer.status in (301, 302)


@pytest.mark.parametrize(
    "path",
    [
        "/simple/lumos-nothing/", "/index/acme/x.json", "/index/", "/index/demo/", "/files/",
        "/index/demo/.tmp-half", "/index/link.json", "/index/demo/hello.json/", "/simple/x/y/",
        "/index/../../secret", "/index/%2e%2e/%2e%2e/secret", "/files/..%2f..%2fsecret",
        "/files/aa/" + "a" * 64 + "/x.whl",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_that_nobody_keeps(nginx: Transport, path: str) -> None:
    answer = nginx.send("GET", path)
    if answer.status == 503:  # the path left the tree, so the site answers, which is away
        assert_problem(answer, 503, "web_away")
        return
    if answer.status == 400:  # nginx itself refuses to climb above the root
        return
    assert_problem(answer, 404, "not_found")
    assert "immutable" not in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_tree_can_only_be_read(nginx: Transport, wheel: str) -> None:
    for path in (wheel, "/index/config.json", "/simple/demo-hello/"):
        answer = nginx.send("POST", path, body=b"x")
        assert_problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_body_over_the_limit_is_refused_as_a_problem(nginx: Transport) -> None:
    answer = nginx.send(
        "POST", "/api/v1/publications", headers={"Content-Length": str(61 * 1024 * 1024)}
    )
    assert_problem(answer, 413, "too_large")


def test_while_the_site_is_away_a_problem_says_that_installs_go_on(nginx: Transport) -> None:
    answer = nginx.send("GET", "/api/v1/tools")
    assert_problem(answer, 503, "web_away")
    assert answer.headers["retry-after"] == "5"


def test_only_whole_deliveries_are_counted_in_lines_that_the_worker_reads(
    nginx: Transport, folder: Path, wheel: str
) -> None:
    def lines() -> list[bytes]:
        return [
            line
            for log in sorted((folder / "run/log").glob("*.log"))
            for line in log.read_bytes().splitlines()
        ]

    before = len(lines())
    nginx.send("HEAD", wheel)
    nginx.send("GET", wheel, headers={"Range": "bytes=0-5"})
    tag = nginx.send("HEAD", wheel).headers["etag"]
    nginx.send("GET", wheel, headers={"If-None-Match": tag})
    nginx.send("GET", f"{wheel}.metadata")
    agent = 'pip/23 "quoted" \\ ünï ' + "x" * 300
    nginx.send("GET", wheel, headers={"User-Agent": agent.encode().decode("latin-1")})
    wait_for("the download is logged", lambda: len(lines()) == before + 1)
    line = lines()[-1]
    entry = json.loads(line)
    assert set(entry) == {"id", "time", "path", "status", "agent"}
    assert entry["agent"].startswith('pip/23 "quoted"')
    assert len(entry["agent"]) <= 200
    read = parse(line)
    assert read.filename == wheel.rpartition("/")[2]
    whole = (folder / "public" / wheel[1:]).read_bytes()
    assert read.sha256 == hashlib.sha256(whole).hexdigest()


def test_the_site_gets_what_is_not_in_the_tree_with_its_own_headers(tmp_path: Path) -> None:
    servers.fill(tmp_path / "public")
    with (
        servers.served("granian", tmp_path / "public", tmp_path / "web") as web,
        servers.served(
            "nginx", tmp_path / "public", tmp_path / "front", WEB=web.removeprefix("http://")
        ) as front,
    ):
        transport = HttpTransport(front)
        spelled = transport.send("GET", "/simple/Demo_Hello/")
        assert (spelled.status, spelled.headers["location"]) == (301, "/simple/demo-hello/")
        assert transport.send("GET", "/").status == 500, "the site's own answer"
        assert (
            transport.send("GET", "/simple/demo-hello/", headers={"Accept": PIP}).headers[
                "content-type"
            ]
            == JSON
        )
