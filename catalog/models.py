"""Tools, their releases, and the columns that other apps fill for all to read.

Who writes what: publishing writes tools, releases, functions, dependencies, reports and yanks;
marketplace the ratings; analytics the download figures. Everybody reads.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from accounts.models import Namespace, User
from catalog.categories import CATEGORIES, category_label
from catalog.shapes import QualityDocument
from lumos.package.findings import Finding
from lumos.package.keys import wheel_key
from lumos.package.manifest.permissions import Permissions
from lumos.package.names.tools import OFFICIAL_NAMESPACE, ToolName, fold
from lumos.package.quality import Scores
from lumos.package.values import build, read


class ToolStatus(models.TextChoices):
    """Whether a tool can be found and installed."""

    ACTIVE = "active"
    DEPRECATED = "deprecated"  # installable, with a banner and perhaps a successor
    QUARANTINED = "quarantined"  # hidden and not installable while moderators look
    DELETED = "deleted"


#: Labels of project URLs for funding (PEP 753), in lower case.
FUNDING_LABELS = frozenset({"funding", "sponsor", "sponsors", "donate", "donation"})
#: So many downloads in 30 days make a tool popular.
POPULAR = 1000


class ToolQuerySet(models.QuerySet["Tool"]):
    """Named filters over tools."""

    def live(self) -> ToolQuerySet:
        """Tools that anyone may see: they have a release, and nobody hid them."""
        return self.filter(listed=True)

    def named(self, namespace: str, name: str) -> ToolQuerySet:
        """The tool of that name."""
        return self.filter(namespace__name=namespace, name=name)

    def popular(self) -> ToolQuerySet:
        """Tools that many know by name: the official ones and the much installed."""
        return self.filter(Q(namespace__name=OFFICIAL_NAMESPACE) | Q(downloads_30d__gte=POPULAR))

    def owned_by(self, user: User) -> ToolQuerySet:
        """Tools in the namespaces in which ``user`` publishes."""
        return self.filter(namespace__in=Namespace.objects.publishable_by(user))


def _of_listed(*fields: str) -> models.Index:
    return models.Index(
        fields=fields, condition=Q(listed=True), name=f"listed_{'_'.join(fields)}"[:30]
    )


class Tool(models.Model):
    """A listing, ``namespace/name``. What its latest release says is repeated here to be found."""

    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="tools")
    name = models.CharField(max_length=64)
    distribution = models.CharField(max_length=104, unique=True)
    #: What the eye takes in of the full name (lumos.package.names.tools.fold).
    folded = models.CharField(max_length=104, db_index=True, editable=False, default="")
    status = models.CharField(max_length=12, choices=ToolStatus, default=ToolStatus.ACTIVE)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    deprecation = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    # From the latest release; written at go-live and at yank.
    latest = models.ForeignKey(
        "Release", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=512)
    category = models.CharField(
        max_length=16, choices=[(value, label) for value, (label, _) in CATEGORIES.items()]
    )
    keywords = models.JSONField(default=list, blank=True)
    overall = models.PositiveSmallIntegerField(null=True, blank=True)
    gate_passed = models.BooleanField(default=False)
    function_count = models.PositiveIntegerField(default=0)
    release_count = models.PositiveIntegerField(default=0)

    # Written by marketplace (reviews).
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    rating_average = models.FloatField(null=True, blank=True)

    # Written by analytics.
    downloads_total = models.PositiveBigIntegerField(default=0)
    downloads_30d = models.PositiveIntegerField(default=0)
    downloads_by_week = models.JSONField(default=list, blank=True)  # 12 numbers, oldest first

    #: The card as JSON, rendered whenever one of the above changes (catalog.render).
    card = models.JSONField(default=dict, blank=True)
    #: The API's answer for this tool, as JSON text.
    document = models.TextField(blank=True, default="")
    #: Whether anyone may see it; the database computes it, so that an index can hold these alone.
    listed = models.GeneratedField(
        expression=Case(
            When(
                status__in=[ToolStatus.ACTIVE, ToolStatus.DEPRECATED],
                latest__isnull=False,
                then=Value(True),
            ),
            default=Value(False),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = ToolQuerySet.as_manager()

    class Meta:
        # By what lists of tools are sorted, whole or by category; rows are large, so that a list
        # which has to read them all is slow.
        indexes: ClassVar = [
            _of_listed("name"),
            _of_listed("updated_at"),
            _of_listed("created_at"),
            _of_listed("downloads_total"),
            _of_listed("rating_average"),
            _of_listed("category", "updated_at"),
            _of_listed("category", "created_at"),
            _of_listed("category", "downloads_total"),
            _of_listed("category", "rating_average"),
            _of_listed("downloads_30d", "downloads_total"),
            _of_listed("gate_passed", "overall", "downloads_30d"),
            _of_listed("category", "release_count", "function_count", "downloads_total"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["namespace", "name"], name="tool_name_once"),
            models.CheckConstraint(
                condition=~Q(status=ToolStatus.DEPRECATED) | ~Q(deprecation=""),
                name="tool_deprecation_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(rating_count=0, rating_sum=0, rating_average__isnull=True)
                | Q(
                    rating_count__gt=0,
                    rating_sum__gte=F("rating_count"),
                    rating_sum__lte=F("rating_count") * 5,
                    rating_average__isnull=False,
                ),
                name="tool_rating_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As ever; a new row also gets what its name looks like."""
        self.folded = self.folded or fold(self.full_name)
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        """``namespace/name``."""
        return f"{self.namespace.name}/{self.name}"

    @property
    def tool_name(self) -> ToolName:
        """The name as a value of the package library."""
        return ToolName(self.namespace.name, self.name)

    @property
    def short_name(self) -> str:
        """What one types to install it: official tools need no namespace."""
        return self.name if self.namespace.name == OFFICIAL_NAMESPACE else self.full_name

    @property
    def category_label(self) -> str:
        """The category in English."""
        return category_label(self.category)

    @property
    def funding_url(self) -> str | None:
        """Where the authors can be supported: an https project URL with one of PEP 753's labels."""
        urls = self.latest.urls if self.latest else {}
        labeled = (url for label, url in urls.items() if label.strip().lower() in FUNDING_LABELS)
        return next((url for url in labeled if url.startswith("https://")), None)

    @property
    def is_hidden(self) -> bool:
        """Quarantined or deleted: answers 404 to the public."""
        return self.status in (ToolStatus.QUARANTINED, ToolStatus.DELETED)

    def get_absolute_url(self) -> str:
        """The tool's page."""
        return f"/tools/{self.full_name}/"


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Named filters over releases."""

    def live(self) -> ReleaseQuerySet:
        """Releases that can be downloaded (yanked ones can)."""
        return self.filter(quarantined_at__isnull=True, deleted_at__isnull=True)

    def yanked(self) -> ReleaseQuerySet:
        """Releases with an open yank."""
        return self.filter(yanks__undone_at__isnull=True, yanks__isnull=False)

    def chosen(self) -> ReleaseQuerySet:
        """Releases that a resolver picks by itself: live, not yanked."""
        return self.live().exclude(pk__in=Release.objects.yanked().values("pk"))

    def newest_first(self) -> ReleaseQuerySet:
        """By SemVer precedence."""
        return self.order_by("-sort_key")


class Release(models.Model):
    """One version of a tool: immutable but for its yanks, quarantine and deletion."""

    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="releases")
    version = models.CharField(max_length=64)
    sort_key = models.CharField(max_length=64)  # text order is SemVer order
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
    metadata_text = models.TextField()  # METADATA as it stands in the wheel (PEP 658)

    # What the wheel says of itself.
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
    #: Whether the code of its dependencies was scanned too; true where there are none.
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
        """The permissions that it declares beside those found in its code."""
        found = self.permissions_found
        return Permissions(
            declared=tuple(self.permissions),
            found=None if found is None else tuple(found),
            dependencies_checked=self.dependencies_checked,
        )

    @property
    def file_key(self) -> str:
        """Where the artifact lies in the registry's tree."""
        return wheel_key(self.sha256, self.filename)

    @property
    def current_yank(self) -> Yank | None:
        """The open yank, if any; uses prefetched yanks where there are some."""
        return next((yank for yank in self.yanks.all() if yank.undone_at is None), None)

    @property
    def is_yanked(self) -> bool:
        """Whether resolvers pass it over."""
        return self.current_yank is not None

    def get_absolute_url(self) -> str:
        """The release's own page."""
        return f"{self.tool.get_absolute_url()}{self.version}/"


class Yank(models.Model):
    """A release taken out of the choice of resolvers: a row with a reason and an undo."""

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
    """What an agent calls."""

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
    """A requirement of a release: on another tool here, or on a Python distribution elsewhere."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="dependencies")
    #: Set exactly if the distribution was a listing here when the release went live.
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


def _percent(*names: str) -> models.CheckConstraint:
    bounds = Q()
    for name in names:
        bounds &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (0, 100)})
    return models.CheckConstraint(condition=bounds, name="scores_are_percent")


class QualityReport(models.Model):
    """The five scores of a release (0 to 100; null: not measured) with every factor."""

    release = models.OneToOneField(Release, on_delete=models.CASCADE, related_name="quality")
    security = models.PositiveSmallIntegerField(null=True)
    performance = models.PositiveSmallIntegerField(null=True)
    compatibility = models.PositiveSmallIntegerField(null=True)
    documentation = models.PositiveSmallIntegerField(null=True)
    overall = models.PositiveSmallIntegerField(null=True)
    gate_passed = models.BooleanField(default=False)
    formula = models.CharField(max_length=20)
    #: catalog.shapes.QualityDocument as JSON.
    report = models.JSONField()
    #: The sandbox's report: timings, memory, layers, machine; null: not measured.
    measurements = models.JSONField(null=True)
    measured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            _percent("security", "performance", "compatibility", "documentation", "overall")
        ]

    def __str__(self) -> str:
        return f"quality of {self.release_id}: {self.overall}"

    def scores(self) -> Scores:
        """The five scores."""
        return build(Scores, self)

    def document(self) -> QualityDocument:
        """The scores with their factors."""
        return read(QualityDocument, self.report)


class SecurityReport(models.Model):
    """What the scanners found in a release."""

    release = models.OneToOneField(Release, on_delete=models.CASCADE, related_name="security")
    level = models.CharField(max_length=10)  # safe | warning | dangerous | malicious
    score = models.PositiveSmallIntegerField()
    findings = models.JSONField(default=list)
    #: security_scan ScanReport.as_dict() without its findings.
    report = models.JSONField(default=dict)
    scanned_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"scan of {self.release_id}: {self.level}"

    def found(self) -> tuple[Finding, ...]:
        """The findings as values."""
        return tuple(Finding.from_dict(finding) for finding in self.findings)

    def severities(self) -> Counter[str]:
        """How many findings of each severity."""
        return Counter(finding["severity"] for finding in self.findings)
