"""The shapes of the catalog's answers, for the API's description: catalog.render writes them."""

from __future__ import annotations

from rest_framework import serializers

from catalog.categories import CATEGORIES
from catalog.models import ToolStatus


class Scores(serializers.Serializer):
    """The five scores, 0 to 100; null: not measured."""

    security = serializers.IntegerField(allow_null=True)
    performance = serializers.IntegerField(allow_null=True)
    compatibility = serializers.IntegerField(allow_null=True)
    documentation = serializers.IntegerField(allow_null=True)
    overall = serializers.IntegerField(allow_null=True)


class ReleasePermissions(serializers.Serializer):
    """What a release declares and what a scan found in its own code; null: not scanned.

    A bare kind in ``found`` (``network``) means that the source does not spell out the value.
    """

    declared = serializers.ListField(child=serializers.CharField())
    found = serializers.ListField(child=serializers.CharField(), allow_null=True)
    dependencies_checked = serializers.BooleanField(
        help_text="Whether the code of its dependencies was scanned; true where there are none."
    )


class Card(serializers.Serializer):
    """What a list shows of a tool."""

    tool = serializers.CharField()
    namespace = serializers.CharField()
    name = serializers.CharField()
    short_name = serializers.CharField()
    url = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    category = serializers.ChoiceField(list(CATEGORIES))
    category_label = serializers.CharField()
    keywords = serializers.ListField(child=serializers.CharField())
    version = serializers.CharField(allow_null=True)
    license = serializers.CharField()
    permissions = ReleasePermissions()
    verified = serializers.BooleanField()
    status = serializers.ChoiceField(ToolStatus.values)
    scores = Scores(allow_null=True)
    gate_passed = serializers.BooleanField()
    downloads = serializers.IntegerField()
    downloads_30d = serializers.IntegerField()
    downloads_by_week = serializers.ListField(child=serializers.IntegerField())
    rating = serializers.FloatField(allow_null=True)
    rating_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ReleaseFile(serializers.Serializer):
    """The wheel."""

    name = serializers.CharField()
    url = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()


class ReleaseDependency(serializers.Serializer):
    """A requirement; ``tool`` is set where it is one of this marketplace."""

    distribution = serializers.CharField()
    specifier = serializers.CharField(allow_blank=True)
    tool = serializers.CharField(allow_null=True)


class ReleaseFunction(serializers.Serializer):
    """What an agent calls; the schemas are JSON Schema 2020-12."""

    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    input_schema = serializers.DictField()
    output_schema = serializers.DictField(allow_null=True)
    hints = serializers.DictField()
    examples = serializers.ListField(child=serializers.DictField())


class ReleaseSecurity(serializers.Serializer):
    """What the scanners found."""

    level = serializers.ChoiceField(["safe", "warning", "dangerous", "malicious"])
    score = serializers.IntegerField()
    findings = serializers.ListField(child=serializers.DictField())


class ReleaseYank(serializers.Serializer):
    """Why resolvers pass it over."""

    reason = serializers.CharField()
    at = serializers.DateTimeField()


class ReleaseDocument(serializers.Serializer):
    """One release."""

    tool = serializers.CharField()
    version = serializers.CharField()
    url = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    license = serializers.CharField()
    requires_python = serializers.CharField(allow_blank=True)
    published_at = serializers.DateTimeField()
    notes = serializers.CharField(allow_blank=True)
    file = ReleaseFile()
    permissions = ReleasePermissions()
    settings = serializers.ListField(child=serializers.DictField())
    dependencies = ReleaseDependency(many=True)
    functions = ReleaseFunction(many=True)
    functions_digest = serializers.CharField()
    scores = Scores(allow_null=True)
    gate_passed = serializers.BooleanField()
    quality = serializers.DictField(allow_null=True)
    security = ReleaseSecurity(allow_null=True)
    yanked = ReleaseYank(allow_null=True)


class ToolDocument(Card):
    """One tool with its newest release."""

    distribution = serializers.CharField()
    deprecation = serializers.CharField(allow_null=True)
    successor = serializers.CharField(allow_null=True)
    install = serializers.CharField()
    release = ReleaseDocument(allow_null=True)
    api_url = serializers.CharField()
    releases_url = serializers.CharField()


class CardPage(serializers.Serializer):
    """A page of cards."""

    results = Card(many=True)
    next = serializers.CharField(allow_null=True)


class ReleasePage(serializers.Serializer):
    """The releases of a tool, newest first."""

    results = ReleaseDocument(many=True)
    next = serializers.CharField(allow_null=True)
