"""The request bodies of publishing."""

from __future__ import annotations

from rest_framework import serializers


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
