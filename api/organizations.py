"""The API of organizations."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import organizations
from accounts.models import Invitation, Organization, Role, User
from core.errors import NotFound
from web.api import ApiView


class OrganizationForm(serializers.Serializer):
    """An organization to create."""

    name = serializers.CharField(max_length=80)


class InvitationForm(serializers.Serializer):
    """An invitation to send."""

    email = serializers.EmailField()
    role = serializers.ChoiceField(Role.choices, default=Role.MEMBER)


class MemberAnswer(serializers.Serializer):
    """A member, without the email address."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)


class OrganizationAnswer(serializers.Serializer):
    """An organization, as its members see it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    members = MemberAnswer(many=True)
    namespaces = serializers.ListField(child=serializers.CharField())


class Organizations(ApiView):
    """The user's organizations."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "account"}

    @extend_schema(responses=OrganizationAnswer(many=True))
    def get(self, request: Request) -> Response:
        """List the organizations that you are a member of, by name."""
        mine = request.user.organizations.order_by("name")
        return Response([_answer(row, request.user) for row in mine])

    @extend_schema(request=OrganizationForm, responses={201: OrganizationAnswer})
    def post(self, request: Request) -> Response:
        """Create an organization and become its owner."""
        form = OrganizationForm(data=request.data)
        form.is_valid(raise_exception=True)
        organization = organizations.create_organization(
            by=request.user, name=form.validated_data["name"]
        )
        return Response(_answer(organization, request.user), status=201)


class Invitations(ApiView):
    """Invitations to an organization that the user owns."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "account"}

    @extend_schema(request=InvitationForm, responses={202: InvitationForm})
    def post(self, request: Request, organization_id: int) -> Response:
        """Invite an email address. The answer does not say whether it has an account."""
        form = InvitationForm(data=request.data)
        form.is_valid(raise_exception=True)
        organization = my_organization(request.user, organization_id)
        sent = organizations.invite(
            by=request.user, organization=organization, **form.validated_data
        )
        return Response({"email": sent.email, "role": sent.role}, status=202)


class AcceptInvitation(ApiView):
    """Accept an invitation."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "account"}

    @extend_schema(request=None, responses=OrganizationAnswer)
    def post(self, request: Request, organization_id: int) -> Response:
        """Accept an invitation and become a member."""
        offered = Invitation.objects.addressed_to(request.user)
        invitation = offered.filter(organization_id=organization_id).first()
        if invitation is None:
            raise _missing()
        joined = organizations.accept(by=request.user, invitation=invitation)
        return Response(_answer(joined.organization, request.user))


class Members(ApiView):
    """Remove a member, or leave."""

    permission_classes = [IsAuthenticated]
    scopes = {"DELETE": "account"}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, organization_id: int, user_id: int) -> Response:
        """Remove a member, or leave. The last owner cannot be removed."""
        organization = my_organization(request.user, organization_id)
        member = organization.members.filter(pk=user_id).first()
        if member is None:
            raise _missing()
        organizations.remove_member(by=request.user, organization=organization, user=member)
        return Response(status=204)


def my_organization(user: User, organization_id: int) -> Organization:
    """The organization; raises NotFound if ``user`` is not a member."""
    organization = user.organizations.filter(pk=organization_id).first()
    if organization is None:
        raise _missing()
    return organization


def _missing() -> NotFound:
    return NotFound(
        "organization_not_found",
        _("This organization, member or invitation doesn't exist, or you can't see it."),
        suggestion=_("List your organizations with GET /api/v1/organizations."),
    )


def _answer(organization: Organization, user: User) -> dict[str, Any]:
    members = organization.membership_set.select_related("user").order_by("pk")
    roles = {row.user_id: row.role for row in members}
    return {
        "id": organization.pk,
        "name": organization.name,
        "role": roles[user.pk],
        "members": [
            {"id": row.user_id, "name": row.user.public_name, "role": row.role} for row in members
        ],
        "namespaces": sorted(organization.namespaces.values_list("name", flat=True)),
    }
