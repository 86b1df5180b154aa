"""The verbs on organizations: make one, invite, accept, change a role, leave."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction

from accounts.display_names import shown_name
from accounts.models import Invitation, Membership, Organization, Role, User
from accounts.policies import check_owner
from core import audit
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.jobs import enqueue

ORGANIZATIONS_PER_USER = 10
#: Each is a mail to somebody who did not ask for it.
OPEN_INVITATIONS = 50


def create_organization(*, by: User, name: str) -> Organization:
    """Make an organization with ``by`` as its first owner."""
    name = shown_name(name)
    if not name:
        raise Invalid(
            "name_missing",
            "An organization needs a name.",
            suggestion="Give it the name that people know it by.",
        )
    owned = by.memberships.filter(role=Role.OWNER).count()
    if owned >= ORGANIZATIONS_PER_USER and not by.is_staff:
        raise Forbidden(
            "too_many_organizations",
            f"You own {owned} organizations, which is the most.",
            suggestion="Use one that you have.",
        )
    try:
        with transaction.atomic():
            made = Organization.objects.create(name=name)
            made.members.add(by, through_defaults={"role": Role.OWNER})
            audit.record(by=by, action="organization.create", target=made.name)
    except IntegrityError:
        raise Conflict(
            "organization_taken",
            f"There is an organization named '{name}'.",
            suggestion="Choose another name.",
        ) from None
    return made


def invite(*, by: User, organization: Organization, email: str, role: str) -> Invitation:
    """Offer a role to an address, and mail it once; a second time changes the role."""
    check_owner(by, organization)
    open_ones = organization.invitations.exclude(email=email.lower()).count()
    if open_ones >= OPEN_INVITATIONS:
        raise Forbidden(
            "too_many_invitations",
            f"{organization.name} has {open_ones} open invitations, which is the most.",
            suggestion="Wait until some of them are accepted.",
        )
    with transaction.atomic():
        invitation, new = Invitation.objects.update_or_create(
            organization=organization, email=email.lower(), defaults={"role": _role(role)}
        )
        audit.record(
            by=by, action="organization.invite", target=organization.name, email=email, role=role
        )
        if new:
            enqueue("accounts.mail_invitation", invitation.pk, queue="mail")
    return invitation


def mail_invitation(invitation_id: int) -> None:
    """Tell an address that it is invited; nothing where the invitation was withdrawn."""
    invitation = Invitation.objects.select_related("organization").filter(pk=invitation_id).first()
    if invitation is None:
        return
    name = invitation.organization.name
    send_mail(
        subject=f"{name} invites you to {settings.SITE_NAME}",
        message=f"{name} invites you to publish tools together, as {invitation.role}.\n\n"
        f"Sign in or sign up with this address, then accept it here:\n"
        f"{settings.SITE_URL}/account/organizations/\n\n"
        "If this means nothing to you, do nothing.\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        recipient_list=[invitation.email],
    )


def accept(*, by: User, invitation: Invitation) -> Membership:
    """Take the offered place."""
    if not Invitation.objects.addressed_to(by).filter(pk=invitation.pk).exists():
        raise NotFound(
            "invitation_not_found",
            "There is no such invitation for you.",
            suggestion="Ask an owner to invite the address that you signed up with.",
        )
    with transaction.atomic():
        membership, _ = Membership.objects.update_or_create(
            organization=invitation.organization, user=by, defaults={"role": invitation.role}
        )
        _check_still_owned(invitation.organization)
        audit.record(
            by=by,
            action="organization.join",
            target=invitation.organization.name,
            role=invitation.role,
        )
        invitation.delete()
    return membership


def add_member(*, by: User, organization: Organization, user: User, role: str) -> None:
    """Give ``user`` a role, for operators and for members that change theirs."""
    check_owner(by, organization)
    with transaction.atomic():
        organization.membership_set.update_or_create(user=user, defaults={"role": _role(role)})
        _check_still_owned(organization)
        audit.record(
            by=by,
            action="organization.member",
            target=organization.name,
            user=user.pk,
            role=role,
        )


def remove_member(*, by: User, organization: Organization, user: User) -> None:
    """An owner removes somebody, or a member leaves; the last owner stays."""
    if by != user:
        check_owner(by, organization)
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=organization.pk)
        gone, _ = organization.membership_set.filter(user=user).delete()
        if not gone:
            raise NotFound(
                "not_a_member",
                "That person is not a member.",
                suggestion="Look at the list of members.",
            )
        _check_still_owned(organization)
        audit.record(by=by, action="organization.leave", target=organization.name, user=user.pk)


def _role(text: str) -> Role:
    if text not in Role.values:
        raise Invalid(
            "role_unknown",
            f"There is no role '{text}'.",
            suggestion=f"Choose from: {', '.join(Role.values)}.",
        )
    return Role(text)


def _check_still_owned(organization: Organization) -> None:
    if not organization.membership_set.filter(role=Role.OWNER).exists():
        raise Conflict(
            "last_owner",
            f"{organization.name} would have no owner left.",
            suggestion="Make somebody else an owner first.",
        )
