"""What the registry's documents are made of: plain values, read from the catalog in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Prefetch

from catalog.models import Function, Release, ReleaseQuerySet, Tool, ToolStatus
from lumos.package.keys import wheel_key
from lumos.package.manifest.permissions import Permissions
from lumos.package.quality import SCORES
from lumos.package.text import legible

BATCH = 200
#: What a document tells; texts, schemas and reports stay in the database.
_COLUMNS = (
    "tool", "version", "sort_key", "filename", "sha256", "size", "requires_python",
    "metadata_sha256", "published_at", "permissions", "permissions_found", "dependencies_checked",
    "functions_digest", "quarantined_at", "quarantine_reason", "quality__gate_passed",
    *(f"quality__{name}" for name in SCORES),
)  # fmt: skip
_FUNCTIONS = Prefetch("functions", Function.objects.only("release", "name"))


@dataclass(frozen=True, slots=True)
class Mark:
    """Why and since when a release is yanked or quarantined."""

    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Artifact:
    """A wheel as an index page lists it; times are RFC 3339 in UTC, sizes in bytes."""

    filename: str
    sha256: str
    size: int
    version: str  # PEP 440, as the file's name has it
    requires_python: str
    metadata_sha256: str
    uploaded_at: str
    yanked: str | None = None  # the reason

    @property
    def key(self) -> str:
        """Where it lies in the tree."""
        return wheel_key(self.sha256, self.filename)


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A release as the index document tells it."""

    version: str  # SemVer
    artifact: Artifact
    tools: tuple[tuple[str, str], ...]  # (namespace/name, PEP 440 specifier)
    python: tuple[str, ...]  # requirements as written
    permissions: Permissions
    functions: tuple[str, ...]
    functions_digest: str
    scores: Mapping[str, int | None]
    gate_passed: bool
    yanked: Mark | None = None
    quarantined: Mark | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A tool with its releases, newest first; deleted releases are not among them."""

    namespace: str
    name: str
    distribution: str
    title: str
    summary: str
    category: str
    status: str
    deprecation: str
    successor: str | None
    releases: tuple[ReleaseEntry, ...]

    @property
    def is_hidden(self) -> bool:
        """Whether no file may be had."""
        return self.status in (ToolStatus.QUARANTINED, ToolStatus.DELETED)

    @property
    def offered(self) -> tuple[ReleaseEntry, ...]:
        """The releases whose files may be had (yanked ones may)."""
        if self.is_hidden:
            return ()
        return tuple(each for each in self.releases if each.quarantined is None)


def listing(tool: Tool) -> Listing:
    """The tool as the database has it now."""
    return _listing(tool, _listed(tool.releases.all()))


def all_listings() -> Iterator[tuple[int, Listing]]:
    """Every tool's number and listing, read without a lock, many at a time.

    No cursor stays open in between: on SQLite who reads on could not write what is wrong.
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
    deleted = tool.status == ToolStatus.DELETED
    return Listing(
        namespace=tool.namespace.name,
        name=tool.name,
        distribution=tool.distribution,
        title=tool.title,
        summary=tool.summary,
        category=tool.category,
        status=tool.status,
        deprecation=legible(tool.deprecation),
        successor=tool.successor.full_name if tool.successor else None,
        releases=() if deleted else tuple(_entry(release) for release in releases),
    )


def _entry(release: Release) -> ReleaseEntry:
    quality = getattr(release, "quality", None)
    dependencies = release.dependencies.all()
    yank = release.current_yank
    return ReleaseEntry(
        version=release.version,
        artifact=_artifact(release),
        tools=tuple((each.tool.full_name, each.specifier) for each in dependencies if each.tool),
        python=tuple(each.requirement for each in dependencies if not each.tool),
        permissions=release.needs,
        functions=tuple(each.name for each in release.functions.all()),
        functions_digest=release.functions_digest,
        scores=quality.scores() if quality else dict.fromkeys(SCORES),
        gate_passed=bool(quality and quality.gate_passed),
        yanked=Mark(legible(yank.reason), rfc3339(yank.at)) if yank else None,
        quarantined=Mark(legible(release.quarantine_reason), rfc3339(release.quarantined_at))
        if release.quarantined_at
        else None,
    )


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
