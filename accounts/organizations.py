"""Create organizations, invite and remove members, change roles."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.display_names import shown_name
from accounts.models import Invitation, Membership, Organization, Role, User
from accounts.policies import check_owner
from core import audit
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.jobs import enqueue

ORGANIZATIONS_PER_USER = 10
#: A limit, because each invitation sends an unrequested email.
OPEN_INVITATIONS = 50


def create_organization(*, by: User, name: str) -> Organization:
    """Create an organization with ``by`` as its first owner."""
    name = shown_name(name)
    if not name:
        raise Invalid(
            "name_missing",
            _("An organization needs a name."),
            suggestion=_("Enter the organization's name."),
        )
    owned = by.memberships.filter(role=Role.OWNER).count()
    if owned >= ORGANIZATIONS_PER_USER and not by.is_staff:
        raise Forbidden(
            "too_many_organizations",
            _("You already own %(count)s organizations, which is the maximum.") % {"count": owned},
            suggestion=_("Use one of your existing organizations."),
        )
    try:
        with transaction.atomic():
            organization = Organization.objects.create(name=name)
            organization.members.add(by, through_defaults={"role": Role.OWNER})
            audit.record(by=by, action="organization.create", target=organization.name)
    except IntegrityError:
        raise Conflict(
            "organization_taken",
            _("The organization name '%(name)s' is taken.") % {"name": name},
            suggestion=_("Choose another name."),
        ) from None
    return organization


def invite(*, by: User, organization: Organization, email: str, role: str) -> Invitation:
    """Invite an email address; inviting it again changes the role without another email."""
    check_owner(by, organization)
    open_ones = organization.invitations.exclude(email=email.lower()).count()
    if open_ones >= OPEN_INVITATIONS:
        raise Forbidden(
            "too_many_invitations",
            _("%(name)s already has %(count)s open invitations, which is the maximum.")
            % {"name": organization.name, "count": open_ones},
            suggestion=_("Wait until some of them are accepted."),
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
    """Send the invitation by email; does nothing if it no longer exists."""
    invitation = Invitation.objects.select_related("organization").filter(pk=invitation_id).first()
    if invitation is None:
        return
    name = invitation.organization.name
    send_mail(
        subject=_("%(name)s invited you to %(site)s") % {"name": name, "site": settings.SITE_NAME},
        message=_(
            "%(name)s invited you to publish tools together, in the role %(role)s.\n\n"
            "Sign in or sign up with this email address, then accept the invitation:\n"
            "%(url)s\n\n"
            "If you don't expect an invitation, ignore this email.\n"
        )
        % {
            "name": name,
            "role": invitation.role,
            "url": f"{settings.SITE_URL}/account/organizations/",
        },
        from_email=settings.DEFAULT_FROM_EMAIL,
        recipient_list=[invitation.email],
    )


def accept(*, by: User, invitation: Invitation) -> Membership:
    """Join the organization; raises NotFound if the invitation is for another address."""
    if not Invitation.objects.addressed_to(by).filter(pk=invitation.pk).exists():
        raise NotFound(
            "invitation_not_found",
            _("You don't have this invitation."),
            suggestion=_("Ask an owner to invite the email address that you signed up with."),
        )
    with transaction.atomic():
        membership, _created = Membership.objects.update_or_create(
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


def remove_member(*, by: User, organization: Organization, user: User) -> None:
    """Remove a member as an owner, or leave. Raises Conflict if no owner would remain."""
    if by != user:
        check_owner(by, organization)
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=organization.pk)
        removed, _rows = organization.membership_set.filter(user=user).delete()
        if not removed:
            raise NotFound(
                "not_a_member",
                _("This user is not a member."),
                suggestion=_("Check the list of members."),
            )
        _check_still_owned(organization)
        audit.record(by=by, action="organization.leave", target=organization.name, user=user.pk)


def _role(text: str) -> Role:
    if text not in Role.values:
        raise Invalid(
            "role_unknown",
            _("Unknown role '%(role)s'.") % {"role": text},
            suggestion=_("Choose from: %(roles)s.") % {"roles": ", ".join(Role.values)},
        )
    return Role(text)


def _check_still_owned(organization: Organization) -> None:
    if not organization.membership_set.filter(role=Role.OWNER).exists():
        raise Conflict(
            "last_owner",
            _("%(name)s would have no owner.") % {"name": organization.name},
            suggestion=_("Make another member an owner first."),
        )
