"""Publish a release: store the file, then write all rows in one transaction."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from packaging.requirements import Requirement

from catalog import latest, render
from catalog.markdown import render_readme
from catalog.models import Dependency, Function, QualityReport, Release, SecurityReport, Tool
from catalog.versions import sort_key
from core import audit
from lumos.package.findings import PackageRefused
from lumos.package.functions import functions_digest
from lumos.package.manifest.examples import MISSING, Example
from lumos.package.names.tools import canonical
from lumos.package.wheel import Wheel
from publishing import dependencies, followups
from publishing.models import Check, Publication
from publishing.states import State
from publishing.transitions import move
from registry.actions import publish_file

CHANGELOG_NAMES = ("changelog.md", "changes.md", "history.md")


def put_file(wheel: Wheel, path: Path) -> None:
    """Store the wheel and its metadata in the registry, before the release's rows exist.

    Clients cannot find the file until the index lists it. If publishing fails, the repair job
    deletes it.
    """
    publish_file(
        filename=wheel.filename, sha256=wheel.sha256, source=path, metadata=wheel.metadata_bytes
    )


def go_live(
    publication: Publication, wheel: Wheel, values: dict[str, Any] | None = None
) -> Release:
    """Write the release, its functions, dependencies and reports.

    Raises Superseded if another worker has moved the publication on, and PackageRefused if a
    dependency was withdrawn since the checks. A caller with an open transaction should compute
    ``values`` with :func:`release_values` before, because rendering a README is slow.
    """
    values = values or release_values(publication, wheel)
    with transaction.atomic():
        tool = _tool(publication, wheel)
        if missing := [*dependencies.problems(wheel)]:
            raise PackageRefused(missing)
        release = Release.objects.create(tool=tool, publisher=publication.uploader, **values)
        move(publication, State.PUBLISHED, release=release, finished_at=timezone.now())
        Function.objects.bulk_create(_functions(release, wheel))
        Dependency.objects.bulk_create(_dependencies(release, wheel))
        _reports(release, publication)
        render.refresh_release(release.pk)
        latest.choose(tool)
        audit.record(
            by=publication.uploader,
            action="release.publish",
            target=tool.full_name,
            version=release.version,
            sha256=release.sha256,
            publication=str(publication.pk),
        )
        followups.after_release(tool, publication)
    return release


def _tool(publication: Publication, wheel: Wheel) -> Tool:
    """Get or create the tool's row and lock it, together with the tools that it depends on.

    The locks prevent a dependency from being deleted before the commit. Rows are locked in the
    order of their ids, so that two tools that depend on each other cannot deadlock.
    """
    tool, _ = Tool.objects.get_or_create(
        namespace=publication.namespace,
        name=publication.name,
        defaults={
            "distribution": wheel.tool.distribution,
            "title": wheel.manifest.title,
            "summary": wheel.metadata.summary,
            "category": wheel.manifest.category,
        },
    )
    needed = {canonical(Requirement(text).name) for text in wheel.metadata.requirements}
    rows = Tool.objects.select_for_update(of=("self",)).select_related("namespace")
    locked = rows.filter(distribution__in={tool.distribution, *needed}).order_by("pk")
    return next(row for row in locked if row.pk == tool.pk)


def release_values(publication: Publication, wheel: Wheel) -> dict[str, Any]:
    """The fields of a release that come from the wheel and the publication."""
    metadata, manifest = wheel.metadata, wheel.manifest
    return {
        "version": str(wheel.version),
        "sort_key": sort_key(wheel.version),
        "is_prerelease": wheel.version.is_prerelease,
        "notes": publication.notes,
        "filename": wheel.filename,
        "sha256": wheel.sha256,
        "size": wheel.size,
        "unpacked_size": wheel.unpacked_bytes,
        "metadata_sha256": hashlib.sha256(wheel.metadata_bytes).hexdigest(),
        "metadata_text": wheel.metadata_bytes.decode("utf-8", "replace"),
        "title": manifest.title,
        "summary": metadata.summary,
        "category": manifest.category,
        "license": metadata.license_expression,
        "requires_python": metadata.requires_python,
        "readme": metadata.readme,
        "readme_html": render_readme(metadata.readme),
        "changelog_html": render_readme(changelog_of(wheel)),
        "authors": people(metadata.authors),
        "urls": dict(metadata.urls),
        "keywords": list(metadata.keywords),
        "permissions": [str(permission) for permission in manifest.permissions],
        "permissions_found": found_by_scan(publication),
        "permissions_seen": seen_by_sandbox(publication),
        "dependencies_checked": not metadata.requirements,  # no scan reads dependencies yet
        "settings": [
            {
                "name": setting.name,
                "description": setting.description,
                "required": setting.required,
                "secret": setting.secret,
            }
            for setting in manifest.settings.values()
        ],
        "functions_digest": functions_digest(wheel.functions),
        "is_pure": wheel.is_pure,
    }


def found_by_scan(publication: Publication) -> list[str] | None:
    """The permissions that the scan found in the code; None if it did not run."""
    scan = Check.objects.filter(publication=publication, name=State.SCANNING).first()
    if scan is None or "detected" not in scan.evidence:
        return None
    return list(scan.evidence.get("found", sorted(scan.evidence["detected"])))


def seen_by_sandbox(publication: Publication) -> list[str] | None:
    """The permissions that the tool was seen to need; None if it was not observed."""
    test = Check.objects.filter(publication=publication, name=State.TESTING).first()
    observed = test.evidence.get("observed") if test else None
    return None if observed is None else list(observed["permissions"])


def people(authors: Any) -> list[dict[str, str]]:
    """The authors' names, without their email addresses."""
    return [{"name": str(getattr(author, "name", author))} for author in authors]


def changelog_of(wheel: Wheel) -> str:
    """The text of the changelog file, or ""."""
    for name in wheel.files:
        if name.rpartition("/")[2].lower() in CHANGELOG_NAMES:
            return wheel.archive.read(name).decode("utf-8", "replace")
    return ""


def _functions(release: Release, wheel: Wheel) -> list[Function]:
    entries = wheel.manifest.functions
    return [
        Function(
            release=release,
            name=spec.name,
            entry=entries[spec.name].entry,
            description=spec.description,
            input_schema=spec.input_schema,
            output_schema=spec.output_schema,
            hints=dict(spec.hints),
            wrapped=spec.wrapped,
            examples=[_example(example) for example in entries[spec.name].examples],
        )
        for spec in wheel.functions
    ]


def _example(example: Example) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "title": example.title,
        "input": example.input,
        "offline": example.offline,
        "files": list(example.files),
        "recorded": bool(example.http),
    }
    if example.output is not MISSING:
        shown["output"] = example.output
    if example.output_schema is not None:
        shown["output_schema"] = example.output_schema
    return shown


def _dependencies(release: Release, wheel: Wheel) -> list[Dependency]:
    rows = []
    for text in dict.fromkeys(wheel.metadata.requirements):
        requirement = Requirement(text)
        rows.append(
            Dependency(
                release=release,
                tool=dependencies.tool_named(requirement.name),
                distribution=canonical(requirement.name),
                specifier=str(requirement.specifier),
                requirement=text,
            )
        )
    return rows


def _reports(release: Release, publication: Publication) -> None:
    """Create the quality and security reports from the results of the checks."""
    checks = {check.name: check for check in Check.objects.filter(publication=publication)}
    scan, scoring = checks[State.SCANNING], checks[State.SCORING]
    SecurityReport.objects.create(
        release=release,
        level=scan.evidence["level"],
        score=scan.evidence["score"],
        findings=scan.findings,
        report=scan.evidence,
    )
    quality = scoring.evidence["report"]
    QualityReport.objects.create(
        release=release,
        gate_passed=quality["gate_passed"],
        formula=quality["formula"],
        report=quality,
        measurements=checks[State.TESTING].evidence.get("sandbox"),
        **scoring.evidence["scores"],
    )
