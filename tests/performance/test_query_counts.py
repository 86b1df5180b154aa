"""The questions that a read costs do not grow with the marketplace, nor with the tool."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from django.core.cache import cache

from accounts.models import Namespace, User
from bench.fill import fill
from bench.scale import counted
from catalog.models import Dependency, Function, Tool
from catalog.versions import sort_key
from lumos.package.versions import Version
from reviews.models import Review
from tests.performance.addresses import HOT
from tests.support import Person


def _costs(visitor: Person, tool: Tool, paths: Iterable[str] = HOT) -> dict[str, int]:
    """How many questions each address asks, once the process is warm and its cache empty."""
    found = {}
    for path in paths:
        tool.refresh_from_db()
        assert tool.latest is not None
        address = path.format(
            tool=tool.full_name, space=tool.namespace.name, version=tool.latest.version
        )
        assert visitor.get(address).status == 200, address
        cache.clear()
        with counted() as asked:
            visitor.get(address)
        found[path] = len(asked)
    return found


def _newest_tool() -> Tool:
    return Tool.objects.select_related("namespace").latest("pk")


@pytest.mark.parametrize("count", [1, 30, 300])
def test_reading_costs_the_same_in_a_small_and_in_a_large_marketplace(
    tools: Callable[[int], None], visitor: Person, count: int
) -> None:
    tools(count)
    tool = _newest_tool()
    _reviews(tool, range(1))
    assert _costs(visitor, tool) == HOT


def _releases(tool: Tool, numbers: range) -> None:
    last = tool.releases.newest_first()[0]
    functions = list(last.functions.all())
    for number in numbers:
        last.pk, last.version = None, f"1.{number + 1}.0"  # type: ignore[assignment]
        last.sort_key = sort_key(Version.parse(last.version))
        last.filename = f"{number}.whl"
        last.save(force_insert=True)
        for function in functions:
            function.pk, function.release = None, last  # type: ignore[assignment]
        Function.objects.bulk_create(functions)


def _reviews(tool: Tool, numbers: range) -> None:
    for number in numbers:
        author = User.objects.create_user(f"reader{number}@example.org")
        Namespace.objects.create(name=f"reader{number}", user=author)
        Review.objects.create(tool=tool, user=author, stars=3, text="Fine.")


def _dependents(tool: Tool, numbers: range) -> None:
    fill(len(numbers), seed=numbers.start, releases=1)
    for other in Tool.objects.exclude(pk=tool.pk).order_by("-pk")[: len(numbers)]:
        Dependency.objects.create(
            release_id=other.latest_id, tool=tool, distribution="it", requirement="it"
        )


@pytest.mark.parametrize("give", [_releases, _reviews, _dependents])
def test_reading_costs_the_same_of_a_tool_with_little_and_with_much(
    own_folders: Path, visitor: Person, give: Callable[[Tool, range], None]
) -> None:
    fill(1, releases=1)
    tool = _newest_tool()
    paths = [path for path in HOT if "{tool}" in path]
    give(tool, range(2))
    little = _costs(visitor, tool, paths)
    give(tool, range(2, 45))
    assert _costs(visitor, tool, paths) == little


def test_a_name_that_is_not_there_costs_little(
    tools: Callable[[int], None], visitor: Person
) -> None:
    tools(30)
    tool = _newest_tool()
    with counted() as asked:
        answer = visitor.get(f"/tools/{tool.namespace.name}/{tool.name[:-1]}-/".replace("--", "-"))
    assert answer.status == 404
    assert len(asked) <= 3
