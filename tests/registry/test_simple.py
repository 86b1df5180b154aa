"""The package index as pip and uv read it: PEP 503, 592, 658, 691, 700, 714, 792."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumos.package.index import IndexDocument, IndexRelease
from registry import simple
from registry.values import Artifact, Listing, ReleaseEntry

SHA = "ab" + "c" * 62
BASE = "https://tools.example.org/simple/acme-hello/"


def artifact(version: str = "1.0.0", **changes: Any) -> Artifact:
    values: dict[str, Any] = {
        "filename": f"acme_hello-{version}-py3-none-any.whl",
        "sha256": SHA,
        "size": 1234,
        "version": version,
        "requires_python": ">=3.11",
        "metadata_sha256": "d" * 64,
        "uploaded_at": "2026-11-22T13:00:00Z",
    }
    return Artifact(**{**values, **changes})


def project(*artifacts: Artifact, **changes: Any) -> simple.Project:
    return simple.Project("acme-hello", artifacts, **changes)


class _Links(HTMLParser):
    """Anchors and meta tags, as a client sees them."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.links: list[dict[str, str | None]] = []
        self.metas: dict[str | None, str | None] = {}
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found)
        elif tag == "meta" and "name" in found:
            self.metas[found["name"]] = found["content"]


def test_the_page_links_each_file_relatively_with_its_hash() -> None:
    (link,) = _Links(simple.project_html(project(artifact()))).links
    assert urljoin(BASE, link["href"] or "") == (
        f"https://tools.example.org/files/ab/{SHA}/acme_hello-1.0.0-py3-none-any.whl#sha256={SHA}"
    )
    assert link["data-requires-python"] == ">=3.11"
    assert link["data-core-metadata"] == link["data-dist-info-metadata"] == "sha256=" + "d" * 64
    assert "data-yanked" not in link


def test_the_page_begins_as_pep_503_wants_and_names_its_version() -> None:
    page = simple.project_html(project(artifact()))
    assert page.startswith(b"<!DOCTYPE html>")
    assert _Links(page).metas["pypi:repository-version"] == "1.4"


def test_the_json_tells_the_same_as_the_page() -> None:
    document = json.loads(simple.project_json(project(artifact("1.1.0"), artifact())))
    assert document["meta"] == {"api-version": "1.4"}
    assert document["name"] == "acme-hello"
    assert document["versions"] == ["1.0.0", "1.1.0"]
    first = document["files"][0]
    assert first == {
        "filename": "acme_hello-1.0.0-py3-none-any.whl",
        "url": f"../../files/ab/{SHA}/acme_hello-1.0.0-py3-none-any.whl",
        "hashes": {"sha256": SHA},
        "core-metadata": {"sha256": "d" * 64},
        "size": 1234,
        "upload-time": "2026-11-22T13:00:00Z",
        "requires-python": ">=3.11",
        "yanked": False,
    }


def test_json_has_no_key_that_breaks_pip_22_3() -> None:
    assert b"dist-info-metadata" not in simple.project_json(project(artifact()))


def test_a_yank_tells_its_reason_in_both() -> None:
    yanked = project(artifact(yanked='It "breaks" <all> & more'))
    (link,) = _Links(simple.project_html(yanked)).links
    assert link["data-yanked"] == 'It "breaks" <all> & more'
    assert json.loads(simple.project_json(yanked))["files"][0]["yanked"] == (
        'It "breaks" <all> & more'
    )


def test_no_python_requirement_is_no_attribute() -> None:
    made = project(artifact(requires_python=""))
    assert "data-requires-python" not in _Links(simple.project_html(made)).links[0]
    assert "requires-python" not in json.loads(simple.project_json(made))["files"][0]


def listing(status: str, **changes: Any) -> Listing:
    tool = IndexDocument(
        tool="acme/hello", distribution="acme-hello", title="Hello", status=status, releases=(),
        **changes,
    )  # fmt: skip
    made = artifact()
    index = IndexRelease(
        version="1.0.0", file=made.filename, url=made.key, sha256=made.sha256, size=made.size
    )
    return Listing("acme", "hello", tool, (ReleaseEntry(made, index),))


@pytest.mark.parametrize(
    ("status", "told", "files"),
    [
        ("active", "active", 1),
        ("deprecated", "deprecated", 1),
        ("quarantined", "quarantined", 0),
        ("deleted", "archived", 0),
    ],
)
def test_the_status_is_one_of_pep_792_and_hidden_tools_offer_no_file(
    status: str, told: str, files: int
) -> None:
    made = simple.project(listing(status, deprecation="Use acme/hi."))
    page, document = simple.project_html(made), json.loads(simple.project_json(made))
    assert _Links(page).metas["pypi:project-status"] == told
    assert document["project-status"]["status"] == told
    assert len(_Links(page).links) == len(document["files"]) == files
    if status == "deprecated":
        assert document["project-status"]["reason"] == "Use acme/hi."


def test_the_root_lists_every_name_in_both() -> None:
    names = ["lumos-cli", "acme-hello"]
    links = _Links(simple.root_html(names)).links
    assert [link["href"] for link in links] == ["acme-hello/", "lumos-cli/"]
    assert json.loads(simple.root_json(names)) == {
        "meta": {"api-version": "1.4"},
        "projects": [{"name": "acme-hello"}, {"name": "lumos-cli"}],
    }


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)


@given(TEXT.filter(bool), TEXT)
def test_no_text_of_an_author_breaks_out_of_a_page(reason: str, requires: str) -> None:
    made = project(artifact(yanked=reason, requires_python=requires), status_reason=reason)
    parsed = _Links(simple.project_html(made))
    (link,) = parsed.links
    assert link["data-yanked"] == reason
    assert link.get("data-requires-python", "") == requires
    assert parsed.metas["pypi:project-status-reason"] == reason


@given(st.lists(st.sampled_from(["1.0.0", "1.1.0", "2.0.0rc1"]), unique=True, max_size=3))
def test_what_was_written_can_be_read_back(versions: list[str]) -> None:
    made = project(*map(artifact, versions))
    assert simple.artifacts_of(simple.project_json(made)) == tuple(reversed(made.artifacts))
