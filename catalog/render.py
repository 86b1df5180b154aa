"""The card and the API document of a tool, rendered when something changes, served as bytes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from catalog.models import Dependency, Function, Release, ReleaseQuerySet, Tool
from lumos.package.manifest.permissions import Permissions


def refresh(tool: Tool) -> None:
    """Render the tool's card and document again and save them; call it after any change."""
    tool.card = card(tool)
    tool.document = orjson.dumps(document(tool)).decode()
    tool.save(update_fields=["card", "document"])


def refresh_release(release_id: int) -> str:
    """Render a release's document again and save it; call it when it is made, yanked or unyanked.

    Before :func:`refresh` of its tool, whose document holds that of the latest release.
    """
    release = with_parts(Release.objects.filter(pk=release_id)).get()
    release.document = orjson.dumps(release_document(release)).decode()
    release.save(update_fields=["document"])
    return release.document


def release_text(release_id: int, rendered: str) -> str:
    """The document as it was rendered; that of a row older than the column is rendered now."""
    return rendered or refresh_release(release_id)


def with_parts(releases: ReleaseQuerySet) -> ReleaseQuerySet:
    """The releases with all that their documents show."""
    return releases.select_related("tool__namespace", "quality", "security").prefetch_related(
        "yanks", "functions", "dependencies__tool__namespace"
    )


def card(tool: Tool) -> dict[str, Any]:
    """What a card, a search result and a list show of a tool."""
    latest = tool.latest
    quality = getattr(latest, "quality", None) if latest else None
    return {
        "tool": tool.full_name,
        "namespace": tool.namespace.name,
        "name": tool.name,
        "short_name": tool.short_name,
        "url": tool.get_absolute_url(),
        "title": tool.title,
        "summary": tool.summary,
        "category": tool.category,
        "category_label": tool.category_label,
        "keywords": tool.keywords,
        "version": latest.version if latest else None,
        "license": latest.license if latest else "",
        "permissions": (latest.needs if latest else Permissions()).as_dict(),
        "verified": tool.namespace.verified,
        "status": tool.status,
        "scores": asdict(quality.scores()) if quality else None,
        "gate_passed": bool(quality and quality.gate_passed),
        "downloads": tool.downloads_total,
        "downloads_30d": tool.downloads_30d,
        "downloads_by_week": tool.downloads_by_week,
        "rating": tool.rating_average,
        "rating_count": tool.rating_count,
        "created_at": _time(tool.created_at),
        "updated_at": _time(tool.updated_at),
    }


def document(tool: Tool) -> dict[str, Any]:
    """The API's answer for a tool: its card and its latest release, as orjson writes it."""
    latest = tool.latest
    return {
        **card(tool),
        "distribution": tool.distribution,
        "deprecation": tool.deprecation or None,
        "successor": tool.successor.full_name if tool.successor else None,
        "install": f"lumos add tool {tool.short_name}",
        "release": orjson.Fragment(release_text(latest.pk, latest.document)) if latest else None,
        "api_url": f"/api/v1/tools/{tool.full_name}",
        "releases_url": f"/api/v1/tools/{tool.full_name}/releases",
    }


def release_document(release: Release) -> dict[str, Any]:
    """The API's answer for a release."""
    quality = getattr(release, "quality", None)
    security = getattr(release, "security", None)
    yank = release.current_yank
    return {
        "tool": release.tool.full_name,
        "version": release.version,
        "url": release.get_absolute_url(),
        "title": release.title,
        "summary": release.summary,
        "license": release.license,
        "requires_python": release.requires_python,
        "published_at": _time(release.published_at),
        "notes": release.notes,
        "file": {
            "name": release.filename,
            "url": f"/{release.file_key}",
            "sha256": release.sha256,
            "size": release.size,
        },
        "permissions": release.needs.as_dict(),
        "settings": release.settings,
        "dependencies": [_dependency(row) for row in release.dependencies.all()],
        "functions": [_function(row) for row in release.functions.all()],
        "functions_digest": release.functions_digest,
        "scores": asdict(quality.scores()) if quality else None,
        "gate_passed": bool(quality and quality.gate_passed),
        "quality": quality.report if quality else None,
        "security": {
            "level": security.level,
            "score": security.score,
            "findings": security.findings,
        }
        if security
        else None,
        "yanked": {"reason": yank.reason, "at": _time(yank.at)} if yank else None,
    }


def _dependency(row: Dependency) -> dict[str, Any]:
    return {
        "distribution": row.distribution,
        "specifier": row.specifier,
        "tool": row.tool.full_name if row.tool else None,
    }


def _function(row: Function) -> dict[str, Any]:
    return {
        "name": row.name,
        "description": row.description,
        "input_schema": row.input_schema,
        "output_schema": row.output_schema,
        "hints": row.hints,
        "examples": row.examples,
    }


def _time(moment: Any) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
