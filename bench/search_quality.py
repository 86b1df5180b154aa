"""How well search ranks: python -m bench.search_quality [--made 1000] [--engine whoosh]

A small judged set: the official tools among made-up ones, and what people would type to find them.
Prints nDCG@10 by kind of query for each engine, and every query below a perfect order.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean

from bench.judged import JUDGED
from bench.scratch import REPOSITORY
from bench.timing import percentile, table
from bench.words import words
from search.engines.base import Document, Query, SearchEngine
from search.engines.memory import MemoryEngine
from search.engines.whoosh import WhooshEngine

DEPTH = 10
MEANT = sorted(path.parent.name for path in REPOSITORY.glob("official_tools/*/pyproject.toml"))


def main() -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--made", type=int, default=1000, help="made-up tools among the official")
    parser.add_argument("--engine", choices=["whoosh", "memory", "both"], default="both")
    options = parser.parse_args()
    tools = [*official(), *made(options.made)]
    with tempfile.TemporaryDirectory(prefix="lumos-bench-") as folder:
        engines: dict[str, SearchEngine] = {
            "whoosh": WhooshEngine(Path(folder)),
            "memory": MemoryEngine(),
        }
        for name, engine in engines.items():
            if options.engine in (name, "both"):
                engine.rebuild(tools)
                print(f"\n{name}, {len(tools)} tools\n{report(engine)}")


def report(engine: SearchEngine) -> str:
    """Means by kind of query, times, and what is not perfect."""
    marks: dict[str, list[float]] = defaultdict(list)
    took, faults = [], []
    for kind, judged in JUDGED.items():
        for text, relevant in judged.items():
            began = time.perf_counter()
            found = ids(engine, text)
            took.append((time.perf_counter() - began) * 1000)
            mark = ndcg(found, relevant)
            marks[kind].append(mark)
            if mark < 0.995:
                faults.append((text, f"{mark:.2f}", " ".join(found[:3])))
    every = [mark for kind in marks.values() for mark in kind]
    rows = [(kind, len(each), f"{mean(each):.3f}") for kind, each in marks.items()]
    rows.append(("all", len(every), f"{mean(every):.3f}"))
    times = f"p50 {percentile(took, 50):.1f} ms, p95 {percentile(took, 95):.1f} ms"
    parts = [table(("kind", "queries", f"nDCG@{DEPTH}"), rows), times]
    return "\n\n".join([*parts, table(("not perfect", "nDCG", "first three"), faults)])


def ids(engine: SearchEngine, text: str) -> list[str]:
    """The tools of the first page."""
    return [json.loads(card)["tool"] for card in engine.search(Query(text, limit=DEPTH)).cards]


def ndcg(found: Sequence[str], relevant: Mapping[str, int]) -> float:
    """1 for the best order possible; where nothing is relevant, 1 for finding nothing official."""
    if not relevant:
        return float(not any(each.startswith("lumos/") for each in found))
    gains = [relevant.get(each.removeprefix("lumos/"), 0) for each in found]
    best = sorted(relevant.values(), reverse=True)[:DEPTH]
    return _discounted(gains) / _discounted(best)


def _discounted(gains: Sequence[int]) -> float:
    return sum((2**gain - 1) / math.log2(at + 2) for at, gain in enumerate(gains))


def official() -> Iterator[Document]:
    """The official tools, read from their projects."""
    for project in sorted(REPOSITORY.glob("official_tools/*/pyproject.toml")):
        said = tomllib.loads(project.read_text())["project"]
        package = next(project.parent.glob("src/*/tool.toml"))
        manifest = tomllib.loads(package.read_text())
        functions = json.loads(package.with_name("functions.json").read_text())["functions"]
        yield _document(
            f"lumos/{project.parent.name}",
            title=manifest["title"],
            summary=said["description"],
            keywords=tuple(said["keywords"]),
            category=manifest["category"],
            functions="\n".join(f"{each['name']} {each['description']}" for each in functions),
            readme=(project.parent / "README.md").read_text(),
            permissions=tuple(manifest["permissions"]),
            downloads=200,
        )


def made(count: int) -> Iterator[Document]:
    """Made-up tools, whose words are those of many official ones too."""
    chance = random.Random(3)
    for number in range(count):
        said = words(chance, number)
        if any(name in said.name for name in MEANT):  # as good an answer as the official one
            continue
        yield _document(
            f"made{number % 80:05d}/{said.name}",
            title=said.title,
            summary=said.summary,
            keywords=tuple(said.keywords),
            category="custom",
            functions=f"{said.name.replace('-', '_')} {said.summary}",
            readme=f"# {said.title}\n\n{said.summary}\n\nUse it with a csv, json or http tool.",
            permissions=(),
            downloads=int(chance.paretovariate(0.7)) * 3,
        )


def _document(
    tool: str, *, title: str, summary: str, keywords: tuple[str, ...], category: str,
    functions: str, readme: str, permissions: tuple[str, ...], downloads: int,
) -> Document:  # fmt: skip
    namespace, _, name = tool.partition("/")
    return Document(
        id=tool, namespace=namespace, name=name, title=title, summary=summary, keywords=keywords,
        category=category, functions=functions, readme=readme, permissions=permissions,
        card=json.dumps({"tool": tool}), downloads=downloads, rating=0, created=0, updated=0,
    )  # fmt: skip


if __name__ == "__main__":
    main()
