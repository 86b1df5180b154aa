"""Collect what the risk of a case is computed from."""

from __future__ import annotations

import datetime as dt

from django.db.models import Min
from django.utils import timezone

from accounts.models import Namespace
from catalog.models import Release, Tool, ToolStatus
from lumos.package.findings import Finding
from lumos.package.names.tools import ToolName
from lumos.package.versions import Version
from publishing.history import release_before
from publishing.models import Case, Check, Publication, Report
from publishing.moderation.notes import accepted_keys, key_of
from publishing.moderation.risk import Facts, Record
from publishing.rulebook import with_effect
from publishing.states import State

#: Rejections that are older than this no longer count.
REMEMBERED = dt.timedelta(days=90)


def record_of(namespace: Namespace) -> Record:
    """What was published and decided in a namespace."""
    releases = Release.objects.filter(tool__namespace=namespace)
    first = releases.aggregate(first=Min("published_at"))["first"]
    now = timezone.now()
    tools = Tool.objects.filter(namespace=namespace, status=ToolStatus.QUARANTINED)
    upheld = Case.objects.filter(report__tool__namespace=namespace, outcome="rejected")
    rejected = Publication.objects.filter(
        namespace=namespace, state=State.REJECTED, created_at__gt=now - REMEMBERED, dry_run=False
    )
    return Record(
        releases=releases.live().count(),
        days=(now - first).days if first else 0,
        rejected=rejected.count(),
        quarantined=releases.filter(quarantined_at__isnull=False).count() + tools.count(),
        upheld_reports=upheld.count(),
        is_verified=namespace.verified,
    )


def of_publication(publication: Publication) -> Facts:
    """The facts of a held publication, from its checks and its publisher's record."""
    checks = {row.name: row for row in Check.objects.filter(publication=publication)}
    scan = checks[State.SCANNING].evidence if State.SCANNING in checks else {}
    accepted = accepted_keys(publication)
    found = [
        Finding.from_dict(with_effect(data)) for row in checks.values() for data in row.findings
    ]
    name = ToolName(publication.namespace.name, publication.name)
    previous = release_before(name, Version.parse(publication.version))
    before = set(previous.needs.needed) if previous else set()
    needed = [*scan.get("found", ())]
    return Facts(
        findings=[finding for finding in found if key_of(finding) not in accepted],
        undeclared=scan.get("undeclared", ()),
        is_native="py3-none-any" not in publication.filename,
        dependencies=_requirements(checks.get(State.VALIDATING)),
        record=record_of(publication.namespace),
        is_first=previous is None,
        new_permissions=[text for text in needed if text not in before] if previous else (),
        open_reports=open_reports(publication.distribution),
    )


def _requirements(validating: Check | None) -> int:
    """The number of distributions that the package requires."""
    return int(validating.evidence.get("requirements", 0)) if validating else 0


def of_report(report: Report) -> Facts:
    """The facts of a report about a live tool."""
    tool = report.tool
    release = tool.releases.filter(version=report.version).first() or tool.latest
    security = getattr(release, "security", None)
    return Facts(
        findings=security.found() if security else (),
        undeclared=(),
        is_native=bool(release and not release.is_pure),
        dependencies=release.dependencies.count() if release else 0,
        record=record_of(tool.namespace),
        open_reports=max(0, open_reports(tool.distribution) - 1),
        reported_for=report.reason,
        downloads_30d=tool.downloads_30d,
    )


def open_reports(distribution: str) -> int:
    """Open reports about a tool, from different accounts."""
    reports = Report.objects.filter(
        tool__distribution=distribution, case__closed_at__isnull=True, case__isnull=False
    )
    return reports.values("reporter").distinct().count()
