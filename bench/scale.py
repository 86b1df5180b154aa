"""What reads and writes cost in a marketplace of many tools: python -m bench.scale --tools 10000"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench import scratch
from bench.timing import HEADINGS, table, times

ROUNDS = 20


def main() -> None:
    """Fill where needed, then measure and print."""
    options = _options()
    scratch.use(options.folder)
    _fill(options.tools)
    print(f"{options.tools} tools in {options.folder}\n")
    print(table(("read", "status", "queries", "kB", *HEADINGS), list(reads(options.rounds))))
    print()
    print(table(("write", "queries", *HEADINGS), list(writes())))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/lumos-bench/scale"))
    parser.add_argument("--tools", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


def _fill(count: int) -> None:
    from bench.fill import fill, index
    from catalog.models import Tool

    missing = count - Tool.objects.count()
    if missing > 0:
        print(f"Making {missing} tools ...", file=sys.stderr)
        fill(missing, seed=Tool.objects.count() + 1)
        index()


def reads(rounds: int) -> Iterator[tuple[object, ...]]:
    """Every hot address: what it is, its status, queries, size and times."""
    client = _client()
    for name, paths in addresses(rounds).items():
        last = client(paths[0])
        with counted() as queries:
            client(paths[0])
        took = times([partial(client, path) for path in paths])
        size = f"{len(last.body) / 1000:.1f}"
        yield (name, last.status, len(queries), size, *took.row)


def addresses(rounds: int) -> dict[str, list[str]]:
    """What is asked for, by what it is called; ``rounds`` addresses each."""
    from catalog.models import Tool

    chance = random.Random(7)
    names = [
        f"{namespace}/{name}"
        for namespace, name in Tool.objects.values_list("namespace__name", "name")
    ]
    most = Tool.objects.order_by("-latest__sort_key").values_list("namespace__name", "name").first()
    many = "/".join(most or ())
    some = [chance.choice(names) for _ in range(rounds)]
    deep = _cursor()

    def same(path: str) -> list[str]:
        return [path] * rounds

    def each(form: str) -> list[str]:
        return [form.format(name) for name in some]

    return {
        "home": same("/"),
        "browse": same("/search"),
        "browse, category and rating": same("/search?category=web&sort=rating"),
        "browse, newest, page 400": same("/search?sort=created&page=400"),
        "search, one word": same("/search?q=csv"),
        "search, three words": same("/search?q=fast+pdf+reader"),
        "search, common words": same("/search?q=reads+data+tool+for+agent"),
        "search, Chinese": same("/search?q=%E8%A1%A8%E6%A0%BC%E6%95%B0%E6%8D%AE"),
        "search, nonsense": same("/search?q=xqzvw+jjkqq"),
        "tool": each("/tools/{}/"),
        **{f"tool, {tab}": each(f"/tools/{{}}/{tab}/") for tab in TABS},
        "tool, versions of many": same(f"/tools/{many}/versions/"),
        "publisher": each("/publishers/{}/".replace("{}", names[0].split("/")[0])),
        "no such tool": same("/tools/lumos/cvs-praser/"),
        "sitemap": same("/sitemap.xml"),
        "API search": same("/api/v1/search?q=csv"),
        "API tool": each("/api/v1/tools/{}"),
        "API releases": each("/api/v1/tools/{}/releases"),
        "API releases of many": same(f"/api/v1/tools/{many}/releases"),
        "API release": each("/api/v1/tools/{}/releases/1.0.0"),
        "API tools": same("/api/v1/tools"),
        "API tools, deep": same(deep),
        "API tools, downloads": same("/api/v1/tools?sort=downloads"),
        "API tools, category": same("/api/v1/tools?category=web&sort=rating"),
        "API reviews": each("/api/v1/tools/{}/reviews"),
        "simple root": same("/simple/"),
        "index config": same("/index/config.json"),
        "health": same("/healthz"),
        "ready": same("/readyz"),
    }


TABS = ("functions", "versions", "quality", "security", "dependencies", "reviews")


def writes() -> Iterator[tuple[object, ...]]:
    """What follows a go-live, and the sweeps: name, queries, times."""
    from catalog import latest
    from catalog.models import Tool
    from registry.actions import write_tool
    from search.actions import index_tool, repair

    ids = list(Tool.objects.order_by("?").values_list("pk", flat=True)[:8])
    one = Tool.objects.select_related("namespace").get(pk=ids[0])
    kinds: dict[str, list[Callable[[], Any]]] = {
        "registry.write_tool": [partial(write_tool, pk) for pk in ids],
        "search.index_tool": [partial(index_tool, pk) for pk in ids],
        "choose the latest, render": [lambda: latest.choose(one)] * 8,
        "look-alike names": [_look_alike()] * 3,
        "search.repair, nothing to do": [repair] * 3,
    }
    for name, calls in kinds.items():
        with counted() as queries:
            calls[0]()
        yield (name, len(queries), *times(calls, warm=0).row)


def _look_alike() -> Callable[[], Any]:
    from types import SimpleNamespace

    from accounts.models import Namespace
    from lumos.package.names.tools import ToolName
    from publishing.checks import validating

    namespace = Namespace.objects.earliest("pk")
    bench = SimpleNamespace(
        wheel=SimpleNamespace(tool=ToolName.parse(f"{namespace.name}/never-seen-before")),
        publication=SimpleNamespace(namespace=namespace),
    )
    return lambda: list(validating._look_alike(bench))  # type: ignore[arg-type]


def _cursor() -> str:
    """The API's list of tools, from the middle on."""
    from catalog.models import Tool
    from web.pagination import CursorPagination

    rows = Tool.objects.order_by("-updated_at", "-pk").values_list("updated_at", "pk")
    middle = rows[rows.count() // 2]
    return f"/api/v1/tools?cursor={CursorPagination._encode(*middle)}"


def _client() -> Callable[[str], Any]:
    """The whole WSGI application in this process."""
    from config.wsgi import application
    from tests.support.transports import WsgiTransport

    client = WsgiTransport(lambda: application)
    return lambda path: client.send("GET", path)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block sends to the database."""
    from django.db import connection

    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


if __name__ == "__main__":
    main()
