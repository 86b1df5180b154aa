"""The API of organisations."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import organizations as organisations
from accounts.models import Invitation, Organisation, Role, User
from core.errors import NotFound
from web.api import ApiView


class OrganisationForm(serializers.Serializer):
    """An organisation to make."""

    name = serializers.CharField(max_length=80)


class InvitationForm(serializers.Serializer):
    """Whom to invite, and as what."""

    email = serializers.EmailField()
    role = serializers.ChoiceField(Role.choices, default=Role.MEMBER)


class MemberAnswer(serializers.Serializer):
    """A member: the shown name, never the address."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)


class OrganisationAnswer(serializers.Serializer):
    """An organisation, as its members see it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    members = MemberAnswer(many=True)
    namespaces = serializers.ListField(child=serializers.CharField())


class Organisations(ApiView):
    """My organisations."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "account"}

    @extend_schema(responses=OrganisationAnswer(many=True))
    def get(self, request: Request) -> Response:
        """All of which I am a member, by name."""
        mine = request.user.organisations.order_by("name")
        return Response([_answer(row, request.user) for row in mine])

    @extend_schema(request=OrganisationForm, responses={201: OrganisationAnswer})
    def post(self, request: Request) -> Response:
        """Make one, with me as its owner."""
        form = OrganisationForm(data=request.data)
        form.is_valid(raise_exception=True)
        made = organisations.create_organisation(by=request.user, name=form.validated_data["name"])
        return Response(_answer(made, request.user), status=201)


class Invitations(ApiView):
    """Invite somebody to an organisation that I own."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "account"}

    @extend_schema(request=InvitationForm, responses={202: InvitationForm})
    def post(self, request: Request, organisation_id: int) -> Response:
        """The address gets a mail; whether it has an account stays unsaid."""
        form = InvitationForm(data=request.data)
        form.is_valid(raise_exception=True)
        organisation = my_organisation(request.user, organisation_id)
        sent = organisations.invite(
            by=request.user, organisation=organisation, **form.validated_data
        )
        return Response({"email": sent.email, "role": sent.role}, status=202)


class AcceptInvitation(ApiView):
    """Accept an invitation to me."""

    permission_classes = [IsAuthenticated]
    scopes = {"POST": "account"}

    @extend_schema(request=None, responses=OrganisationAnswer)
    def post(self, request: Request, organisation_id: int) -> Response:
        """I am a member from now on."""
        offered = Invitation.objects.addressed_to(request.user)
        invitation = offered.filter(organisation_id=organisation_id).first()
        if invitation is None:
            raise _missing()
        joined = organisations.accept(by=request.user, invitation=invitation)
        return Response(_answer(joined.organisation, request.user))


class Members(ApiView):
    """Remove a member, or leave."""

    permission_classes = [IsAuthenticated]
    scopes = {"DELETE": "account"}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, organisation_id: int, user_id: int) -> Response:
        """The last owner stays."""
        organisation = my_organisation(request.user, organisation_id)
        member = organisation.members.filter(pk=user_id).first()
        if member is None:
            raise _missing()
        organisations.remove_member(by=request.user, organisation=organisation, user=member)
        return Response(status=204)


def my_organisation(user: User, organisation_id: int) -> Organisation:
    """The organisation, if ``user`` is in it; others do not learn whether it exists."""
    found = user.organisations.filter(pk=organisation_id).first()
    if found is None:
        raise _missing()
    return found


def _missing() -> NotFound:
    return NotFound(
        "organisation_not_found",
        "There is no such organisation, member or invitation for you.",
        suggestion="GET /api/v1/organisations lists yours.",
    )


def _answer(organisation: Organisation, user: User) -> dict[str, Any]:
    members = organisation.membership_set.select_related("user").order_by("pk")
    roles = {row.user_id: row.role for row in members}
    return {
        "id": organisation.pk,
        "name": organisation.name,
        "role": roles[user.pk],
        "members": [
            {"id": row.user_id, "name": row.user.public_name, "role": row.role} for row in members
        ],
        "namespaces": sorted(organisation.namespaces.values_list("name", flat=True)),
    }
