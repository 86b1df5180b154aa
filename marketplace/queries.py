"""What the pages show, in as few database queries as each page needs."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import Namespace
from catalog.categories import CATEGORIES
from catalog.models import Dependency, Release, ReleaseQuerySet, Tool
from catalog.shapes import ToolCard
from lumos.package.values import read

ROW = 3
MOST_DEPENDENTS = 24
SIMILAR = 4
#: Names that begin with as many letters alike are compared with one that is not there.
ALIKE = 2
MOST_NEAR = 300
HOME_SECONDS = 20
HOME_KEY = "marketplace.home"
#: What :func:`_home` sums up, in this order.
TOTALS = ("tools", "releases", "functions", "downloads")


@dataclass(frozen=True, slots=True)
class Home:
    """The home page: three rows of cards, the categories with counts, live totals."""

    trending: list[ToolCard]
    newest: list[ToolCard]
    best: list[ToolCard]
    categories: list[tuple[str, int]]
    totals: dict[str, int]


def home() -> Home:
    """The home page's figures, at most twenty seconds old."""
    figures = cache.get(HOME_KEY)
    if figures is None:
        figures = _home()
        cache.set(HOME_KEY, figures, HOME_SECONDS)
    return figures


def _home() -> Home:
    live = Tool.objects.live()
    sums = (Count("pk"), Sum("release_count"), Sum("function_count"), Sum("downloads_total"))
    by_category = {
        category: counts
        for category, *counts in live.order_by().values_list("category").annotate(*sums)
    }
    measured = live.filter(overall__isnull=False)
    best = measured.order_by("-gate_passed", "-overall", "-downloads_30d", "-pk")
    installed = live.filter(downloads_30d__gt=0)
    trending = cards(installed.order_by("-downloads_30d", "-downloads_total", "-pk")[:ROW])
    newest = cards(live.order_by("-created_at", "-pk")[:ROW])
    return Home(
        trending=trending,
        newest=newest,
        best=new_to([*trending, *newest], cards(best[: 3 * ROW])),
        categories=_in_order({value: counts[0] for value, counts in by_category.items()}),
        totals={
            name: sum(counts[at] for counts in by_category.values())
            for at, name in enumerate(TOTALS)
        },
    )


def new_to(shown: list[ToolCard], candidates: list[ToolCard]) -> list[ToolCard]:
    """A row of what was found; cards that stand above give way where others are as good."""
    names = {card.tool for card in shown}
    best = [card for card in candidates if _measured(card) == _measured(candidates[0])]
    fresh = [card for card in best if card.tool not in names]
    return fresh[:ROW] if len(fresh) >= ROW else candidates[:ROW]


def _measured(card: ToolCard) -> tuple[bool, int | None]:
    return card.gate_passed, card.scores.overall if card.scores else None


def cards(tools: QuerySet[Tool]) -> list[ToolCard]:
    """The cards as they were rendered when the tools last changed."""
    return [read(ToolCard, card) for card in tools.values_list("card", flat=True)]


def categories() -> list[tuple[str, int]]:
    """(key, live tools) of every category that has a tool, in their fixed order."""
    rows = Tool.objects.live().order_by().values_list("category")
    return _in_order(dict(rows.annotate(Count("pk"))))


def _in_order(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(category, counted[category]) for category in CATEGORIES if counted.get(category)]


def tool_or_none(namespace: str, name: str) -> Tool | None:
    """The tool if anyone may see it."""
    return (
        Tool.objects.live()
        .named(namespace, name)
        .select_related("namespace")
        .defer("card", "document")
        .first()
    )


def release_or_none(tool: Tool, version: str | None) -> Release | None:
    """The named release, or the latest; with its reports, yanks and requirements."""
    releases = (
        tool.releases.live()
        .select_related("quality", "security")
        .prefetch_related("yanks", Prefetch("dependencies", _requirements()))
        .defer("metadata_text", "readme", "document")
    )
    wanted = (
        releases.filter(version=version) if version else releases.filter(pk=tool.latest_id or 0)
    )
    release = wanted.first()
    if release is not None:
        release.tool = tool
    return release


def _requirements() -> QuerySet[Dependency]:
    """Requirements with as much of the tools they name as a page shows."""
    shown = ("release", "distribution", "specifier", "tool__name", "tool__summary")
    return Dependency.objects.select_related("tool__namespace").only(
        *shown, "tool__namespace__name"
    )


def versions(tool: Tool) -> ReleaseQuerySet:
    """All releases that can be seen, newest version first."""
    return (
        tool.releases.live()
        .select_related("quality")
        .prefetch_related("yanks")
        .only(
            "tool", "version", "published_at", "is_prerelease", "size", "requires_python",
            "quality__overall", "quality__gate_passed",
        )
        .newest_first()
    )  # fmt: skip


def weeks(tool: Tool) -> list[tuple[dt.date, int]]:
    """Downloads by week (its first day, count), oldest first; empty where none were counted."""
    counts: Sequence[int] = tool.downloads_by_week
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    last = len(counts) - 1
    return [
        (monday - dt.timedelta(weeks=last - index), count) for index, count in enumerate(counts)
    ]


def dependents(tool: Tool) -> tuple[list[ToolCard], int]:
    """Cards of the most downloaded live tools whose latest release needs ``tool``; how many do."""
    needing = Dependency.objects.filter(tool=tool, release__tool__latest=F("release"))
    tools = Tool.objects.live().filter(pk__in=needing.values("release__tool"))
    return cards(tools.order_by("-downloads_total", "name")[:MOST_DEPENDENTS]), tools.count()


def similar(tool: Tool) -> list[ToolCard]:
    """Cards of the most installed other tools for the same work."""
    alike = Tool.objects.live().filter(category=tool.category).exclude(pk=tool.pk)
    return cards(alike.order_by("-downloads_total", "name")[:SIMILAR])


def near_names(namespace: str, name: str, *, limit: int = 5, cutoff: float = 0.55) -> list[Tool]:
    """Live tools whose names come close; ``cutoff`` says how close (difflib's ratio)."""
    # difflib is enough here: it runs on a miss only, over names that share a beginning.
    live = Tool.objects.live().select_related("namespace").only("name", "namespace__name")
    begin = name[:ALIKE]
    alike = live.filter(name__gte=begin, name__lt=f"{begin}~").order_by("name")
    candidates = [*alike[:MOST_NEAR], *live.filter(namespace__name=namespace)[:MOST_NEAR]]
    by_name = {tool.name: tool for tool in candidates}
    close = difflib.get_close_matches(name, by_name, n=limit, cutoff=cutoff)
    return [by_name[match] for match in close]


def namespace_totals(tools: QuerySet[Tool]) -> dict[str, int]:
    """How many tools, and their downloads together."""
    totals = tools.aggregate(tools=Count("pk"), downloads=Sum("downloads_total"))
    return {"tools": totals["tools"], "downloads": totals["downloads"] or 0}


def namespaces_with_tools(namespaces: QuerySet[Namespace]) -> list[Namespace]:
    """Namespaces by name, each with ``live_tools``, the number of its tools that can be seen."""
    live = Count("tools", filter=Q(tools__in=Tool.objects.live()), distinct=True)
    return list(
        namespaces.select_related("organization").annotate(live_tools=live).order_by("name")
    )
