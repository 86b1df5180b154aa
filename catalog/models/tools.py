"""Tools, with copies of their latest release's columns that lists and search read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from accounts.models import Namespace, User
from catalog.categories import CATEGORIES, category_label
from lumos.package.names.tools import OFFICIAL_NAMESPACE, ToolName, fold


class ToolStatus(models.TextChoices):
    """Whether a tool can be found and installed."""

    ACTIVE = "active"
    DEPRECATED = "deprecated"  # installable, with a banner and perhaps a successor
    QUARANTINED = "quarantined"  # hidden and not installable during a moderator's review
    DELETED = "deleted"


#: Labels of project URLs for funding (PEP 753), in lower case.
FUNDING_LABELS = frozenset({"funding", "sponsor", "sponsors", "donate", "donation"})
#: Downloads in 30 days from which on a tool is popular.
POPULAR = 1000


class ToolQuerySet(models.QuerySet["Tool"]):
    """Named filters over tools."""

    def live(self) -> ToolQuerySet:
        """Tools that anyone may see: with a release, neither quarantined nor deleted."""
        return self.filter(listed=True)

    def named(self, namespace: str, name: str) -> ToolQuerySet:
        """The tool of that name."""
        return self.filter(namespace__name=namespace, name=name)

    def popular(self) -> ToolQuerySet:
        """Official tools, and tools with many downloads."""
        return self.filter(Q(namespace__name=OFFICIAL_NAMESPACE) | Q(downloads_30d__gte=POPULAR))

    def owned_by(self, user: User) -> ToolQuerySet:
        """Tools in the namespaces in which ``user`` publishes."""
        return self.filter(namespace__in=Namespace.objects.publishable_by(user))


def _of_listed(*fields: str) -> models.Index:
    return models.Index(
        fields=fields, condition=Q(listed=True), name=f"listed_{'_'.join(fields)}"[:30]
    )


class Tool(models.Model):
    """A tool, ``namespace/name``, with copies of its latest release's columns for queries."""

    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="tools")
    name = models.CharField(max_length=64)
    distribution = models.CharField(max_length=104, unique=True)
    #: The full name, folded so that look-alike names are equal (lumos.package.names.tools.fold).
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
    category = models.CharField(max_length=16, choices=list(CATEGORIES.items()))
    keywords = models.JSONField(default=list, blank=True)
    overall = models.PositiveSmallIntegerField(null=True, blank=True)
    gate_passed = models.BooleanField(default=False)
    function_count = models.PositiveIntegerField(default=0)
    release_count = models.PositiveIntegerField(default=0)

    # Written by reviews.
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
    #: Whether anyone may see it. A generated column, so that partial indexes can use it.
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
        # One index for each order of tool lists, with and without category: rows are large, so
        # sorting all of them is slow.
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
        """Set the folded name of a new tool, then save."""
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
        """The name in install commands: official tools need no namespace."""
        return self.name if self.namespace.name == OFFICIAL_NAMESPACE else self.full_name

    @property
    def category_label(self) -> str:
        """The category in English."""
        return category_label(self.category)

    @property
    def funding_url(self) -> str | None:
        """The first https project URL with one of PEP 753's labels for funding, if any."""
        urls = self.latest.urls if self.latest else {}
        labeled = (url for label, url in urls.items() if label.strip().lower() in FUNDING_LABELS)
        return next((url for url in labeled if url.startswith("https://")), None)

    @property
    def is_hidden(self) -> bool:
        """Whether it is quarantined or deleted, so that its pages are 404."""
        return self.status in (ToolStatus.QUARANTINED, ToolStatus.DELETED)

    def get_absolute_url(self) -> str:
        """The tool's page."""
        return f"/tools/{self.full_name}/"
