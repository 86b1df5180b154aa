"""Releases: one version of a tool with its yanks, functions and requirements."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from catalog.models.tools import Tool
from lumos.package.keys import wheel_key
from lumos.package.manifest.permissions import Permissions


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Named filters over releases."""

    def live(self) -> ReleaseQuerySet:
        """Releases that can be downloaded (yanked ones can)."""
        return self.filter(quarantined_at__isnull=True, deleted_at__isnull=True)

    def yanked(self) -> ReleaseQuerySet:
        """Releases with an open yank."""
        return self.filter(yanks__undone_at__isnull=True, yanks__isnull=False)

    def chosen(self) -> ReleaseQuerySet:
        """Releases that a resolver may choose: live and not yanked."""
        return self.live().exclude(pk__in=Release.objects.yanked().values("pk"))

    def newest_first(self) -> ReleaseQuerySet:
        """Newest version first, by SemVer precedence."""
        return self.order_by("-sort_key")


class Release(models.Model):
    """One version of a tool: immutable except for its yanks, quarantine and deletion."""

    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="releases")
    version = models.CharField(max_length=64)
    sort_key = models.CharField(max_length=64)  # sorts like SemVer
    is_prerelease = models.BooleanField()
    publisher = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="releases"
    )
    published_at = models.DateTimeField(default=timezone.now, db_index=True)
    notes = models.TextField(blank=True, default="")

    # The artifact.
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    unpacked_size = models.PositiveBigIntegerField()
    metadata_sha256 = models.CharField(max_length=64)
    metadata_text = models.TextField()  # the wheel's METADATA, unchanged (PEP 658)

    # From the wheel's metadata and manifest.
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=512)
    category = models.CharField(max_length=16)
    license = models.CharField(max_length=200)
    requires_python = models.CharField(max_length=120, blank=True, default="")
    readme = models.TextField(blank=True, default="")
    readme_html = models.TextField(blank=True, default="")  # sanitized at go-live
    changelog_html = models.TextField(blank=True, default="")
    authors = models.JSONField(default=list, blank=True)  # [{"name", "email"}]
    urls = models.JSONField(default=dict, blank=True)  # {label: address}
    keywords = models.JSONField(default=list, blank=True)
    permissions = models.JSONField(default=list, blank=True)  # ["network:api.example.org"]
    permissions_found = models.JSONField(null=True)  # by the scan of its code; null: not scanned
    #: Whether the code of its dependencies was scanned as well; true if there are none.
    permissions_seen = models.JSONField(
        null=True
    )  # by the sandbox, while it ran; null: did not run
    dependencies_checked = models.BooleanField(default=False)
    settings = models.JSONField(default=list, blank=True)  # [{"name","description","required",…}]
    functions_digest = models.CharField(max_length=80)
    is_pure = models.BooleanField(default=True)

    quarantined_at = models.DateTimeField(null=True, blank=True)
    quarantine_reason = models.CharField(max_length=500, blank=True, default="")
    deleted_at = models.DateTimeField(null=True, blank=True)

    #: The API's answer for this release, as JSON text (catalog.render).
    document = models.TextField(blank=True, default="")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tool", "version"], name="release_version_once"),
            models.UniqueConstraint(fields=["filename"], name="release_filename_once"),
            models.CheckConstraint(
                condition=Q(quarantined_at__isnull=True, quarantine_reason="")
                | Q(quarantined_at__isnull=False) & ~Q(quarantine_reason=""),
                name="release_quarantine_has_reason",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tool", "-sort_key"])]

    def __str__(self) -> str:
        return f"{self.tool.full_name} {self.version}"

    @property
    def needs(self) -> Permissions:
        """The declared permissions, those found in the code, and those seen at run time."""
        detected, seen = self.permissions_found, self.permissions_seen
        return Permissions(
            declared=tuple(self.permissions),
            found=None if detected is None else tuple(detected),
            dependencies_checked=self.dependencies_checked,
            seen=None if seen is None else tuple(seen),
        )

    @property
    def file_key(self) -> str:
        """The wheel's key in the public store."""
        return wheel_key(self.sha256, self.filename)

    @property
    def current_yank(self) -> Yank | None:
        """The open yank, if any; uses prefetched yanks."""
        return next((yank for yank in self.yanks.all() if yank.undone_at is None), None)

    @property
    def is_yanked(self) -> bool:
        """Whether resolvers skip it."""
        return self.current_yank is not None

    def get_absolute_url(self) -> str:
        """The release's page."""
        return f"{self.tool.get_absolute_url()}{self.version}/"


class Yank(models.Model):
    """A yank of a release, with its reason and, if it was undone, the time of that."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="yanks")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["release"], condition=Q(undone_at__isnull=True), name="yank_open_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="yank_has_reason"),
        ]

    def __str__(self) -> str:
        return f"yank of {self.release_id}: {self.reason}"


class Function(models.Model):
    """A function of a release, which agents can call."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="functions")
    name = models.CharField(max_length=64)
    entry = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    input_schema = models.JSONField()
    output_schema = models.JSONField()
    hints = models.JSONField(default=dict)
    wrapped = models.BooleanField(default=False)  # MCP wraps its value as {"result": …}
    #: [{"title","input","output"?,"output_schema"?,"offline"}]
    examples = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "name"], name="function_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class Dependency(models.Model):
    """A requirement of a release: another tool, or a Python distribution from another index."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="dependencies")
    #: Set if the distribution was a tool here when the release went live.
    tool = models.ForeignKey(Tool, null=True, on_delete=models.PROTECT, related_name="dependents")
    distribution = models.CharField(max_length=128)
    specifier = models.CharField(max_length=200, blank=True, default="")
    requirement = models.CharField(max_length=400)  # as written

    class Meta:
        ordering: ClassVar = ["distribution"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "requirement"], name="dependency_once")
        ]

    def __str__(self) -> str:
        return self.requirement
