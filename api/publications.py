"""The API of publications: upload a wheel, follow its checks, cancel, appeal."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
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

#: One of these scopes is required, because an unpublished package is not public.
READS = ("publish", "read")
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/=]+):")


class Publications(ApiView):
    """Upload a wheel, or list uploads."""

    permission_classes = [IsAuthenticated]
    parser_classes = [MultiPartParser]
    scopes = {"POST": "publish", "GET": READS}
    checks_token_tools = True
    remembers_answers = False  # the key is stored on the publication

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Stream uploads through the handler that hashes them and enforces the size limit."""
        request.upload_handlers = [HashingUploadHandler(request)]
        return super().initialize_request(request, *args, **kwargs)

    def get_throttles(self) -> list[Any]:
        """Uploads have their own rate limit."""
        if self.request.method == "POST":
            return [PublishThrottle()]
        return [UserThrottle()]

    @extend_schema(responses=PublicationPage, operation_id="publications_list")
    def get(self, request: Request) -> Response:
        """List the 50 newest publications."""
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
        """Upload a wheel and start its checks."""
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
    """A publication."""

    permission_classes = [IsAuthenticated]
    scopes = {"GET": READS}
    checks_token_tools = True

    @extend_schema(responses=PublicationDocument)
    def get(self, request: Request, publication_id: UUID) -> Response:
        """Get a publication's state, checks and findings."""
        response = Response(publication_document(_find(request, publication_id)))
        response["Cache-Control"] = "no-store"
        return response


class Cancel(ApiView):
    """Cancel a publication."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "publish"}
    checks_token_tools = True

    @extend_schema(request=None, responses=PublicationDocument)
    def post(self, request: Request, publication_id: UUID) -> Response:
        """Cancel a publication. Its version can be used again."""
        publication = _find(request, publication_id)
        actions.cancel(by=request.user, token=request.auth, publication=publication)
        return Response(publication_document(_find(request, publication_id)))


class Appeal(ApiView):
    """Appeal against a rejection."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "publish"}
    checks_token_tools = True

    @extend_schema(request=AppealForm, responses=PublicationDocument)
    def post(self, request: Request, publication_id: UUID) -> Response:
        """Ask a moderator to review a rejected publication. It is held until they decide."""
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
    """The SHA-256 sent by the client, in hex: form field, X-Sha256 or Content-Digest (RFC 9530).

    RFC 9530 defines Content-Digest for the whole body; here it is read as the wheel's digest.
    """
    claimed = form.get("sha256") or request.headers.get("X-Sha256", "")
    if claimed:
        return str(claimed).lower()
    header = request.headers.get("Content-Digest", "")
    if "sha-256=" not in header:
        return ""
    match = _DIGEST.search(header)
    try:
        return base64.b64decode(match.group(1) if match else "!", validate=True).hex()
    except binascii.Error:
        raise Invalid(
            "digest_invalid",
            _("The Content-Digest header is invalid."),
            suggestion=_("Use the form sha-256=:base64: (RFC 9530), or omit it."),
        ) from None


def _visible(request: Request) -> Any:
    # For writes, the action checks which tools the token is limited to.
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
            _("This publication doesn't exist, or you can't see it."),
            suggestion=_("List your publications with GET /api/v1/publications."),
        )
    return publication
