"""Accept an upload, or reject it at once with all findings."""

from __future__ import annotations

import datetime as dt
import hmac
import re
import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
from publishing.upload_quota import check_quota
from publishing.uploads import Upload

MAX_KEY_LENGTH = 128
RAISE_VERSION = gettext_lazy("Raise the version in pyproject.toml, build again and publish.")
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
    """Start a publication; returns it, and whether it is new or the same upload was known.

    Raises Invalid with all findings if the package is invalid, Forbidden for a namespace of
    another user, Conflict if the version is taken, and TooMany over the account's limits. The
    wheel is stored before the row, under a unique key, and deleted if another upload was faster.
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
    check_quota(by, upload.size)
    with upload.path.open("rb") as stream:
        private_store().put(publication.upload_key, stream)
    try:
        _insert(publication, by)
    except IntegrityError:
        private_store().delete(publication.upload_key)
        if known := _same_again(by, upload, idempotency_key, dry_run=dry_run):
            return known, False
        raise _version_taken(publication) from None
    return publication, True


def _insert(publication: Publication, by: User) -> None:
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
    if len(key) > MAX_KEY_LENGTH:
        raise Invalid(
            "idempotency_key",
            _("The Idempotency-Key is longer than %(limit)s characters.")
            % {"limit": MAX_KEY_LENGTH},
            suggestion=_("Use a UUID."),
        )


def _check_digest(upload: Upload, expected: str) -> None:
    if not expected:
        return
    if not _SHA256.fullmatch(expected):
        raise Invalid(
            "digest_invalid",
            _("The SHA-256 must have 64 lowercase hex digits."),
            suggestion=_("Send the output of `sha256sum`, or omit it."),
        )
    if not hmac.compare_digest(expected, upload.sha256):
        raise Invalid(
            "digest_mismatch",
            _("The upload doesn't match its SHA-256, so it was damaged in transit."),
            suggestion=_("Upload it again."),
            extra={"received_sha256": upload.sha256},
        )


def _read(upload: Upload) -> Wheel:
    try:
        return read_wheel(upload.path, filename=upload.filename)
    except PackageRefused as refused:
        raise package_refused(refused.findings) from None


def package_refused(findings: tuple[Finding, ...]) -> DomainError:
    """The error for an invalid package, with all findings and secrets masked."""
    findings = tuple(Masker().finding(finding) for finding in findings)
    first = findings[0]
    more = _(" (and %(count)s more)") % {"count": len(findings) - 1} if len(findings) > 1 else ""
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
                _("This Idempotency-Key was used for another wheel, or for a dry run."),
                suggestion=_("Use a new key for each new upload."),
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
        _("Another upload with different contents is publishing %(tool)s %(version)s.")
        % {"tool": name, "version": version},
        suggestion=_(
            "Wait for its result; if it is rejected, you can use the version. Or raise the version."
        ),
        extra={
            "publication_url": holder.get_absolute_url() if holder else None,
            "publication": str(holder.pk) if holder else None,
        },
    )


def _already_released(release: Release, *, same: bool) -> Conflict:
    if release.deleted_at:
        return Conflict(
            "version_exists",
            _(
                "%(tool)s %(version)s was published and deleted on %(time)s UTC. A version can't "
                "be used again."
            )
            % _naming(release, release.deleted_at),
            suggestion=str(RAISE_VERSION),
        )
    if same:
        detail = _(
            "%(tool)s %(version)s was already published with the same contents on %(time)s UTC."
        )
        suggestion = _("You don't have to do anything. To publish a change, raise the version.")
    else:
        detail = _(
            "%(tool)s %(version)s was published with other contents on %(time)s UTC. A release "
            "can't be changed."
        )
        suggestion = str(RAISE_VERSION)
    return Conflict(
        "version_exists",
        detail % _naming(release, release.published_at),
        suggestion=suggestion,
        extra={
            "release_url": release.get_absolute_url(),
            "api_url": f"/api/v1/tools/{release.tool.full_name}/releases/{release.version}",
            "sha256": release.sha256,
        },
    )


def _naming(release: Release, time: dt.datetime) -> dict[str, str]:
    tool, version = release.tool.full_name, release.version
    return {"tool": tool, "version": version, "time": f"{time:%Y-%m-%d %H:%M}"}
