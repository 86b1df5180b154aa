"""Choose the release whose title, summary and scores a tool shows."""

from __future__ import annotations

from django.utils import timezone

from catalog import render
from catalog.models import Release, Tool

#: The columns of Tool that are copied from its releases.
COPIED = (
    "latest", "title", "summary", "category", "keywords", "overall", "gate_passed",
    "function_count", "release_count", "updated_at",
)  # fmt: skip


def choose(tool: Tool) -> None:
    """Set the tool's latest release, copy its columns, and render the card.

    The latest release is the newest stable one that is not yanked, else the newest pre-release
    that is not yanked, else (all are yanked) the newest one, so that the page still has content.
    """
    release = _newest(tool)
    tool.latest = release
    if release is not None:
        tool.title = release.title
        tool.summary = release.summary
        tool.category = release.category
        tool.keywords = release.keywords
        tool.function_count = release.functions.count()
    quality = getattr(release, "quality", None)
    tool.overall = quality.overall if quality else None
    tool.gate_passed = bool(quality and quality.gate_passed)
    tool.release_count = tool.releases.live().count()
    tool.updated_at = timezone.now()
    tool.save(update_fields=COPIED)
    render.refresh(tool)


def _newest(tool: Tool) -> Release | None:
    chosen = tool.releases.chosen().newest_first()
    return (
        chosen.filter(is_prerelease=False).first()
        or chosen.first()
        or tool.releases.live().newest_first().first()
    )
