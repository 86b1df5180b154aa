"""The API of reviews."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import check_token_covers
from catalog.queries import live_tool
from core.errors import NotFound
from reviews import actions
from reviews.models import MAX_STARS, MAX_TEXT, MIN_STARS, Review
from web.api import ApiView
from web.pagination import CURSOR, CursorPagination


class ReviewForm(serializers.Serializer):
    """A review to write."""

    stars = serializers.IntegerField(min_value=MIN_STARS, max_value=MAX_STARS)
    text = serializers.CharField(max_length=MAX_TEXT, required=False, default="", allow_blank=True)


class ReviewAnswer(ReviewForm):
    """A published review."""

    author = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ReviewPage(serializers.Serializer):
    """A page of reviews."""

    results = ReviewAnswer(many=True)
    next = serializers.CharField(allow_null=True)


class Reviews(ApiView):
    """The reviews of a tool."""

    query = (CURSOR,)

    @extend_schema(responses=ReviewPage)
    def get(self, request: Request, namespace: str, name: str) -> Response:
        """List the reviews of a tool, newest first."""
        rows = Review.objects.filter(tool=live_tool(namespace, name))
        page, following = CursorPagination.slice(request, rows, by="updated_at", fields=())
        reviews = Review.objects.with_names().in_bulk([row[0] for row in page])
        return Response({"results": [_answer(reviews[row[0]]) for row in page], "next": following})


class MyReview(ApiView):
    """The user's own review of a tool."""

    permission_classes = [IsAuthenticated]
    scopes = {"PUT": "review", "DELETE": "review"}
    checks_token_tools = True

    @extend_schema(responses=ReviewAnswer)
    def get(self, request: Request, namespace: str, name: str) -> Response:
        """Get your review."""
        tool = live_tool(namespace, name)
        row = Review.objects.filter(tool=tool, user=request.user).select_related("user").first()
        if row is None:
            raise NotFound(
                "review_not_found",
                _("You haven't reviewed %(tool)s.") % {"tool": tool.full_name},
                suggestion=_("Write a review with PUT to this URL."),
            )
        return Response(_answer(row))

    @extend_schema(request=ReviewForm, responses=ReviewAnswer)
    def put(self, request: Request, namespace: str, name: str) -> Response:
        """Write or replace your review."""
        form = ReviewForm(data=request.data)
        form.is_valid(raise_exception=True)
        tool = live_tool(namespace, name)
        check_token_covers(request.auth, tool.full_name)
        return Response(
            _answer(actions.write_review(by=request.user, tool=tool, **form.validated_data))
        )

    @extend_schema(responses={204: None})
    def delete(self, request: Request, namespace: str, name: str) -> Response:
        """Delete your review."""
        tool = live_tool(namespace, name)
        check_token_covers(request.auth, tool.full_name)
        actions.delete_review(by=request.user, tool=tool)
        return Response(status=204)


def _answer(review: Review) -> dict[str, Any]:
    return {
        "author": review.user.public_name,
        "stars": review.stars,
        "text": review.text,
        "created_at": review.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "updated_at": review.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
