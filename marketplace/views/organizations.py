"""A user's organizations, their members and invitations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import organizations as actions
from accounts.models import Invitation, Membership, Organization, Role, User
from core.errors import DomainError
from marketplace.forms import InvitationForm, OrganizationForm, add_domain_error
from marketplace.views.people import signed_in


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def organizations(request: HttpRequest) -> HttpResponse:
    """The user's organizations, the invitations to the user, and a form for a new one."""
    user = signed_in(request)
    form = OrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organization = actions.create_organization(by=user, name=form.cleaned_data["name"])
        except DomainError as error:
            add_domain_error(form, error, "name")
        else:
            text = _("%(name)s was created. You are its owner.") % {"name": organization.name}
            messages.success(request, text)
            return redirect("organizations")
    return _page(request, user, form=form)


@login_required
@require_POST
def invite(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Invite someone by email address."""
    user = signed_in(request)
    organization = _mine(user, organization_id)
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            actions.invite(by=user, organization=organization, **form.cleaned_data)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            text = _("Invitation sent to %(email)s.") % {"email": form.cleaned_data["email"]}
            messages.success(request, text)
            return redirect("organizations")
    return _page(request, user, form=OrganizationForm(), refused=(organization.pk, form))


@login_required
@require_POST
def accept(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Accept an invitation."""
    user = signed_in(request)
    offered = Invitation.objects.addressed_to(user)
    invitation = offered.filter(organization_id=organization_id).first()
    if invitation is None:
        raise Http404(_("This invitation doesn’t exist."))
    joined = actions.accept(by=user, invitation=invitation)
    text = _("You are now a member of %(name)s.") % {"name": joined.organization.name}
    messages.success(request, text)
    return redirect("organizations")


@login_required
@require_POST
def remove(request: HttpRequest, organization_id: int, user_id: int) -> HttpResponse:
    """Remove a member, or leave."""
    user = signed_in(request)
    organization = _mine(user, organization_id)
    member = organization.members.filter(pk=user_id).first()
    if member is None:
        raise Http404(_("This member doesn’t exist."))
    try:
        actions.remove_member(by=user, organization=organization, user=member)
    except DomainError as error:
        messages.error(request, f"{error.detail} {error.suggestion}")
    else:
        text = _("%(person)s is no longer a member of %(name)s.")
        names = {"person": member.public_name, "name": organization.name}
        messages.success(request, text % names)
    return redirect("organizations")


def _mine(user: User, organization_id: int) -> Organization:
    organization = user.organizations.filter(pk=organization_id).first()
    if organization is None:
        raise Http404(_("This organization doesn’t exist."))
    return organization


def _page(
    request: HttpRequest,
    user: User,
    *,
    form: OrganizationForm,
    refused: tuple[int, forms.Form] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "rows": [_row(organization, user, refused) for organization in _with_members(user)],
        "invitations": Invitation.objects.addressed_to(user).select_related("organization"),
        "section": "organizations",
    }
    bad = refused is not None or (form.is_bound and form.errors)
    template = "marketplace/account/organizations.html"
    return render(request, template, context, status=422 if bad else 200)


def _with_members(user: User) -> Any:
    members = Membership.objects.select_related("user").order_by("pk")
    return user.organizations.order_by("name").prefetch_related(
        Prefetch("membership_set", queryset=members), "namespaces", "invitations"
    )


def _row(
    organization: Organization, user: User, refused: tuple[int, forms.Form] | None
) -> dict[str, Any]:
    members = list(organization.membership_set.all())
    owner = any(row.user_id == user.pk and row.role == Role.OWNER for row in members)
    bound = refused[1] if refused and refused[0] == organization.pk else None
    return {
        "organization": organization,
        "members": members,
        "owner": owner,
        "form": bound or InvitationForm(auto_id=f"id_{organization.pk}_%s"),
    }
