"""The front door: take an upload, or say at once and exactly why not."""

from __future__ import annotations

import hmac
import re
import uuid

from django.db import IntegrityError, transaction

from accounts.models import ApiToken, User
from accounts.policies import check_publish_in, check_token_covers
from catalog.models import Release
from core import audit
from core.errors import Conflict, DomainError, Invalid
from core.store import private_store
from lumos.package.findings import Finding, PackageRefused
from lumos.package.masking import Masker
from lumos.package.wheel import Wheel, read_wheel
from publishing.models import Publication
from publishing.states import IN_FLIGHT, State
from publishing.transitions import enqueue_check
from publishing.upload_quota import check_room
from publishing.uploads import Upload

LONGEST_KEY = 128
RAISE_IT = "Raise the version in pyproject.toml, build again and publish that."
_SHA256 = re.compile(r"[0-9a-f]{64}")


def receive(
    *,
    by: User,
    upload: Upload,
    token: ApiToken | None = None,
    notes: str = "",
    dry_run: bool = False,
    expected_sha256: str = "",
    idempotency_key: str = "",
) -> tuple[Publication, bool]:
    """Begin a publication; returns it and whether it is new.

    Raises Invalid with every finding for a package that breaks a rule, Forbidden for somebody
    else's namespace, Conflict where the version is taken. The wheel's bytes are stored before the
    row, under a key of their own, so that whoever loses a race leaves nothing behind.
    """
    _check_key(idempotency_key)
    _check_digest(upload, expected_sha256)
    wheel = _read(upload)
    namespace = check_publish_in(by, wheel.tool.namespace)
    check_token_covers(token, str(wheel.tool))
    if known := _same_again(by, upload, idempotency_key, dry_run=dry_run):
        return known, False
    publication = Publication(
        id=uuid.uuid4(),
        uploader=by,
        namespace=namespace,
        name=wheel.tool.name,
        distribution=wheel.tool.distribution,
        version=str(wheel.version),
        filename=wheel.filename,
        sha256=upload.sha256,
        size=upload.size,
        dry_run=dry_run,
        notes=notes,
        idempotency_key=idempotency_key,
    )
    _check_not_released(publication)
    check_room(by, upload.size)
    with upload.path.open("rb") as stream:
        private_store().put(publication.upload_key, stream)
    try:
        _begin(publication, by)
    except IntegrityError:
        private_store().delete(publication.upload_key)
        if known := _same_again(by, upload, idempotency_key, dry_run=dry_run):
            return known, False
        raise _version_taken(publication) from None
    return publication, True


def _begin(publication: Publication, by: User) -> None:
    with transaction.atomic():
        publication.save(force_insert=True)
        audit.record(
            by=by,
            action="publication.receive",
            target=publication.tool_name,
            version=publication.version,
            sha256=publication.sha256,
            dry_run=publication.dry_run,
        )
        enqueue_check(publication, "publish")


def _check_key(key: str) -> None:
    if len(key) > LONGEST_KEY:
        raise Invalid(
            "idempotency_key",
            f"The Idempotency-Key is longer than {LONGEST_KEY} characters.",
            suggestion="Use a UUID.",
        )


def _check_digest(upload: Upload, expected: str) -> None:
    if not expected:
        return
    if not _SHA256.fullmatch(expected):
        raise Invalid(
            "digest_invalid",
            "The given SHA-256 is not 64 lower-case hex digits.",
            suggestion="Send the output of `sha256sum`, or leave the header out.",
        )
    if not hmac.compare_digest(expected, upload.sha256):
        raise Invalid(
            "digest_mismatch",
            "The bytes that arrived do not have the SHA-256 that was announced, so they "
            "were damaged on the way.",
            suggestion="Send it again.",
            extra={"received_sha256": upload.sha256},
        )


def _read(upload: Upload) -> Wheel:
    try:
        return read_wheel(upload.path, filename=upload.filename)
    except PackageRefused as refused:
        raise package_refused(refused.findings) from None


def package_refused(findings: tuple[Finding, ...]) -> DomainError:
    """The refusal of a package, with every finding; no secret of the package is in it."""
    findings = tuple(Masker().finding(finding) for finding in findings)
    first = findings[0]
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return Invalid(
        "package_refused",
        f"{first.message}{more}",
        suggestion=first.fix,
        extra={
            "docs_url": first.docs_url,
            "rule": first.rule,
            "findings": list(findings),
        },
    )


def _same_again(
    by: User, upload: Upload, idempotency_key: str, *, dry_run: bool
) -> Publication | None:
    if idempotency_key:
        mine = Publication.objects.filter(uploader=by, idempotency_key=idempotency_key).first()
        if mine is not None and (mine.sha256, mine.dry_run) != (upload.sha256, dry_run):
            raise Invalid(
                "idempotency_key_reused",
                "This Idempotency-Key was used for another wheel, or for a dry run.",
                suggestion="Use a new key for a new upload.",
            )
        if mine is not None:
            return mine
    waiting = IN_FLIGHT if dry_run else (*IN_FLIGHT, State.HELD)
    same = Publication.objects.visible_to(by).filter(
        sha256=upload.sha256, filename=upload.filename, dry_run=dry_run, state__in=waiting
    )
    return same.first()


def _check_not_released(publication: Publication) -> None:
    release = Release.objects.filter(
        tool__distribution=publication.distribution, version=publication.version
    ).first()
    if release is not None:
        raise _already_released(release, same=release.sha256 == publication.sha256)


def _version_taken(publication: Publication) -> Conflict:
    holder = Publication.objects.reserving(publication.distribution, publication.version).first()
    if holder is not None and holder.release is not None:
        return _already_released(holder.release, same=holder.sha256 == publication.sha256)
    name, version = publication.tool_name, publication.version
    return Conflict(
        "version_in_flight",
        f"{name} {version} is being published by another upload with different bytes.",
        suggestion="Wait for its verdict: if it is rejected, the version is free again. Or raise "
        "the version.",
        extra={
            "publication_url": holder.get_absolute_url() if holder else None,
            "publication": str(holder.pk) if holder else None,
        },
    )


def _already_released(release: Release, *, same: bool) -> Conflict:
    if release.deleted_at:
        return Conflict(
            "version_exists",
            f"{release.tool.full_name} {release.version} was published and deleted on "
            f"{release.deleted_at:%Y-%m-%d %H:%M} UTC, and a version is used once: who had it "
            "would meet other bytes under its name.",
            suggestion=RAISE_IT,
        )
    bytes_said = "with these very bytes" if same else "with other bytes"
    return Conflict(
        "version_exists",
        f"{release.tool.full_name} {release.version} was published {bytes_said} on "
        f"{release.published_at:%Y-%m-%d %H:%M} UTC, and a release never changes.",
        suggestion=f"Nothing is left to do. For a change: {RAISE_IT}" if same else RAISE_IT,
        extra={
            "release_url": release.get_absolute_url(),
            "api_url": f"/api/v1/tools/{release.tool.full_name}/releases/{release.version}",
            "sha256": release.sha256,
        },
    )
