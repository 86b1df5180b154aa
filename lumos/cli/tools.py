"""``lumos tools list``, ``search`` and ``info``: the project's and the marketplace's tools."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lumos.cli.output import out, paint

if TYPE_CHECKING:
    from lumos.client.index import Registry, Release, ToolIndex
    from lumos.package.functions import FunctionSpec

__all__ = ["info", "list_tools", "search"]

_LARGE = 5_000_000


def list_tools() -> None:
    """List the tools of this project and their versions."""
    from lumos.client.index import short_name
    from lumos.client.project import find_project

    project = find_project()
    declared = {entry.tool: entry for entry in project.tools}
    locked = project.lock.versions
    rows: list[dict[str, Any]] = []
    for tool in [*declared, *(name for name in locked if name not in declared)]:
        needed_by = () if tool in declared else project.lock.needed_by(tool)
        rows.append(
            {
                "tool": str(tool),
                "name": short_name(tool),
                "version": str(locked[tool]) if tool in locked else None,
                "range": declared[tool].range if tool in declared else None,
                "needed_by": ", ".join(map(short_name, needed_by)) or None,
            }
        )
    width = max((len(row["name"]) for row in rows), default=0)
    lines = [_row(row, width) for row in rows]
    out.result("\n".join(lines), {"tools": rows})
    if not rows:
        out.say("This project has no tools yet. Next: lumos tools search WORDS")


def _row(row: Mapping[str, Any], width: int) -> str:
    name = paint(f"{row['name']:<{width}}", "name")
    reason = row["range"] or f"needed by {row['needed_by']}"
    return f"{name}  {row['version'] or 'not installed':<13}  {paint(reason, 'muted')}"


def search(
    query: Annotated[list[str], typer.Argument(help="Words to search for.", metavar="WORD")],
    category: Annotated[str, typer.Option(help="Search only this category.")] = "",
    page: Annotated[int, typer.Option(help="The page of results to show.", min=1)] = 1,
) -> None:
    """Search the marketplace."""
    from lumos.client.api import Api
    from lumos.client.project import registry_here
    from lumos.client.transport import Transport

    text = " ".join(query)
    answer = Api(Transport(registry_here())).search(text, category=category, page=page)
    results = answer.get("results", [])
    out.result("\n".join(_card(card) for card in results), answer)
    pages, total = answer.get("pages", 1), answer.get("total", len(results))
    if not results:
        out.say(f'No tools match "{text}". Try fewer or more general words.')
    elif pages > 1:
        out.say(f"{total} tools, page {page} of {pages}. Next: --page {page + 1}")


def info(
    name: Annotated[str, typer.Argument(help="NAME, NAMESPACE/NAME or NAME@VERSION.")],
) -> None:
    """Show one tool: releases, functions, permissions and quality."""
    from lumos.cli.project import wish_of
    from lumos.cli.sheet import as_json, sheet
    from lumos.client.index import Registry
    from lumos.client.project import registry_here
    from lumos.client.transport import Transport

    wish = wish_of(name)
    registry = Registry(Transport(registry_here()))
    index = registry.tool(wish.tool)
    release = _chosen(index, wish.range)
    functions = _functions(registry, release)
    out.result(sheet(index, release, functions), as_json(index, release, functions))


def _chosen(index: ToolIndex, wanted: str) -> Release:
    from lumos.cli.sheet import version_list
    from lumos.client.errors import NotFound
    from lumos.client.index import short_name
    from lumos.client.requirement import from_project

    if wanted:
        requirement = from_project(index.tool, wanted)
        matching = (r for r in index.releases if requirement.matches(r.version))
        release = next(matching, None)
    else:
        release = index.newest() or next(iter(index.releases), None)
    if release is None:
        raise NotFound(
            f"{short_name(index.tool)} has no release {wanted}".rstrip() + ".",
            why=f"Available releases: {version_list(index) or 'none'}.",
            hint=f"lumos tools info {short_name(index.tool)}"
            if index.releases
            else f"lumos tools search {index.tool.name}",
        )
    return release


def _functions(registry: Registry, release: Release) -> tuple[FunctionSpec, ...]:
    """The functions, read from the wheel; empty if it is large, quarantined or unreachable."""
    from lumos.client.cache import WheelCache
    from lumos.client.errors import NetworkError
    from lumos.client.verify import open_wheel

    if release.entry.size > _LARGE or release.quarantined:
        return ()
    try:
        path = WheelCache().fetch(
            registry.transport,
            url=release.url,
            file=release.entry.file,
            sha256=release.entry.sha256,
            size=release.entry.size,
        )
    except NetworkError:
        return ()
    return open_wheel(path, release.entry.file).functions


def _card(card: Mapping[str, Any]) -> str:
    from lumos.cli.sheet import wrapped
    from lumos.client.index import short_name
    from lumos.package.names.tools import ToolName

    name = str(card.get("tool") or card.get("name") or "")
    with contextlib.suppress(ValueError):
        name = short_name(ToolName.parse(name))
    scores = card.get("scores") or {}
    overall = scores.get("overall")
    quality = f"  quality {overall:.0f}" if isinstance(overall, int | float) else ""
    head = f"{paint(name, 'name')}  {card.get('version') or ''}{paint(quality, 'muted')}"
    return f"{head}\n{wrapped(str(card.get('summary') or ''), '    ')}"
