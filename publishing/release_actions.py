"""The verbs on what is live: yank, delete, deprecate, quarantine, and how each is undone.

Each is one transaction with its audit row, and brings registry and index to what it decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone
from packaging.specifiers import SpecifierSet

from accounts.models import ApiToken, User
from catalog import latest, render
from catalog.models import Dependency, Release, Tool, ToolStatus, Yank
from catalog.queries import live_tool
from core import audit
from core.errors import Conflict, Invalid
from core.jobs import enqueue
from lumos.package.names.tools import InvalidName, ToolName
from lumos.package.text import legible
from lumos.package.versions import Version
from publishing import followups
from publishing.policies import check_moderator, check_publisher

#: So long after going live a release can be deleted: hardly anybody relies on it yet.
DELETABLE = dt.timedelta(hours=72)
LONGEST_REASON = 500
OPEN = (ToolStatus.ACTIVE, ToolStatus.DEPRECATED)


def yank(*, by: User, release: Release, reason: str, token: ApiToken | None = None) -> None:
    """Take a release out of what resolvers choose; who has it locked can still install it."""
    check_publisher(by, release.tool, token)
    said = _reason(reason)
    try:
        with _changing(release.tool, by, "release.yank", release, reason=said):
            Yank.objects.create(release=release, by=by, reason=said)
    except IntegrityError:
        raise Conflict(
            "already_yanked",
            f"{release} is yanked already.",
            suggestion="Unyank it first to give another reason.",
        ) from None


def unyank(*, by: User, release: Release, token: ApiToken | None = None) -> None:
    """Undo a yank; the row with its reason stays in the history."""
    check_publisher(by, release.tool, token)
    with _changing(release.tool, by, "release.unyank", release):
        _changed(
            Yank.objects.filter(release=release, undone_at__isnull=True).update(
                undone_at=timezone.now(), undone_by=by
            ),
            "not_yanked",
            f"{release} is not yanked.",
        )


def delete(*, by: User, release: Release, token: ApiToken | None = None) -> None:
    """Remove a young release that nothing needs; its version is never free again."""
    check_publisher(by, release.tool, token)
    with _changing(release.tool, by, "release.delete", release, sha256=release.sha256):
        followups.withdraw_after_commit(release.tool)
        _check_deletable(release)
        _changed(
            Release.objects.filter(pk=release.pk, deleted_at__isnull=True).update(
                deleted_at=timezone.now()
            ),
            "already_hidden",
            f"{release} is deleted already.",
        )


def deprecate(
    *,
    by: User,
    tool: Tool,
    reason: str,
    successor: Tool | None = None,
    token: ApiToken | None = None,
) -> None:
    """Tell everybody to use something else; what is installed goes on working."""
    check_publisher(by, tool, token)
    said = _reason(reason)
    if successor is not None and successor.pk == tool.pk:
        raise _no_successor(f"{tool.full_name} cannot be its own successor.")
    instead = successor.full_name if successor else ""
    with _changing(tool, by, "tool.deprecate", reason=said, successor=instead):
        _changed(
            Tool.objects.filter(pk=tool.pk, status__in=OPEN).update(
                status=ToolStatus.DEPRECATED, deprecation=said, successor=successor
            ),
            "already_hidden",
            f"{tool.full_name} is hidden, so nobody would read it.",
        )


def undeprecate(*, by: User, tool: Tool, token: ApiToken | None = None) -> None:
    """Take the deprecation back."""
    check_publisher(by, tool, token)
    with _changing(tool, by, "tool.undeprecate"):
        _changed(
            Tool.objects.filter(pk=tool.pk, status=ToolStatus.DEPRECATED).update(
                status=ToolStatus.ACTIVE, deprecation="", successor=None
            ),
            "not_deprecated",
            f"{tool.full_name} is not deprecated.",
        )


def quarantine(*, by: User, tool: Tool, reason: str) -> None:
    """A moderator hides a tool: nobody finds it, and not even a locked install gets it."""
    check_moderator(by)
    said = _reason(reason)
    with _changing(tool, by, "tool.quarantine", reason=said):
        followups.withdraw_after_commit(tool)
        _changed(
            Tool.objects.filter(pk=tool.pk, status__in=OPEN).update(status=ToolStatus.QUARANTINED),
            "already_hidden",
            f"{tool.full_name} is hidden already.",
        )
        enqueue("publishing.mail_quarantine", tool.pk, said, queue="mail")


def end_quarantine(*, by: User, tool: Tool) -> None:
    """A moderator shows a tool again, as it was."""
    check_moderator(by)
    before = ToolStatus.DEPRECATED if tool.deprecation else ToolStatus.ACTIVE
    with _changing(tool, by, "tool.end-quarantine"):
        _changed(
            Tool.objects.filter(pk=tool.pk, status=ToolStatus.QUARANTINED).update(status=before),
            "not_quarantined",
            f"{tool.full_name} is not in quarantine.",
        )


def quarantine_release(*, by: User, release: Release, reason: str) -> None:
    """A moderator takes one release away; the tool's others stay."""
    check_moderator(by)
    said = _reason(reason)
    with _changing(release.tool, by, "release.quarantine", release, reason=said):
        followups.withdraw_after_commit(release.tool)
        live = Release.objects.live().filter(pk=release.pk)
        _changed(
            live.update(quarantined_at=timezone.now(), quarantine_reason=said),
            "already_hidden",
            f"{release} is hidden already.",
        )
        enqueue("publishing.mail_quarantine", release.tool_id, said, release.version, queue="mail")


def end_release_quarantine(*, by: User, release: Release) -> None:
    """A moderator gives a release back."""
    check_moderator(by)
    with _changing(release.tool, by, "release.end-quarantine", release):
        _changed(
            Release.objects.filter(pk=release.pk, quarantined_at__isnull=False).update(
                quarantined_at=None, quarantine_reason=""
            ),
            "not_quarantined",
            f"{release} is not in quarantine.",
        )


@contextmanager
def _changing(
    tool: Tool, by: User, action: str, release: Release | None = None, **data: str
) -> Iterator[None]:
    """Around a change: the tool's lock, then what is rendered, the audit row, the follow-ups."""
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


def _reason(text: str) -> str:
    said = legible(text)[:LONGEST_REASON]
    if not said:
        raise Invalid(
            "reason_missing",
            "This needs a reason.",
            suggestion="Say in a sentence what is wrong; everyone who meets it reads that.",
        )
    return said


def successor_named(text: str) -> Tool | None:
    """The tool that is to be used instead, None for no name.

    Raises Invalid for what is no name and NotFound for a tool that nobody may see.
    """
    if not text:
        return None
    try:
        name = ToolName.parse(text)
    except InvalidName as error:
        raise _no_successor(str(error)) from None
    return live_tool(name.namespace, name.name)


def _no_successor(detail: str) -> Invalid:
    return Invalid(
        "successor_invalid", detail, suggestion="Name another tool as namespace/name, or none."
    )


def _changed(rows: int, code: str, otherwise: str) -> None:
    """Raises Conflict where the update met no row: it is so already."""
    if not rows:
        raise Conflict(code, otherwise, suggestion="Nothing is left to do.")


def _check_deletable(release: Release) -> None:
    age = timezone.now() - release.published_at
    instead = "Yank it: nobody new gets it, and those who have it locked keep it."
    if age > DELETABLE:
        raise Conflict(
            "too_old_to_delete",
            f"{release} went live {age.days} days ago, and a release can be deleted in its first "
            "72 hours only: others may rely on it since.",
            suggestion=instead,
        )
    if names := _dependents(release):
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        raise Conflict(
            "has_dependents",
            f"{release} is what {shown} may need.",
            suggestion=instead,
        )


def _dependents(release: Release) -> list[str]:
    """Live releases of other tools whose range admits this version."""
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
