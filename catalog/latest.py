"""Which release speaks for a tool."""

from __future__ import annotations

from django.utils import timezone

from catalog import render
from catalog.models import Release, Tool

#: What a tool repeats of its releases.
REPEATED = (
    "latest", "title", "summary", "category", "keywords", "overall", "gate_passed",
    "function_count", "release_count", "updated_at",
)  # fmt: skip


def choose(tool: Tool) -> None:
    """Point the tool at its newest release and repeat what it says, then render the card.

    The newest stable one that is not yanked; else the newest pre-release; else, if all are
    yanked, the newest of them, so that the page still explains itself.
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
    tool.save(update_fields=REPEATED)
    render.refresh(tool)


def _newest(tool: Tool) -> Release | None:
    chosen = tool.releases.chosen().newest_first()
    return (
        chosen.filter(is_prerelease=False).first()
        or chosen.first()
        or tool.releases.live().newest_first().first()
    )
