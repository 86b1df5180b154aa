"""A publication as JSON, for the API, the live page and the command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from django.conf import settings

from catalog.shapes import Schema, Time
from lumos.package.findings import Finding
from lumos.package.trials import TrialReport
from lumos.package.values import build, read
from publishing.models import Check, CheckState, Publication
from publishing.rulebook import with_effect
from publishing.states import CHECKS, SETTLED, State

#: The last step is going live, which has no check.
PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a publication."""

    name: str
    state: Annotated[str, Schema(enum=["waiting", "running", "passed", "failed", "skipped"])]
    started_at: Time | None = None
    ended_at: Time | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationDocument:
    """A publication as its uploader sees it."""

    id: Annotated[str, Schema(format="uuid")]
    tool: str
    version: str
    state: Annotated[str, Schema(enum=State.values)]
    settled: bool
    dry_run: bool
    filename: str
    sha256: str
    size: int
    created_at: Time | None
    finished_at: Time | None
    url: str
    api_url: str
    tool_url: str | None
    release_url: str | None
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    scores: Mapping[str, int | None] | None
    trials: tuple[TrialReport, ...]
    reasons: tuple[str, ...]
    appeal_url: str | None
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationPage:
    """The newest publications."""

    results: tuple[PublicationDocument, ...]
    next: str | None


def publication_document(publication: Publication) -> PublicationDocument:
    """The document of a publication whose checks and release are loaded."""
    checks = list(publication.checks.all())
    release = publication.release
    api_url = f"/api/v1/publications/{publication.pk}"
    return build(
        PublicationDocument,
        publication,
        id=str(publication.pk),
        tool=publication.tool_name,
        settled=publication.is_settled,
        created_at=_time(publication.created_at),
        finished_at=_time(publication.finished_at),
        url=publication.get_absolute_url(),
        api_url=api_url,
        tool_url=release.tool.get_absolute_url() if release else None,
        release_url=release.get_absolute_url() if release else None,
        steps=steps(publication, checks),
        findings=tuple(
            Finding.from_dict(with_effect(data)) for check in checks for data in check.findings
        ),
        trials=_trials(checks),
        reasons=tuple(publication.reasons),
        appeal_url=f"{api_url}/appeal" if publication.state == State.REJECTED else None,
        site=settings.SITE_URL,
    )


def _trials(checks: list[Check]) -> tuple[TrialReport, ...]:
    reports = [report for check in checks for report in check.evidence.get("trials", ())]
    return tuple(read(TrialReport, report) for report in reports)


def steps(publication: Publication, checks: list[Check]) -> tuple[Step, ...]:
    """Every step in order: waiting, running, passed, failed or skipped."""
    by_name = {check.name: check for check in checks}
    settled = publication.is_settled
    shown = tuple(_step(str(name), by_name.get(name), settled=settled) for name in CHECKS)
    return (*shown, _last_step(publication))


def _last_step(publication: Publication) -> Step:
    if publication.state == State.PUBLISHED:
        ended = _time(publication.finished_at)
        return Step(name=PUBLISHING, state="passed", ended_at=ended, message="live")
    skipped = publication.state in SETTLED
    return Step(name=PUBLISHING, state="skipped" if skipped else "waiting")


def _step(name: str, check: Check | None, *, settled: bool) -> Step:
    if check is None:
        return Step(name=name, state="skipped" if settled else "waiting")
    return Step(
        name=name,
        state="skipped" if check.state == CheckState.NOT_RUN else str(check.state),
        started_at=_time(check.started_at),
        ended_at=_time(check.ended_at),
        message=check.message,
    )


def _time(moment: Any) -> str | None:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
