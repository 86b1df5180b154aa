"""A publication as JSON: for the API, the live page and the terminal alike."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from publishing.models import Check, CheckState, Publication
from publishing.rulebook import with_effect
from publishing.states import CHECKS, SETTLED, State

#: The last step stands for going live; it has no check of its own.
PUBLISHING = "publishing"


def publication_document(publication: Publication) -> dict[str, Any]:
    """All that one may know of a publication."""
    checks = list(publication.checks.all())
    release = publication.release
    return {
        "id": str(publication.pk),
        "tool": publication.tool_name,
        "version": publication.version,
        "state": publication.state,
        "settled": publication.is_settled,
        "dry_run": publication.dry_run,
        "filename": publication.filename,
        "sha256": publication.sha256,
        "size": publication.size,
        "created_at": _time(publication.created_at),
        "finished_at": _time(publication.finished_at),
        "url": publication.get_absolute_url(),
        "api_url": f"/api/v1/publications/{publication.pk}",
        "tool_url": release.tool.get_absolute_url() if release else None,
        "release_url": release.get_absolute_url() if release else None,
        "steps": steps(publication, checks),
        "findings": [with_effect(finding) for check in checks for finding in check.findings],
        "scores": publication.scores,
        "reasons": publication.reasons,
        "appeal_url": f"/api/v1/publications/{publication.pk}/appeal"
        if publication.state == State.REJECTED
        else None,
        "site": settings.SITE_URL,
    }


def steps(publication: Publication, checks: list[Check]) -> list[dict[str, Any]]:
    """Every step in order: waiting, running, passed, failed or skipped."""
    by_name = {check.name: check for check in checks}
    shown = [_step(name, by_name.get(name), settled=publication.is_settled) for name in CHECKS]
    live = publication.state == State.PUBLISHED
    skipped = publication.state in SETTLED and not live
    shown.append(
        {
            "name": PUBLISHING,
            "state": "passed" if live else "skipped" if skipped else "waiting",
            "started_at": None,
            "ended_at": _time(publication.finished_at) if live else None,
            "message": "live" if live else "",
        }
    )
    return shown


def _step(name: str, check: Check | None, *, settled: bool) -> dict[str, Any]:
    if check is None:
        state = "skipped" if settled else "waiting"
        return {
            "name": str(name),
            "state": state,
            "started_at": None,
            "ended_at": None,
            "message": "",
        }
    state = "skipped" if check.state == CheckState.NOT_RUN else check.state
    return {
        "name": str(name),
        "state": str(state),
        "started_at": _time(check.started_at),
        "ended_at": _time(check.ended_at),
        "message": check.message,
    }


def _time(moment: Any) -> str | None:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
