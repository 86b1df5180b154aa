"""The shapes of publishing's requests and answers."""

from __future__ import annotations

from rest_framework import serializers

from lumos.package.findings import Effect
from publishing.states import State


class PublicationForm(serializers.Serializer):
    """An upload."""

    wheel = serializers.FileField(
        error_messages={"required": "Send the wheel as the multipart field 'wheel'."}
    )
    notes = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    dry_run = serializers.BooleanField(required=False, default=False)
    sha256 = serializers.CharField(required=False, allow_blank=True, max_length=64)


class AppealForm(serializers.Serializer):
    """An appeal."""

    text = serializers.CharField(max_length=2000)


class YankForm(serializers.Serializer):
    """A yank."""

    reason = serializers.CharField(max_length=500)


class DeprecationForm(serializers.Serializer):
    """A deprecation."""

    reason = serializers.CharField(max_length=500)
    successor = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=104, help_text="namespace/name"
    )


class StepAnswer(serializers.Serializer):
    """One step of a publication."""

    name = serializers.CharField()
    state = serializers.ChoiceField(["waiting", "running", "passed", "failed", "skipped"])
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    message = serializers.CharField()


class FindingAnswer(serializers.Serializer):
    """One thing that a check found."""

    rule = serializers.CharField()
    severity = serializers.ChoiceField(["info", "low", "medium", "high", "critical"])
    confidence = serializers.CharField()
    message = serializers.CharField()
    why = serializers.CharField()
    fix = serializers.CharField()
    file = serializers.CharField(allow_blank=True)
    line = serializers.IntegerField(allow_null=True)
    evidence = serializers.DictField()
    effect = serializers.ChoiceField([effect.value for effect in Effect])
    blocking = serializers.BooleanField()
    docs_url = serializers.CharField()


class PublicationAnswer(serializers.Serializer):
    """A publication."""

    id = serializers.UUIDField()
    tool = serializers.CharField()
    version = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    settled = serializers.BooleanField()
    dry_run = serializers.BooleanField()
    filename = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()
    api_url = serializers.CharField()
    tool_url = serializers.CharField(allow_null=True)
    release_url = serializers.CharField(allow_null=True)
    steps = StepAnswer(many=True)
    findings = FindingAnswer(many=True)
    scores = serializers.DictField(child=serializers.IntegerField(allow_null=True), allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())
    appeal_url = serializers.CharField(allow_null=True)
    site = serializers.CharField()


class PublicationPage(serializers.Serializer):
    """The newest publications."""

    results = PublicationAnswer(many=True)
    next = serializers.CharField(allow_null=True)


class YankedAnswer(serializers.Serializer):
    """An open yank."""

    reason = serializers.CharField()


class ReleaseAnswer(serializers.Serializer):
    """A release, and whether it is yanked."""

    tool = serializers.CharField()
    version = serializers.CharField()
    yanked = YankedAnswer(allow_null=True)


class StandingAnswer(serializers.Serializer):
    """A tool, and whether it is deprecated."""

    tool = serializers.CharField()
    status = serializers.CharField(help_text="active or deprecated")
    deprecation = serializers.CharField(allow_null=True)
    successor = serializers.CharField(allow_null=True)
