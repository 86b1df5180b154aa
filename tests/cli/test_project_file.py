"""lumos.toml belongs to people: comments, order and foreign tables stay; lumos.lock is ours."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumos.client.errors import UsageError
from lumos.client.index import ToolDependency
from lumos.client.lockfile import Lock, LockedTool, dump_lock, parse_lock
from lumos.client.project import Project, default_range
from lumos.package.manifest.permissions import Permissions
from lumos.package.names.tools import ToolName
from lumos.package.versions import Version

WRITTEN = """\
# my agent
name = "agent"   # its name
default_model = "large"

[[tools]]
# finds pages
name = "web_search"
version = "^1.2"   # checked in May
[tools.source]
type = "marketplace"
package = "web-search"

[[tools]]
name = "notes"
[tools.source]
type = "git"
url = "https://git.example.org/notes"

[build]
target = "wheel"  # stays last
"""
CSV = ToolName("lumos", "csv-parser")
PROJECT = Project(Path("/nowhere"))


def test_adding_changes_nothing_else() -> None:
    added = PROJECT.with_tool(WRITTEN, CSV, "^1.0")
    new = """\
[[tools]]
name = "csv_parser"
version = "^1.0"
[tools.source]
type = "marketplace"
package = "csv-parser"

"""
    assert new in added
    assert added.replace(new, "") == WRITTEN
    assert PROJECT.without_tool(added, CSV) == WRITTEN


def test_a_new_range_keeps_the_comment_beside_it() -> None:
    text = PROJECT.with_tool(WRITTEN, ToolName("lumos", "web-search"), "^2.0")
    assert text == WRITTEN.replace('"^1.2"', '"^2.0"')


def test_two_tools_of_one_name_get_two_names() -> None:
    text = PROJECT.with_tool('name = "a"\n', CSV, "^1.0")
    text = PROJECT.with_tool(text, ToolName("acme", "csv-parser"), "^2.0")
    names = [(each["name"], each["source"]["package"]) for each in tomllib.loads(text)["tools"]]
    assert names == [("csv_parser", "csv-parser"), ("acme_csv_parser", "acme/csv-parser")]


@given(
    st.lists(
        st.builds(
            ToolName, st.sampled_from(["lumos", "acme"]), st.sampled_from(["a", "b-c", "d1"])
        ),
        unique=True,
    ),
    st.sampled_from(["", 'name = "x"', WRITTEN, "# only a comment", "[build]\nx = 1\n"]),
)
def test_what_was_added_can_be_read_and_removed(tools: list[ToolName], text: str) -> None:
    before = tomllib.loads(text)
    for tool in tools:
        text = PROJECT.with_tool(text, tool, "~1.2")
    packages = [each["source"].get("package") for each in tomllib.loads(text).get("tools", [])]
    assert len(packages) == len(tools) + len(before.get("tools", []))
    for tool in tools:
        text = PROJECT.without_tool(text, tool)
    assert tomllib.loads(text) == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name = \n", "line 1"),
        ("tools = 3", "[[tools]]"),
        ('[[tools]]\nname = "x"\nversion = 1\n', '"version"'),
        ('[[tools]]\nname = "Bad Name!"\n', "not a tool name"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "lumos.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        _ = Project(tmp_path).tools
    assert why in caught.value.why


def test_a_bare_entry_means_the_marketplace(tmp_path: Path) -> None:
    (tmp_path / "lumos.toml").write_text('[[tools]]\nname = "web_search"\nversion = "^1"\n')
    (entry,) = Project(tmp_path).tools
    assert str(entry.tool) == "lumos/web-search"


def test_the_default_range_is_what_a_person_would_write() -> None:
    assert default_range(Version.parse("1.4.2")) == "^1.4"
    assert default_range(Version.parse("2.0.0-rc.1")) == "^2.0.0-rc.1"


def _locked(name: str) -> LockedTool:
    return LockedTool(
        tool=ToolName("demo", name),
        version=Version.parse("1.0.0-beta.2"),
        file="demo_a-1.0.0b2-py3-none-any.whl",
        url="files/ab/abc/demo_a-1.0.0b2-py3-none-any.whl",
        sha256="ab" * 32,
        size=12,
        requires_python=">=3.11",
        functions=("a", "b"),
        functions_digest="sha256:00",
        permissions=Permissions(("network:api.example.org",), ("network",), True),
        tools=(ToolDependency(ToolName("demo", "base"), ">=1,<2"),),
        python=("openpyxl>=3.1; python_version < '4'",),
    )


def test_the_lock_file_comes_back_as_it_was_written() -> None:
    lock = Lock("http://r", (_locked("a"), _locked("b")), ("x==1 --hash=sha256:00",))
    assert parse_lock(dump_lock(lock)) == lock
    assert dump_lock(parse_lock(dump_lock(lock))) == dump_lock(lock)
    assert parse_lock(dump_lock(Lock("http://r"))) == Lock("http://r")


def test_a_lock_file_from_before_the_scan_was_told_is_still_read() -> None:
    written = dump_lock(Lock("http://r", (_locked("a"),)))
    older = "".join(
        line
        for line in written.splitlines(keepends=True)
        if not line.startswith(("permissions_found", "dependencies_checked"))
    )
    assert older != written
    (tool,) = parse_lock(older).tools
    assert tool.permissions == Permissions(("network:api.example.org",))
    assert dump_lock(parse_lock(older)) == older


@pytest.mark.parametrize("text", ["schema = 2\nregistry = ''", "nonsense", "schema = 1"])
def test_a_foreign_lock_file_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_lock(text)
