"""Notes on findings: the publisher's answer, and a moderator's acceptance."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.policies import check_publish_in, check_token_covers
from core import audit
from core.errors import Invalid, NotFound
from lumos.package.findings import Effect, Finding, Severity
from lumos.package.names.tools import OFFICIAL_NAMESPACE
from lumos.package.text import legible
from publishing.models import FindingNote, Publication
from publishing.policies import check_moderator, required_reason

MAX_ANSWER = 1000


def key_of(finding: Finding | Mapping[str, Any]) -> str:
    """Names a finding within its publication, also after the checks ran again."""
    data = finding.as_dict() if isinstance(finding, Finding) else finding
    place = data.get("line") or data["message"]
    text = f"{data['rule']}|{data.get('file', '')}|{place}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def answer(
    *, by: User, publication: Publication, key: str, text: str, token: ApiToken | None = None
) -> None:
    """Write or replace the publisher's answer to a finding.

    Raises Forbidden for others than its publishers, NotFound for an unknown key and Invalid
    without a text.
    """
    check_publish_in(by, publication.namespace.name)
    check_token_covers(token, publication.tool_name)
    _check_known(publication, key)
    text = legible(text)[:MAX_ANSWER]
    if not text:
        raise Invalid(
            "answer_empty",
            _("The answer is empty."),
            suggestion=_("Explain why the finding is wrong or harmless."),
        )
    with transaction.atomic():
        FindingNote.objects.update_or_create(
            publication=publication,
            key=key,
            defaults={"answer": text, "answered_by": by, "answered_at": timezone.now()},
        )
        _record(by, "finding.answer", publication, key, text=text)


def accept(*, by: User, publication: Publication, key: str, reason: str) -> None:
    """Accept a finding: it then neither holds nor lowers this release; for moderators.

    Takes effect when the checks run again. A finding of an official tool still holds until two
    moderators approve the publication.
    """
    check_moderator(by)
    reason = required_reason(reason)
    _check_known(publication, key)
    with transaction.atomic():
        FindingNote.objects.update_or_create(
            publication=publication,
            key=key,
            defaults={"accepted": reason, "accepted_by": by, "accepted_at": timezone.now()},
        )
        _record(by, "finding.accept", publication, key, reason=reason)


def accepted_keys(publication: Publication) -> dict[str, str]:
    """The accepted findings of a publication: key and the moderator's reason."""
    rows = FindingNote.objects.filter(publication=publication, accepted_at__isnull=False)
    return dict(rows.values_list("key", "accepted"))


def with_acceptances(
    findings: tuple[Finding, ...], accepted: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Findings of which the accepted ones no longer count; they keep their place and text."""
    return tuple(
        replace(
            finding,
            effect=Effect.LOWER,
            severity=Severity.INFO,
            evidence={**finding.evidence, "accepted": accepted[key_of(finding)]},
        )
        if key_of(finding) in accepted
        else finding
        for finding in findings
    )


def is_official(publication: Publication) -> bool:
    """Whether two moderators must approve it."""
    return publication.namespace.name == OFFICIAL_NAMESPACE


def _check_known(publication: Publication, key: str) -> None:
    keys = {key_of(data) for check in publication.checks.all() for data in check.findings}
    if key not in keys:
        raise NotFound(
            "finding_not_found",
            _("This publication has no such finding."),
            suggestion=_("Reload the page: the checks may have run again."),
        )


def _record(by: User, action: str, publication: Publication, key: str, **data: str) -> None:
    rule = next(
        item["rule"]
        for check in publication.checks.all()
        for item in check.findings
        if key_of(item) == key
    )
    audit.record(
        by=by,
        action=action,
        target=publication.tool_name,
        version=publication.version,
        publication=str(publication.pk),
        rule=rule,
        **data,
    )
