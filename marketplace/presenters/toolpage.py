"""The frame of every tab of a tool's page: tabs, install snippets, banners, facts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Function, Release, Tool
from marketplace.presenters import schemas
from marketplace.presenters.labels import label

TABS = (
    ("readme", _("README"), ""),
    ("functions", _("Functions"), "functions/"),
    ("versions", _("Versions"), "versions/"),
    ("quality", _("Quality"), "quality/"),
    ("security", _("Security"), "security/"),
    ("dependencies", _("Dependencies"), "dependencies/"),
    ("reviews", _("Reviews"), "reviews/"),
)
OF_THE_TOOL = frozenset({"versions", "reviews"})  # the same for all releases


@dataclass(frozen=True, slots=True)
class Snippet:
    """How one client installs a tool."""

    client: str
    text: str
    language: str = "shell"


def tabs(tool: Tool, release: Release, *, pinned: bool) -> list[dict[str, Any]]:
    """The tabs with their URLs and counts; with ``pinned``, below the release's URL."""
    security = getattr(release, "security", None)
    counts: Mapping[str, int | None] = {
        "functions": tool.function_count
        if release.pk == tool.latest_id
        else release.functions.count(),
        "versions": tool.release_count,
        "security": len(security.findings) if security and security.findings else None,
        "dependencies": len(release.dependencies.all()) or None,
        "reviews": tool.rating_count or None,
    }
    own, common = release.get_absolute_url(), tool.get_absolute_url()
    return [
        {
            "key": key,
            "label": title,
            "url": (own if pinned and key not in OF_THE_TOOL else common) + path,
            "count": counts.get(key),
        }
        for key, title, path in TABS
    ]


def crumbs(tool: Tool, *, pinned: bool) -> list[tuple[Any, str]]:
    """The breadcrumbs from the list of tools to the page: (label, URL)."""
    listing = reverse("search")
    category = (label(tool.category, "category"), f"{listing}?category={tool.category}")
    own = [(tool.full_name, tool.get_absolute_url())] if pinned else []
    return [(_("Tools"), listing), category, *own]


def install_snippets(tool: Tool, release: Release, *, pinned: bool) -> list[Snippet]:
    """The commands by client; ``pinned`` asks for this very version."""
    index = f"{settings.SITE_URL}/simple/"
    wanted = f"{tool.short_name}@{release.version}" if pinned else tool.short_name
    distribution = tool.distribution
    exact = release.filename.split("-")[1] if pinned else ""
    python = f"{distribution}=={exact}" if exact else distribution
    return [
        Snippet("lumos", f"lumos add tool {wanted}"),
        Snippet("uv", f"uv add --index {index} {python}"),
        Snippet("pip", f"pip install {_for_pip(release, index, python)}"),
        Snippet("MCP", _mcp_json(), "json"),
    ]


def _for_pip(release: Release, index: str, python: str) -> str:
    """What pip is given: the index where that suffices, else the wheel itself, by its hash.

    pip takes the highest version from all of its indexes: with a second one, a stranger's package
    of the same name would win. For a tool that needs both tools and others' packages there are
    two commands, each with one index; the second finds our tools installed.
    """
    needed = list(release.dependencies.all())
    tools = [f"'{row.distribution}{row.specifier}'" for row in needed if row.tool_id]
    if len(tools) == len(needed) or settings.UPSTREAM_INDEX:
        return f"--index-url {index} {python}"
    if not tools:
        return f"{settings.SITE_URL}/{release.file_key}#sha256={release.sha256}"
    return f"--no-deps --index-url {index} {python} {' '.join(tools)}\npip install {python}"


def badge_markdown(tool: Tool) -> str:
    """What one writes into a README to show the five scores there."""
    address = f"{settings.SITE_URL}{tool.get_absolute_url()}"
    return f"[![{tool.full_name}]({address}badge.svg)]({address})"


def _mcp_json() -> str:
    server = {"command": "lumos", "args": ["serve"], "cwd": "/path/to/your/project"}
    return json.dumps({"mcpServers": {"lumos": server}}, indent=2)


@dataclass(frozen=True, slots=True)
class FunctionView:
    """A function as its documentation shows it."""

    row: Function
    signature: str
    output: Mapping[str, Any]
    output_type: str
    output_rows: Mapping[str, Any] | None
    examples: list[dict[str, Any]]

    @property
    def hints(self) -> list[tuple[Any, Any]]:
        """What the hints say, in words: (label, meaning)."""
        return [HINTS[key] for key in HINTS if self.row.hints.get(key)]


HINTS = {
    "read_only": (_("read-only"), _("Changes nothing.")),
    "destructive": (_("destructive"), _("May delete or overwrite data.")),
    "idempotent": (_("idempotent"), _("Calling it twice has the same effect as calling it once.")),
    "open_world": (_("open world"), _("Interacts with outside systems, such as the web.")),
    "deterministic": (_("deterministic"), _("The same input gives the same output.")),
}


def function_view(row: Function, *, passed: bool) -> FunctionView:
    """``passed``: every offline example of the release passed in the sandbox."""
    value = unwrapped(row)
    return FunctionView(
        row=row,
        signature=schemas.signature(row.name, row.input_schema, value),
        output=value,
        output_type=schemas.type_label(value or {}),
        output_rows=schemas.object_within(value),
        examples=[_example(example, passed=passed) for example in row.examples],
    )


def unwrapped(row: Function) -> Mapping[str, Any]:
    """The schema of the function's own value, without the ``result`` that MCP puts around it."""
    whole = row.output_schema or {}
    if not row.wrapped:
        return whole
    inner = whole.get("properties", {}).get("result", {})
    return {**inner, "$defs": whole["$defs"]} if "$defs" in whole else inner


def _example(example: Mapping[str, Any], *, passed: bool) -> dict[str, Any]:
    def pretty(key: str) -> str:
        return json.dumps(example[key], indent=2, ensure_ascii=False) if key in example else ""

    return {
        **example,
        "input_json": pretty("input"),
        "output_json": pretty("output"),
        "passed": True if passed and example.get("offline") else None,
    }
