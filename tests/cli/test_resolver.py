"""Which release is chosen, and what people are told where none can be."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lumos.client.errors import LumosError, NotFound, Refused
from lumos.client.index import Registry
from lumos.client.requirement import from_project
from lumos.client.resolver import resolve
from lumos.client.transport import Transport
from lumos.package.names.tools import ToolName
from lumos.package.versions import Version
from tests.cli.registry import StaticRegistry


def chosen(
    registry: StaticRegistry, locked: Mapping[str, str] | None = None, **wanted: str
) -> dict[str, str]:
    """Resolve ``demo`` tools by name and range; returns versions by name."""
    requirements = [
        from_project(ToolName("demo", name.replace("_", "-")), text)
        for name, text in wanted.items()
    ]
    pins = {ToolName.parse(name): Version.parse(text) for name, text in (locked or {}).items()}
    found = resolve(Registry(Transport(registry.url)), requirements, locked=pins, python="3.11.7")
    return {tool.name: str(release.version) for tool, release in found.items()}


def refusal(registry: StaticRegistry, **wanted: str) -> LumosError:
    with pytest.raises(LumosError) as caught:
        chosen(registry, **wanted)
    return caught.value


def test_the_newest_release_of_the_range_is_taken(registry: StaticRegistry) -> None:
    for version in ("1.0.0", "1.2.0", "2.0.0"):
        registry.publish("demo/a", version)
    assert chosen(registry, a="^1.0") == {"a": "1.2.0"}
    assert chosen(registry, a="*") == {"a": "2.0.0"}
    assert chosen(registry, a="1.0.0") == {"a": "1.0.0"}


def test_what_is_locked_stays_where_the_range_allows_it(registry: StaticRegistry) -> None:
    for version in ("1.0.0", "1.2.0"):
        registry.publish("demo/a", version)
    assert chosen(registry, {"demo/a": "1.0.0"}, a="^1.0") == {"a": "1.0.0"}
    assert chosen(registry, {"demo/a": "1.0.0"}, a="^1.1") == {"a": "1.2.0"}


def test_prereleases_are_taken_only_where_one_is_named(registry: StaticRegistry) -> None:
    for version in ("1.0.0", "1.1.0-beta.1", "1.2.0-rc.1"):
        registry.publish("demo/a", version)
    assert chosen(registry, a="^1.0") == {"a": "1.0.0"}
    assert chosen(registry, a="^1.1.0-beta.1") == {"a": "1.1.0-beta.1"}


def test_a_tool_with_prereleases_alone_says_how_to_get_one(registry: StaticRegistry) -> None:
    registry.publish("demo/a", "1.0.0-beta.1")
    error = refusal(registry, a="*")
    assert isinstance(error, Refused)
    assert "only pre-releases" in error.why
    assert error.hint == "lumos add tool demo/a@1.0.0-beta.1"


def test_a_dependency_on_prereleases_does_not_let_in_others(registry: StaticRegistry) -> None:
    for version in ("1.0.0-beta.2", "1.5.0-beta.1"):
        registry.publish("demo/base", version)
    registry.publish("demo/a", dependencies=["demo-base>=1.0.0b1,<2"])
    assert chosen(registry, a="*")["base"] == "1.0.0-beta.2"


def test_an_older_release_is_taken_where_the_newest_does_not_fit(registry: StaticRegistry) -> None:
    registry.publish("demo/base", "1.0.0")
    registry.publish("demo/base", "2.0.0")
    registry.publish("demo/a", "1.0.0", dependencies=["demo-base<2"])
    registry.publish("demo/a", "1.1.0", dependencies=["demo-base>=2"])
    registry.publish("demo/b", "1.0.0", dependencies=["demo-base<2"])
    assert chosen(registry, a="^1", b="^1") == {"a": "1.0.0", "b": "1.0.0", "base": "1.0.0"}


def test_yanked_releases_are_passed_over_unless_they_are_locked(registry: StaticRegistry) -> None:
    registry.publish("demo/a", "1.0.0")
    registry.publish("demo/a", "1.1.0")
    registry.change("demo/a", "1.1.0", yanked={"reason": "wrong sums", "at": ""})
    assert chosen(registry, a="^1") == {"a": "1.0.0"}
    assert chosen(registry, {"demo/a": "1.1.0"}, a="^1") == {"a": "1.1.0"}
    error = refusal(registry, a="1.1.0")
    assert "was yanked (wrong sums)" in error.why
    assert error.hint == "lumos add tool demo/a@1.0.0"


def test_quarantined_releases_are_refused_even_when_they_are_locked(
    registry: StaticRegistry,
) -> None:
    registry.publish("demo/a", "1.0.0")
    registry.change("demo/a", "1.0.0", quarantined={"reason": "malware", "at": ""})
    with pytest.raises(Refused) as caught:
        chosen(registry, {"demo/a": "1.0.0"}, a="^1")
    assert "quarantined by the marketplace (malware)" in caught.value.why


def test_releases_for_another_python_or_machine_are_passed_over(registry: StaticRegistry) -> None:
    registry.publish("demo/a", "1.0.0")
    registry.publish("demo/a", "1.1.0", metadata={"Requires-Python": ">=3.13"})
    registry.publish("demo/a", "1.2.0", tag="cp311-cp311-win_arm64")
    assert chosen(registry, a="*") == {"a": "1.0.0"}
    assert "needs Python >=3.13, but this is 3.11.7" in refusal(registry, a="1.1.0").why
    assert "has no wheel for this platform" in refusal(registry, a="1.2.0").why


def test_a_conflict_names_who_asks_for_what(registry: StaticRegistry) -> None:
    registry.publish("demo/base", "1.0.0")
    registry.publish("demo/base", "2.0.0")
    registry.publish("demo/a", dependencies=["demo-base<2"])
    registry.publish("demo/b", dependencies=["demo-base>=2"])
    error = refusal(registry, a="*", b="*")
    assert error.what == "The requirements for demo/base conflict."
    assert "demo/a 1.0.0 asks for <2" in error.why
    assert "demo/b 1.0.0 asks for >=2" in error.why
    error = refusal(registry, a="*", base="^2")
    assert "This project asks for ^2" in error.why
    assert "--latest" in error.hint


def test_unknown_names_get_the_nearest_from_the_static_list(registry: StaticRegistry) -> None:
    registry.publish("lumos/csv-parser")
    registry.publish("acme/tables")
    error = refusal(registry, csv_parser="*")
    assert isinstance(error, NotFound)
    assert error.details["nearest"] == ["csv-parser"]
    assert error.hint.startswith("Did you mean csv-parser?")


def test_a_missing_dependency_names_the_tool_that_needs_it(registry: StaticRegistry) -> None:
    registry.publish("demo/base")
    registry.publish("demo/a", dependencies=["demo-base>=1"])
    (registry.root / "index" / "demo" / "base.json").unlink()
    error = refusal(registry, a="*")
    assert error.what == "demo/a 1.0.0 needs demo/base, which does not exist."
