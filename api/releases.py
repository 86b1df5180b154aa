"""The API for changing live releases and tools: yank, delete, deprecate and undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from api.publication_forms import DeprecationForm, YankForm
from catalog.models import Release
from catalog.queries import live_tool, release_missing
from catalog.shapes import Schema
from publishing import release_actions
from web.api import ApiView


@dataclass(frozen=True, slots=True, kw_only=True)
class YankedAnswer:
    """An open yank."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAnswer:
    """A release, and whether it is yanked."""

    tool: str
    version: str
    yanked: YankedAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingAnswer:
    """A tool, and whether it is deprecated."""

    tool: str
    status: Annotated[str, Schema(enum=["active", "deprecated"])]
    deprecation: str | None
    successor: str | None


class _Standing(ApiView):
    """A change of a live release or tool."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "yank"}
    checks_token_tools = True


class YankRelease(_Standing):
    """Yank a release."""

    @extend_schema(request=YankForm, responses=ReleaseAnswer)
    def post(self, request: Request, namespace: str, name: str, version: str) -> Response:
        """Yank a release, so that resolvers no longer choose it. The reason is public."""
        form = YankForm(data=request.data)
        form.is_valid(raise_exception=True)
        release = _release(namespace, name, version)
        release_actions.yank(
            by=request.user,
            token=request.auth,
            release=release,
            reason=form.validated_data["reason"],
        )
        return _yanked(release)


class UnyankRelease(_Standing):
    """Undo a yank."""

    @extend_schema(request=OpenApiTypes.NONE, responses=ReleaseAnswer)
    def post(self, request: Request, namespace: str, name: str, version: str) -> Response:
        """Undo a yank."""
        release = _release(namespace, name, version)
        release_actions.unyank(by=request.user, token=request.auth, release=release)
        return _yanked(release)


class DeleteRelease(_Standing):
    """Remove a release."""

    @extend_schema(request=OpenApiTypes.NONE, responses={204: None})
    def post(self, request: Request, namespace: str, name: str, version: str) -> Response:
        """Delete a release within 72 hours, if nothing depends on it; the version stays used."""
        release = _release(namespace, name, version)
        release_actions.delete(by=request.user, token=request.auth, release=release)
        return Response(status=204)


class DeprecateTool(_Standing):
    """Deprecate a tool."""

    @extend_schema(request=DeprecationForm, responses=StandingAnswer)
    def post(self, request: Request, namespace: str, name: str) -> Response:
        """Deprecate a tool, with a public reason and an optional successor."""
        form = DeprecationForm(data=request.data)
        form.is_valid(raise_exception=True)
        tool = live_tool(namespace, name)
        release_actions.deprecate(
            by=request.user,
            token=request.auth,
            tool=tool,
            reason=form.validated_data["reason"],
            successor=release_actions.successor_named(form.validated_data["successor"]),
        )
        return _standing(namespace, name)


class UndeprecateTool(_Standing):
    """Undo a deprecation."""

    @extend_schema(request=OpenApiTypes.NONE, responses=StandingAnswer)
    def post(self, request: Request, namespace: str, name: str) -> Response:
        """Undo a deprecation."""
        tool = live_tool(namespace, name)
        release_actions.undeprecate(by=request.user, token=request.auth, tool=tool)
        return _standing(namespace, name)


def _release(namespace: str, name: str, version: str) -> Release:
    release = live_tool(namespace, name).releases.live().filter(version=version).first()
    if release is None:
        raise release_missing(f"{namespace}/{name}", version)
    return release


def _yanked(release: Release) -> Response:
    yank = Release.objects.get(pk=release.pk).current_yank
    answer = ReleaseAnswer(
        tool=release.tool.full_name,
        version=release.version,
        yanked=YankedAnswer(reason=yank.reason) if yank else None,
    )
    return Response(answer)


def _standing(namespace: str, name: str) -> Response:
    tool = live_tool(namespace, name)
    answer = StandingAnswer(
        tool=tool.full_name,
        status=tool.status,
        deprecation=tool.deprecation or None,
        successor=tool.successor.full_name if tool.successor else None,
    )
    return Response(answer)
