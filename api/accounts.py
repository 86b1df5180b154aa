"""The API of accounts: the current user and their namespaces."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import actions
from accounts.models import Namespace
from api.organizations import my_organization
from web.api import ApiView


class WhoAmIAnswer(serializers.Serializer):
    """The account of a credential."""

    email = serializers.EmailField()
    name = serializers.CharField()
    namespaces = serializers.ListField(child=serializers.CharField())
    scopes = serializers.ListField(child=serializers.CharField(), allow_null=True)
    token = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class NamespaceForm(serializers.Serializer):
    """A namespace to create."""

    name = serializers.CharField(max_length=39)
    #: The id of an organization that the user owns; without it, the user owns the namespace.
    organization = serializers.IntegerField(required=False)


class NamespaceAnswer(serializers.Serializer):
    """A namespace in which the user may publish."""

    name = serializers.CharField()
    verified = serializers.BooleanField()
    url = serializers.CharField()


class WhoAmI(ApiView):
    """The current user."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=WhoAmIAnswer)
    def get(self, request: Request) -> Response:
        """Get the current account, its namespaces and the token's scopes."""
        token = request.auth
        mine = Namespace.objects.publishable_by(request.user)
        return Response(
            {
                "email": request.user.email,
                "name": request.user.public_name,
                "namespaces": sorted(mine.values_list("name", flat=True)),
                "scopes": token.scopes if token else None,
                "token": token.name if token else None,
                "expires_at": token.expires_at if token else None,
            }
        )


class Namespaces(ApiView):
    """The namespaces in which the user may publish."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "account"}

    @extend_schema(responses=NamespaceAnswer(many=True))
    def get(self, request: Request) -> Response:
        """List the namespaces in which you may publish, by name."""
        mine = Namespace.objects.publishable_by(request.user).order_by("name")
        return Response([_answer(namespace) for namespace in mine])

    @extend_schema(request=NamespaceForm, responses={201: NamespaceAnswer})
    def post(self, request: Request) -> Response:
        """Create a namespace."""
        form = NamespaceForm(data=request.data)
        form.is_valid(raise_exception=True)
        organization_id = form.validated_data.get("organization")
        namespace = actions.create_namespace(
            by=request.user,
            name=form.validated_data["name"],
            organization=my_organization(request.user, organization_id)
            if organization_id
            else None,
        )
        return Response(_answer(namespace), status=201)


def _answer(namespace: Namespace) -> dict[str, object]:
    return {
        "name": namespace.name,
        "verified": namespace.verified,
        "url": f"/publishers/{namespace.name}/",
    }
