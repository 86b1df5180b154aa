"""The API of publications: upload, watch, cancel, appeal."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from api.publication_forms import AppealForm, PublicationForm
from core.errors import Invalid, NotFound
from publishing import actions
from publishing.documents import PublicationDocument, PublicationPage, publication_document
from publishing.models import Publication
from publishing.receive import receive
from publishing.uploads import HashingUploadHandler, Upload
from web.api import ApiView
from web.throttling import PublishThrottle, UserThrottle

#: Either scope: a publication shows what is in a package that may never become public.
READS = ("publish", "read")
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")


class Publications(ApiView):
    """Upload a wheel; list what I uploaded."""

    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser]
    scopes = {"POST": "publish", "GET": READS}
    checks_token_tools = True
    remembers_answers = False  # the key stands on the publication itself

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Uploads stream through our handler: hashed, counted, cut at the limit."""
        request.upload_handlers = [HashingUploadHandler(request)]
        return super().initialize_request(request, *args, **kwargs)

    def get_throttles(self) -> list[Any]:
        """Uploads have a limit of their own."""
        if self.request.method == "POST":
            return [PublishThrottle()]
        return [UserThrottle()]

    @extend_schema(responses=PublicationPage, operation_id="publications_list")
    def get(self, request: Request) -> Response:
        """The newest fifty."""
        mine = _visible(request)[:50]
        return Response({"results": [publication_document(row) for row in mine], "next": None})

    @extend_schema(
        request={"multipart/form-data": PublicationForm},
        responses={202: PublicationDocument},
        parameters=[
            OpenApiParameter("Idempotency-Key", location="header"),
            OpenApiParameter("Content-Digest", location="header"),
        ],
    )
    def post(self, request: Request) -> Response:
        """Take a wheel and begin to check it; 202 with the publication."""
        form = PublicationForm(data=request.data)
        form.is_valid(raise_exception=True)
        publication, new = receive(
            by=request.user,
            token=request.auth,
            upload=Upload.from_form(form.validated_data["wheel"]),
            notes=form.validated_data.get("notes", ""),
            dry_run=form.validated_data.get("dry_run", False),
            expected_sha256=expected_sha256(request, form.validated_data),
            idempotency_key=request.headers.get("Idempotency-Key", ""),
        )
        response = Response(publication_document(publication), status=202)
        response["Location"] = f"/api/v1/publications/{publication.pk}"
        if not new:
            response["Idempotency-Replayed"] = "true"
        return response


class PublicationDetail(ApiView):
    """Watch a publication."""

    permission_classes = [IsAuthenticated]
    scopes = {"GET": READS}
    checks_token_tools = True

    @extend_schema(responses=PublicationDocument)
    def get(self, request: Request, publication_id: UUID) -> Response:
        """Its state, steps, findings and verdict."""
        response = Response(publication_document(_find(request, publication_id)))
        response["Cache-Control"] = "no-store"
        return response


class Cancel(ApiView):
    """Stop a publication."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "publish"}
    checks_token_tools = True

    @extend_schema(request=None, responses=PublicationDocument)
    def post(self, request: Request, publication_id: UUID) -> Response:
        """Its version is free again."""
        publication = _find(request, publication_id)
        actions.cancel(by=request.user, token=request.auth, publication=publication)
        return Response(publication_document(_find(request, publication_id)))


class Appeal(ApiView):
    """Ask a moderator to look at a rejected publication."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "publish"}
    checks_token_tools = True

    @extend_schema(request=AppealForm, responses=PublicationDocument)
    def post(self, request: Request, publication_id: UUID) -> Response:
        """It is held until a moderator decides."""
        form = AppealForm(data=request.data)
        form.is_valid(raise_exception=True)
        publication = _find(request, publication_id)
        actions.appeal(
            by=request.user,
            token=request.auth,
            publication=publication,
            text=form.validated_data["text"],
        )
        return Response(publication_document(_find(request, publication_id)))


def expected_sha256(request: Request, form: dict[str, Any]) -> str:
    """The digest that the client announced, in hex: field, X-Sha256 or Content-Digest (RFC 9530).

    Content-Digest is of the request's content, which for a multipart body is not the wheel; we
    read it as the wheel's only where a client says so by sending it beside the form.
    """
    given = form.get("sha256") or request.headers.get("X-Sha256", "")
    if given:
        return str(given).lower()
    header = request.headers.get("Content-Digest", "")
    if "sha-256=" not in header:
        return ""
    found = _DIGEST.search(header)
    try:
        return base64.b64decode(found.group(1) if found else "!", validate=True).hex()
    except binascii.Error:
        raise Invalid(
            "digest_invalid",
            "The Content-Digest is not of the form sha-256=:base64:.",
            suggestion="See RFC 9530, or leave it out.",
        ) from None


def _visible(request: Request) -> Any:
    # For a write the action itself says to which tools a token is bound.
    tools = request.auth.tools if request.auth and request.method == "GET" else ()
    return (
        Publication.objects.visible_to(request.user)
        .of_tools(tools)
        .select_related("namespace", "release__tool__namespace")
        .prefetch_related("checks")
    )


def _find(request: Request, publication_id: UUID) -> Publication:
    publication = _visible(request).filter(pk=publication_id).first()
    if publication is None:
        raise NotFound(
            "publication_not_found",
            "There is no such publication, or it is not yours.",
            suggestion="GET /api/v1/publications lists yours.",
        )
    return publication
