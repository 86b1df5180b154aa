"""Fills a scratch database with made-up tools: rows, cards, search documents, the root list.

The texts, schemas and reports are those of the official tools, so that rows weigh what they weigh
in life; names, numbers and dates are drawn. Nothing here is checked or published: it is for
measuring how the marketplace behaves when it is large, and never for anything else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from accounts.models import Namespace, User
from bench.scratch import REPOSITORY
from bench.words import Words, words
from catalog import render
from catalog.categories import CATEGORIES
from catalog.markdown import render_readme
from catalog.models import (
    Dependency,
    Function,
    QualityReport,
    Release,
    SecurityReport,
    Tool,
)
from catalog.versions import sort_key
from lumos.package.names.tools import fold
from lumos.package.versions import Version
from publishing import quality

TOOLS_PER_NAMESPACE = 12
BATCH = 500
OWNER = "publisher@bench.example"
WRITTEN_LAST = (
    "latest", "overall", "gate_passed", "function_count", "release_count", "card", "document",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Model:
    """What is borrowed from an official tool."""

    readme: str
    readme_html: str
    functions: list[dict[str, Any]]
    report: dict[str, Any]


def fill(count: int, *, seed: int = 1, releases: int = 0) -> None:
    """Add ``count`` live tools; each has ``releases``, or 0: as many as tools have in life."""
    chance = random.Random(seed)
    spaces = _namespaces(count // TOOLS_PER_NAMESPACE + 1)
    first = Tool.objects.count()
    for begin in range(0, count, BATCH):
        numbers = range(first + begin, first + min(begin + BATCH, count))
        with transaction.atomic():
            _batch(chance, spaces, numbers, releases)


def index() -> None:
    """What follows a go-live for all of them at once: search, and the list of distributions."""
    from registry.tree import write_config
    from search.actions import rebuild

    rebuild()
    write_config()


def _batch(chance: random.Random, spaces: list[Namespace], numbers: range, releases: int) -> None:
    tools = [_tool(chance, chance.choice(spaces), words(chance, number)) for number in numbers]
    Tool.objects.bulk_create(tools)
    rows = [
        release
        for tool in tools
        for release in _releases(chance, tool, releases or _how_many(chance))
    ]
    Release.objects.bulk_create(rows)
    for row in rows:
        _parts(chance, row)
        row.document = orjson.dumps(render.release_document(row)).decode()
    Release.objects.bulk_update(rows, ["document"], batch_size=100)
    for name, kind in (("functions", Function), ("dependencies", Dependency)):
        parts = [part for row in rows for part in row._prefetched_objects_cache[name]]  # type: ignore[attr-defined]
        kind.objects.bulk_create(parts)
    QualityReport.objects.bulk_create(row.quality for row in rows)
    SecurityReport.objects.bulk_create(row.security for row in rows)
    _finish(tools, rows)


def _namespaces(count: int) -> list[Namespace]:
    owner, _ = User.objects.get_or_create(email=OWNER, defaults={"display_name": "Bench"})
    have = Namespace.objects.filter(user=owner).count()
    Namespace.objects.bulk_create(
        Namespace(name=f"made{number:05d}", user=owner, verified=number % 5 == 0)
        for number in range(have, count)
    )
    return list(Namespace.objects.filter(user=owner))


def _how_many(chance: random.Random) -> int:
    """Most tools have one release, a few have dozens."""
    return min(int(chance.paretovariate(1.6)), 60)


def _tool(chance: random.Random, namespace: Namespace, said: Words) -> Tool:
    downloads = int(chance.paretovariate(0.7)) * 3
    weekly = [int(downloads * chance.random() / 50) for _ in range(12)]
    stars = [chance.choice((3, 4, 5, 5)) for _ in range(int(chance.paretovariate(1.2)) - 1)][:200]
    created = timezone.now() - dt.timedelta(minutes=chance.randrange(500_000))
    return Tool(
        namespace=namespace,
        name=said.name,
        distribution=f"{namespace.name}-{said.name}",
        folded=fold(f"{namespace.name}/{said.name}"),
        title=said.title,
        summary=said.summary,
        category=chance.choice(list(CATEGORIES)),
        keywords=said.keywords,
        created_at=created,
        updated_at=created + dt.timedelta(minutes=chance.randrange(1000)),
        downloads_total=downloads,
        downloads_30d=sum(weekly[-4:]),
        downloads_by_week=weekly,
        rating_sum=sum(stars),
        rating_count=len(stars),
        rating_average=sum(stars) / len(stars) if stars else None,
    )


def _releases(chance: random.Random, tool: Tool, count: int) -> Iterator[Release]:
    model = chance.choice(_models())
    for minor in range(count):
        version = Version.parse(f"1.{minor}.0")
        sha256 = hashlib.sha256(f"{tool.distribution} {version}".encode()).hexdigest()
        yield Release(
            tool=tool,
            version=str(version),
            sort_key=sort_key(version),
            is_prerelease=False,
            published_at=tool.created_at,
            filename=f"{tool.distribution.replace('-', '_')}-{version}-py3-none-any.whl",
            sha256=sha256,
            size=chance.randrange(4_000, 90_000),
            unpacked_size=chance.randrange(20_000, 300_000),
            metadata_sha256=sha256,
            metadata_text=f"Name: {tool.distribution}\n\n{model.readme}",
            title=tool.title,
            summary=tool.summary,
            category=tool.category,
            license=chance.choice(("MIT", "Apache-2.0", "BSD-3-Clause")),
            requires_python=">=3.11",
            readme=f"# {tool.title}\n\n{tool.summary}\n\n{model.readme}",
            readme_html=model.readme_html,
            keywords=tool.keywords,
            permissions=chance.choice(([], ["network:api.example.org"], ["file-read"])),
            functions_digest=f"sha256:{sha256}",
        )


def _parts(chance: random.Random, release: Release) -> None:
    """Functions, requirements and reports, remembered on the release so that it can render."""
    model = _models()[release.size % len(_models())]
    scores = {key: chance.randrange(60, 101) for key in quality.SCORES}
    release._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "functions": [
            Function(release=release, entry=f"made:{spec['name']}", **spec)
            for spec in model.functions
        ],
        "dependencies": [
            Dependency(
                release=release,
                distribution="httpx",
                specifier=">=0.27",
                requirement="httpx>=0.27",
            )
        ],
        "yanks": [],
    }
    QualityReport(
        release=release,
        gate_passed=min(scores.values()) > 88,
        formula=quality.FORMULA_VERSION,
        report=model.report,
        measurements={"examples": [], "machine": {}, "layers": []},
        **scores,
    )
    SecurityReport(release=release, level="safe", score=100, report={"scanners": {"bandit": "1"}})


def _finish(tools: list[Tool], releases: list[Release]) -> None:
    """Point each tool at its newest release, and render what is served."""
    newest = {release.tool_id: release for release in releases}
    count = Counter(release.tool_id for release in releases)
    for tool in tools:
        tool.latest = latest = newest[tool.pk]
        tool.overall, tool.gate_passed = latest.quality.overall, latest.quality.gate_passed
        tool.function_count, tool.release_count = len(latest.functions.all()), count[tool.pk]
        tool.card = asdict(render.card(tool))
        tool.document = orjson.dumps(render.document(tool)).decode()
    Tool.objects.bulk_update(tools, WRITTEN_LAST, batch_size=100)


@cache
def _models() -> list[Model]:
    folders = sorted(path.parent for path in REPOSITORY.glob("official_tools/*/pyproject.toml"))
    return [_model(folder) for folder in folders]


def _model(folder: Any) -> Model:
    readme = (folder / "README.md").read_text()
    specs = json.loads(next(folder.glob("src/*/functions.json")).read_text())["functions"]
    report = quality.measure(
        quality.Evidence(package=quality.Package(summary=folder.name, readme=readme))
    )
    return Model(readme, render_readme(readme), specs, asdict(report))
