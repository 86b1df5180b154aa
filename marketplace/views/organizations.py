"""People who publish together: the organisations that one is in, and invitations to more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import organizations as actions
from accounts.models import Invitation, Membership, Organisation, Role, User
from core.errors import DomainError
from marketplace.forms import InvitationForm, OrganisationForm, add_domain_error
from marketplace.views.people import signed_in


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def organisations(request: HttpRequest) -> HttpResponse:
    """Mine, with their members; invitations to me; and a form for a new one."""
    user = signed_in(request)
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_organisation(by=user, name=form.cleaned_data["name"])
        except DomainError as error:
            add_domain_error(form, error, "name")
        else:
            messages.success(request, f"{made.name} is made; you are its owner.")
            return redirect("organisations")
    return _page(request, user, form=form)


@login_required
@require_POST
def invite(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Offer somebody a place."""
    user = signed_in(request)
    organisation = _mine(user, organisation_id)
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            actions.invite(by=user, organisation=organisation, **form.cleaned_data)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, f"{form.cleaned_data['email']} gets a mail.")
            return redirect("organisations")
    return _page(request, user, form=OrganisationForm(), refused=(organisation.pk, form))


@login_required
@require_POST
def accept(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Take an offered place."""
    user = signed_in(request)
    offered = Invitation.objects.addressed_to(user)
    invitation = offered.filter(organisation_id=organisation_id).first()
    if invitation is None:
        raise Http404("There is no such invitation.")
    joined = actions.accept(by=user, invitation=invitation)
    messages.success(request, f"You are in {joined.organisation.name} now.")
    return redirect("organisations")


@login_required
@require_POST
def remove(request: HttpRequest, organisation_id: int, user_id: int) -> HttpResponse:
    """Remove a member, or leave."""
    user = signed_in(request)
    organisation = _mine(user, organisation_id)
    member = organisation.members.filter(pk=user_id).first()
    if member is None:
        raise Http404("There is no such member.")
    try:
        actions.remove_member(by=user, organisation=organisation, user=member)
    except DomainError as error:
        messages.error(request, f"{error.detail} {error.suggestion}")
    else:
        messages.success(request, f"{member.public_name} left {organisation.name}.")
    return redirect("organisations")


def _mine(user: User, organisation_id: int) -> Organisation:
    found = user.organisations.filter(pk=organisation_id).first()
    if found is None:
        raise Http404("There is no such organisation.")
    return found


def _page(
    request: HttpRequest,
    user: User,
    *,
    form: OrganisationForm,
    refused: tuple[int, forms.Form] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "rows": [_row(organisation, user, refused) for organisation in _with_members(user)],
        "invitations": Invitation.objects.addressed_to(user).select_related("organisation"),
        "section": "organisations",
    }
    bad = refused is not None or (form.is_bound and form.errors)
    template = "marketplace/account/organisations.html"
    return render(request, template, context, status=422 if bad else 200)


def _with_members(user: User) -> Any:
    members = Membership.objects.select_related("user").order_by("pk")
    return user.organisations.order_by("name").prefetch_related(
        Prefetch("membership_set", queryset=members), "namespaces", "invitations"
    )


def _row(
    organisation: Organisation, user: User, refused: tuple[int, forms.Form] | None
) -> dict[str, Any]:
    members = list(organisation.membership_set.all())
    owner = any(row.user_id == user.pk and row.role == Role.OWNER for row in members)
    bound = refused[1] if refused and refused[0] == organisation.pk else None
    return {
        "organisation": organisation,
        "members": members,
        "owner": owner,
        "form": bound or InvitationForm(auto_id=f"id_{organisation.pk}_%s"),
    }
