"""Render a tool's card and API documents when it changes. They are stored and served as bytes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from catalog.models import Dependency, Release, ReleaseQuerySet, Tool
from catalog.shapes import (
    ReleaseDependency,
    ReleaseDocument,
    ReleaseFile,
    ReleaseFunction,
    ReleaseSecurity,
    ReleaseSetting,
    ReleaseYank,
    ToolCard,
    ToolDocument,
)
from lumos.package.manifest.permissions import Permissions
from lumos.package.values import build, read


def refresh(tool: Tool) -> None:
    """Render the tool's card and document again and save them; call it after any change."""
    tool.card = asdict(card(tool))
    tool.document = orjson.dumps(document(tool)).decode()
    tool.save(update_fields=["card", "document"])


def refresh_release(release_id: int) -> str:
    """Render a release's document again and save it; call it when it is made, yanked or unyanked.

    Before :func:`refresh` of its tool, whose document holds that of the latest release.
    """
    text = _rendered(release_id)
    Release.objects.filter(pk=release_id).update(document=text)
    return text


def release_text(release_id: int, stored: str) -> str:
    """The stored document; that of a row from before the column is rendered, and not saved."""
    return stored or _rendered(release_id)


def refresh_missing() -> None:
    """Render and save the documents of releases from before the column."""
    for release_id in Release.objects.filter(document="").values_list("pk", flat=True):
        refresh_release(release_id)


def _rendered(release_id: int) -> str:
    release = with_parts(Release.objects.filter(pk=release_id)).get()
    return orjson.dumps(release_document(release)).decode()


def with_parts(releases: ReleaseQuerySet) -> ReleaseQuerySet:
    """The releases with all related rows that their documents need."""
    return releases.select_related("tool__namespace", "quality", "security").prefetch_related(
        "yanks", "functions", "dependencies__tool__namespace"
    )


def card(tool: Tool) -> ToolCard:
    """The tool's card, for lists and search results."""
    latest = tool.latest
    quality = getattr(latest, "quality", None) if latest else None
    return build(
        ToolCard,
        tool,
        tool=tool.full_name,
        namespace=tool.namespace.name,
        url=tool.get_absolute_url(),
        keywords=tuple(tool.keywords),
        version=latest.version if latest else None,
        license=latest.license if latest else "",
        permissions=latest.needs if latest else Permissions(),
        verified=tool.namespace.verified,
        scores=quality.scores() if quality else None,
        gate_passed=bool(quality and quality.gate_passed),
        downloads=tool.downloads_total,
        downloads_by_week=tuple(tool.downloads_by_week),
        rating=tool.rating_average,
        created_at=_time(tool.created_at),
        updated_at=_time(tool.updated_at),
    )


def document(tool: Tool) -> ToolDocument:
    """The API document of a tool: its card and its latest release, to be serialized by orjson."""
    latest = tool.latest
    release = orjson.Fragment(release_text(latest.pk, latest.document)) if latest else None
    return build(
        ToolDocument,
        card(tool),
        distribution=tool.distribution,
        deprecation=tool.deprecation or None,
        successor=tool.successor.full_name if tool.successor else None,
        install=f"lumos add tool {tool.short_name}",
        release=release,  # JSON already; typed as ReleaseDocument for readers
        api_url=f"/api/v1/tools/{tool.full_name}",
        releases_url=f"/api/v1/tools/{tool.full_name}/releases",
    )


def release_document(release: Release) -> ReleaseDocument:
    """The API document of a release."""
    quality = getattr(release, "quality", None)
    security = getattr(release, "security", None)
    yank = release.current_yank
    return build(
        ReleaseDocument,
        release,
        tool=release.tool.full_name,
        url=release.get_absolute_url(),
        published_at=_time(release.published_at),
        file=build(ReleaseFile, release, name=release.filename, url=f"/{release.file_key}"),
        permissions=release.needs,
        settings=tuple(read(ReleaseSetting, setting) for setting in release.settings),
        dependencies=tuple(_dependency(row) for row in release.dependencies.all()),
        functions=tuple(
            build(ReleaseFunction, row, examples=tuple(row.examples))
            for row in release.functions.all()
        ),
        scores=quality.scores() if quality else None,
        gate_passed=bool(quality and quality.gate_passed),
        quality=quality.document() if quality else None,
        security=build(ReleaseSecurity, security, findings=security.found()) if security else None,
        yanked=ReleaseYank(reason=yank.reason, at=_time(yank.at)) if yank else None,
    )


def _dependency(row: Dependency) -> ReleaseDependency:
    return build(ReleaseDependency, row, tool=row.tool.full_name if row.tool else None)


def _time(moment: Any) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
