"""Actions on live tools and releases: yank, delete, deprecate, quarantine, and their undoing.

Each runs in one transaction with its audit row, and enqueues the update of registry and index.
Unless stated otherwise, they raise Forbidden, and Conflict if nothing would change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from packaging.specifiers import SpecifierSet

from accounts.models import ApiToken, User
from catalog import latest, render
from catalog.models import Dependency, Release, Tool, ToolStatus, Yank
from catalog.queries import live_tool
from core import audit
from core.errors import Conflict, Invalid
from core.jobs import enqueue
from lumos.package.names.tools import InvalidName, ToolName
from lumos.package.versions import Version
from publishing import followups
from publishing.policies import check_moderator, check_publisher, required_reason

#: How long after publishing a release can be deleted, while few depend on it.
DELETABLE = dt.timedelta(hours=72)
OPEN = (ToolStatus.ACTIVE, ToolStatus.DEPRECATED)


def yank(*, by: User, release: Release, reason: str, token: ApiToken | None = None) -> None:
    """Hide a release from resolvers; installs from a lock file still work."""
    check_publisher(by, release.tool, token)
    reason = required_reason(reason)
    try:
        with _changing(release.tool, by, "release.yank", release, reason=reason):
            Yank.objects.create(release=release, by=by, reason=reason)
    except IntegrityError:
        raise Conflict(
            "already_yanked",
            _("%(release)s is already yanked.") % {"release": release},
            suggestion=_("To change the reason, unyank it first."),
        ) from None


def unyank(*, by: User, release: Release, token: ApiToken | None = None) -> None:
    """Undo a yank; its row with the reason is kept."""
    check_publisher(by, release.tool, token)
    with _changing(release.tool, by, "release.unyank", release):
        _check_changed(
            Yank.objects.filter(release=release, undone_at__isnull=True).update(
                undone_at=timezone.now(), undone_by=by
            ),
            "not_yanked",
            _("%(release)s is not yanked.") % {"release": release},
        )


def delete(*, by: User, release: Release, token: ApiToken | None = None) -> None:
    """Delete a release of less than 72 hours without dependents; its version stays used."""
    check_publisher(by, release.tool, token)
    with _changing(release.tool, by, "release.delete", release, sha256=release.sha256):
        followups.withdraw_after_commit(release.tool)
        _check_deletable(release)
        _check_changed(
            Release.objects.filter(pk=release.pk, deleted_at__isnull=True).update(
                deleted_at=timezone.now()
            ),
            "already_hidden",
            _("%(release)s is already deleted.") % {"release": release},
        )


def deprecate(
    *,
    by: User,
    tool: Tool,
    reason: str,
    successor: Tool | None = None,
    token: ApiToken | None = None,
) -> None:
    """Mark a tool as deprecated; it can still be installed."""
    check_publisher(by, tool, token)
    reason = required_reason(reason)
    if successor is not None and successor.pk == tool.pk:
        raise _invalid_successor(
            _("%(tool)s can't be its own successor.") % {"tool": tool.full_name}
        )
    instead = successor.full_name if successor else ""
    with _changing(tool, by, "tool.deprecate", reason=reason, successor=instead):
        _check_changed(
            Tool.objects.filter(pk=tool.pk, status__in=OPEN).update(
                status=ToolStatus.DEPRECATED, deprecation=reason, successor=successor
            ),
            "already_hidden",
            _("%(tool)s is hidden, so it can't be deprecated.") % {"tool": tool.full_name},
        )


def undeprecate(*, by: User, tool: Tool, token: ApiToken | None = None) -> None:
    """Undo a deprecation."""
    check_publisher(by, tool, token)
    with _changing(tool, by, "tool.undeprecate"):
        _check_changed(
            Tool.objects.filter(pk=tool.pk, status=ToolStatus.DEPRECATED).update(
                status=ToolStatus.ACTIVE, deprecation="", successor=None
            ),
            "not_deprecated",
            _("%(tool)s is not deprecated.") % {"tool": tool.full_name},
        )


def quarantine(*, by: User, tool: Tool, reason: str) -> None:
    """Hide a tool and its files, so that nobody can find or install it; for moderators."""
    check_moderator(by)
    reason = required_reason(reason)
    with _changing(tool, by, "tool.quarantine", reason=reason):
        followups.withdraw_after_commit(tool)
        _check_changed(
            Tool.objects.filter(pk=tool.pk, status__in=OPEN).update(status=ToolStatus.QUARANTINED),
            "already_hidden",
            _("%(tool)s is already hidden.") % {"tool": tool.full_name},
        )
        enqueue("publishing.mail_quarantine", tool.pk, reason, queue="mail")


def end_quarantine(*, by: User, tool: Tool) -> None:
    """Make a quarantined tool available again, deprecated if it was; for moderators."""
    check_moderator(by)
    before = ToolStatus.DEPRECATED if tool.deprecation else ToolStatus.ACTIVE
    with _changing(tool, by, "tool.end-quarantine"):
        _check_changed(
            Tool.objects.filter(pk=tool.pk, status=ToolStatus.QUARANTINED).update(status=before),
            "not_quarantined",
            _("%(tool)s is not quarantined.") % {"tool": tool.full_name},
        )


def quarantine_release(*, by: User, release: Release, reason: str) -> None:
    """Hide one release and its file; for moderators."""
    check_moderator(by)
    reason = required_reason(reason)
    with _changing(release.tool, by, "release.quarantine", release, reason=reason):
        followups.withdraw_after_commit(release.tool)
        live = Release.objects.live().filter(pk=release.pk)
        _check_changed(
            live.update(quarantined_at=timezone.now(), quarantine_reason=reason),
            "already_hidden",
            _("%(release)s is already hidden.") % {"release": release},
        )
        enqueue(
            "publishing.mail_quarantine", release.tool_id, reason, release.version, queue="mail"
        )


def end_release_quarantine(*, by: User, release: Release) -> None:
    """Make a quarantined release available again; for moderators."""
    check_moderator(by)
    with _changing(release.tool, by, "release.end-quarantine", release):
        _check_changed(
            Release.objects.filter(pk=release.pk, quarantined_at__isnull=False).update(
                quarantined_at=None, quarantine_reason=""
            ),
            "not_quarantined",
            _("%(release)s is not quarantined.") % {"release": release},
        )


@contextmanager
def _changing(
    tool: Tool, by: User, action: str, release: Release | None = None, **data: str
) -> Iterator[None]:
    """Lock the tool for a change; afterwards render, write the audit row and enqueue jobs."""
    with transaction.atomic():
        locked = Tool.objects.select_for_update().get(pk=tool.pk)
        yield
        locked.refresh_from_db()
        if release is not None:
            render.refresh_release(release.pk)
            data["version"] = release.version
        latest.choose(locked)
        audit.record(by=by, action=action, target=tool.full_name, **data)
        followups.after_change(locked)


def successor_named(text: str) -> Tool | None:
    """The tool named as successor; None if ``text`` is empty.

    Raises Invalid for an invalid name and NotFound for a tool that is not live.
    """
    if not text:
        return None
    try:
        name = ToolName.parse(text)
    except InvalidName as error:
        raise _invalid_successor(str(error)) from None
    return live_tool(name.namespace, name.name)


def _invalid_successor(detail: str) -> Invalid:
    return Invalid(
        "successor_invalid",
        detail,
        suggestion=_("Enter another tool as namespace/name, or leave it empty."),
    )


def _check_changed(rows: int, code: str, detail: str) -> None:
    """Raises Conflict if the update changed no row."""
    if not rows:
        raise Conflict(code, detail, suggestion=_("You don't have to do anything."))


def _check_deletable(release: Release) -> None:
    age = timezone.now() - release.published_at
    instead = _("Yank it instead. New installs skip it, and lock files keep working.")
    if age > DELETABLE:
        raise Conflict(
            "too_old_to_delete",
            _(
                "%(release)s was published %(days)s days ago. You can delete a release only within "
                "72 hours, because others may depend on it."
            )
            % {"release": release, "days": age.days},
            suggestion=instead,
        )
    if names := _dependents(release):
        shown = ", ".join(names[:5])
        if len(names) > 5:
            shown += _(" and %(count)s more") % {"count": len(names) - 5}
        raise Conflict(
            "has_dependents",
            _("%(dependents)s may depend on %(release)s.")
            % {"dependents": shown, "release": release},
            suggestion=instead,
        )


def _dependents(release: Release) -> list[str]:
    """Live releases of other tools whose version range includes this release."""
    version = Version.parse(release.version).pep440
    rows = Dependency.objects.filter(
        tool=release.tool_id,
        release__deleted_at__isnull=True,
        release__quarantined_at__isnull=True,
    ).exclude(release__tool=release.tool_id)
    return sorted(
        str(row.release)
        for row in rows.select_related("release__tool__namespace")
        if SpecifierSet(row.specifier).contains(version, prereleases=True)
    )
