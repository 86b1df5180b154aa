"""The index document has one declaration: what the registry writes, the client reads back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog.models import Release, Tool, ToolStatus, Yank
from core.store import public_store
from lumos.client.errors import NetworkError
from lumos.client.index import Registry, ToolIndex
from lumos.client.transport import Transport
from lumos.package.index import IndexDocument
from lumos.package.names.tools import ToolName
from lumos.package.values import Unreadable, read
from registry import documents
from registry.actions import write_tool
from registry.values import listing
from tests.cli.registry import serving
from tests.registry.releases import put_release

HELLO = ToolName("demo", "hello")


def _read_by_client(root: Path, text: bytes) -> ToolIndex:
    with serving(root) as registry:
        file = root / "index/demo/hello.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
        return Registry(Transport(registry.url)).tool(HELLO)


@pytest.mark.usefixtures("own_folders", "db")
def test_the_client_reads_every_field_that_the_registry_writes(tmp_path: Path) -> None:
    put_release("demo/base")
    put_release("demo/hello", dependencies=["demo-base>=1.0,<2", "openpyxl>=3.1"])
    yanked = put_release("demo/hello", version="1.1.0", dependencies=["demo-base>=1.0,<2"])
    Yank.objects.create(release=yanked, reason="It breaks.")
    Tool.objects.filter(name="hello").update(status=ToolStatus.DEPRECATED, deprecation="Use hi.")
    write_tool(yanked.tool_id)
    tool = Tool.objects.select_related("namespace").get(name="hello")

    index = _read_by_client(tmp_path, public_store().get("index/demo/hello.json"))

    assert index.document == listing(tool).document
    assert [str(release.version) for release in index.releases] == ["1.1.0", "1.0.0"]
    assert [release.yanked for release in index.releases] == ["It breaks.", None]
    assert str(index.releases[1].tools[0].tool) == "demo/base"
    assert documents.tool_document(listing(tool)) == public_store().get("index/demo/hello.json")
    assert Release.objects.get(pk=yanked.pk).sha256 in index.releases[0].url


def _document(**release: Any) -> dict[str, Any]:
    entry = {
        "version": "1.0.0",
        "file": "demo_hello-1.0.0-py3-none-any.whl",
        "url": "../../files/x",
        "sha256": "a" * 64,
        "size": 10,
    }
    return {"schema": 1, "tool": "demo/hello", "releases": [{**entry, **release}]}


def test_a_document_of_an_older_registry_takes_the_defaults() -> None:
    document = read(IndexDocument, _document(permissions=["file-read"]))
    (release,) = document.releases
    assert release.permissions.declared == ("file-read",)
    assert release.scores.overall is None
    assert document.status == "active"


def test_fields_of_a_newer_registry_are_ignored() -> None:
    old, new = _document(), _document(price={"amount": 1})
    assert read(IndexDocument, {**new, "badges": []}) == read(IndexDocument, old)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size": "10"}, "releases[0].size is not a whole number"),
        ({"size": True}, "releases[0].size is not a whole number"),
        ({"version": 1}, "releases[0].version is not text"),
        ({"gate_passed": "no"}, "releases[0].gate_passed is not true or false"),
        ({"functions": "hello"}, "releases[0].functions is not a list"),
        ({"functions": [1]}, "releases[0].functions[0] is not text"),
        ({"scores": []}, "releases[0].scores is not an object"),
        ({"scores": {"overall": "90"}}, "releases[0].scores.overall is not a whole number"),
        ({"yanked": "no"}, "releases[0].yanked is not an object"),
        ({"permissions": 1}, "releases[0].permissions: permissions are not a list"),
        ({"permissions": {}}, "releases[0].permissions has no 'found'"),
        ({"dependencies": {"tools": [{}]}}, "releases[0].dependencies.tools[0] has no 'tool'"),
    ],
)
def test_a_field_of_another_type_is_an_error_that_names_it(
    change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(Unreadable) as caught:
        read(IndexDocument, _document(**change))
    assert said in str(caught.value)
    with pytest.raises(NetworkError) as refused:
        _read_by_client(tmp_path, json.dumps(_document(**change)).encode())
    assert said in (refused.value.why or "")
