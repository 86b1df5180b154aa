"""The values that the registry's documents are built from, read from the catalog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import Prefetch

from catalog.models import Function, Release, ReleaseQuerySet, Tool, ToolStatus
from lumos.package.index import (
    SCHEMA,
    IndexDependencies,
    IndexDocument,
    IndexMark,
    IndexRelease,
    IndexToolDependency,
)
from lumos.package.keys import wheel_key
from lumos.package.quality import SCORES, Scores
from lumos.package.text import legible
from lumos.package.values import build

BATCH = 200
#: The columns that documents need; READMEs, schemas and reports are not loaded.
_COLUMNS = (
    "tool", "version", "sort_key", "filename", "sha256", "size", "requires_python",
    "metadata_sha256", "published_at", "permissions", "permissions_found", "permissions_seen",
    "dependencies_checked", "functions_digest", "urls", "quarantined_at", "quarantine_reason",
    "quality__gate_passed",
    *(f"quality__{name}" for name in SCORES),
)  # fmt: skip
_FUNCTIONS = Prefetch("functions", Function.objects.only("release", "name"))


@dataclass(frozen=True, slots=True)
class Artifact:
    """A wheel as an index page lists it; times are RFC 3339 in UTC, sizes in bytes."""

    filename: str
    sha256: str
    size: int
    version: str  # PEP 440, as in the file name
    requires_python: str
    metadata_sha256: str
    uploaded_at: str
    yanked: str | None = None  # the reason

    @property
    def key(self) -> str:
        """The wheel's key in the store."""
        return wheel_key(self.sha256, self.filename)


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A release: its wheel and its entry in the index document."""

    artifact: Artifact
    index: IndexRelease


@dataclass(frozen=True, slots=True)
class Listing:
    """A tool with its releases, newest first; deleted releases are not among them.

    ``tool`` is the index document without its releases.
    """

    namespace: str
    name: str
    tool: IndexDocument
    releases: tuple[ReleaseEntry, ...]

    @property
    def document(self) -> IndexDocument:
        """The whole index document."""
        return replace(self.tool, releases=tuple(entry.index for entry in self.releases))

    @property
    def is_hidden(self) -> bool:
        """Whether none of its files is available."""
        return self.tool.status in (ToolStatus.QUARANTINED, ToolStatus.DELETED)

    @property
    def offered(self) -> tuple[ReleaseEntry, ...]:
        """The releases whose files are available, including yanked ones."""
        if self.is_hidden:
            return ()
        return tuple(entry for entry in self.releases if entry.index.quarantined is None)


def listing(tool: Tool) -> Listing:
    """Read the tool and its releases from the database."""
    return _listing(tool, _listed(tool.releases.all()))


def all_listings() -> Iterator[tuple[int, Listing]]:
    """Every tool's id and listing, read in batches without a lock.

    No cursor stays open between batches, because an open one would block writes on SQLite.
    """
    with_releases = Prefetch("releases", _listed(Release.objects.all()), to_attr="entries")
    tools = Tool.objects.defer("card", "document").order_by("pk").prefetch_related(with_releases)
    tools = tools.select_related("namespace", "successor__namespace")
    last = 0
    while batch := list(tools.filter(pk__gt=last)[:BATCH]):
        for tool in batch:
            yield tool.pk, _listing(tool, tool.entries)
        last = batch[-1].pk


def _listed(releases: ReleaseQuerySet) -> ReleaseQuerySet:
    return (
        releases.filter(deleted_at__isnull=True)
        .newest_first()
        .select_related("quality")
        .only(*_COLUMNS)
        .prefetch_related("yanks", _FUNCTIONS, "dependencies__tool__namespace")
    )


def _listing(tool: Tool, releases: Iterable[Release]) -> Listing:
    releases = list(releases)
    # The tool's latest release is this row, so that reading it needs no further query.
    for release in releases:
        if release.pk == tool.latest_id:
            tool.latest = release
    deleted = tool.status == ToolStatus.DELETED
    about = build(
        IndexDocument,
        tool,
        schema=SCHEMA,
        tool=tool.full_name,
        deprecation=legible(tool.deprecation) or None,
        successor=tool.successor.full_name if tool.successor else None,
        releases=(),
    )
    entries = () if deleted else tuple(_entry(release) for release in releases)
    return Listing(tool.namespace.name, tool.name, about, entries)


def _entry(release: Release) -> ReleaseEntry:
    quality = getattr(release, "quality", None)
    yank, artifact = release.current_yank, _artifact(release)
    entry = build(
        IndexRelease,
        release,
        file=artifact.filename,
        url=f"../../{artifact.key}",
        uploaded_at=artifact.uploaded_at,
        dependencies=_dependencies(release),
        permissions=release.needs,
        functions=tuple(function.name for function in release.functions.all()),
        scores=quality.scores() if quality else Scores(),
        gate_passed=bool(quality and quality.gate_passed),
        yanked=_mark(yank.reason, yank.at) if yank else None,
        quarantined=_mark(release.quarantine_reason, release.quarantined_at)
        if release.quarantined_at
        else None,
    )
    return ReleaseEntry(artifact, entry)


def _dependencies(release: Release) -> IndexDependencies:
    rows = release.dependencies.all()
    return IndexDependencies(
        tools=tuple(
            IndexToolDependency(tool=row.tool.full_name, specifier=row.specifier)
            for row in rows
            if row.tool
        ),
        python=tuple(row.requirement for row in rows if not row.tool),
    )


def _mark(reason: str, moment: datetime) -> IndexMark:
    return IndexMark(reason=legible(reason), at=rfc3339(moment))


def _artifact(release: Release) -> Artifact:
    yank = release.current_yank
    return Artifact(
        filename=release.filename,
        sha256=release.sha256,
        size=release.size,
        version=release.filename.split("-")[1],
        requires_python=release.requires_python,
        metadata_sha256=release.metadata_sha256,
        uploaded_at=rfc3339(release.published_at),
        yanked=legible(yank.reason) if yank else None,
    )


def rfc3339(moment: datetime) -> str:
    """``2026-11-22T13:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
