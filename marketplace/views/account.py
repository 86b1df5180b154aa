"""The account pages: tools, profile, tokens, namespaces."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts import actions as account_actions
from accounts.models import ApiToken, Namespace, User
from catalog.models import Tool
from core.errors import DomainError
from marketplace.forms import NamespaceForm, ProfileForm, TokenForm, add_domain_error
from marketplace.queries import cards, namespaces_with_tools
from marketplace.views.people import signed_in
from publishing.models import Publication

SHOWN_PUBLICATIONS = 30
JUST_MADE = "new_token"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The public display name."""
    user = signed_in(request)
    form = ProfileForm(request.POST or None, initial={"display_name": user.display_name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename(by=user, display_name=form.cleaned_data["display_name"])
        except DomainError as error:
            add_domain_error(form, error, "display_name")
        else:
            messages.success(request, _("Your name was saved."))
            return redirect("account")
    return render(
        request,
        "marketplace/account/profile.html",
        {"form": form, "section": "profile"},
        status=422 if form.is_bound and form.errors else 200,
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The user's tokens; a new one is shown once, on the page after the form."""
    user = signed_in(request)
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = account_actions.issue_token(
                by=user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                tools=form.cleaned_data["tools"],
                expires_in=form.lifetime,
            )
        except DomainError as error:
            add_domain_error(form, error, "tools" if form.cleaned_data["tools"] else None)
        else:
            return _carried(request, secret)
    secret = _brought(request, user)
    response = render(
        request,
        "marketplace/account/tokens.html",
        {
            "form": form,
            "secret": secret,
            "tokens": ApiToken.objects.live().filter(user=user),
            "section": "tokens",
        },
        status=422 if form.is_bound and form.errors else 200,
    )
    if request.method == "GET" and JUST_MADE in request.COOKIES:
        response.delete_cookie(JUST_MADE, path=request.path, samesite="Strict")
    return response


def _carried(request: HttpRequest, secret: str) -> HttpResponse:
    """Redirect to the page that shows the token once.

    A cookie that is valid for a minute carries its text, because only its hash is stored.
    """
    response = redirect("tokens")
    response.set_cookie(
        JUST_MADE,
        secret,
        max_age=60,
        path=request.path,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


def _brought(request: HttpRequest, user: User) -> str:
    secret = request.COOKIES.get(JUST_MADE, "") if request.method == "GET" else ""
    known = secret and ApiToken.objects.live().with_text(secret).filter(user=user).exists()
    return secret if known else ""


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke one of the user's own tokens."""
    token = ApiToken.objects.filter(pk=token_id, user=signed_in(request)).first()
    if token is None:
        raise Http404(_("This token doesn’t exist."))
    account_actions.revoke_token(by=signed_in(request), token=token)
    messages.success(request, _("Token %(name)s was revoked.") % {"name": token.name})
    return redirect("tokens")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def namespaces(request: HttpRequest) -> HttpResponse:
    """The namespaces in which the user may publish, and a form for a new one."""
    user = signed_in(request)
    form = NamespaceForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            namespace = account_actions.create_namespace(by=user, **form.cleaned_data)
        except DomainError as error:
            add_domain_error(form, error, "name")
        else:
            text = _("Namespace %(name)s was created.") % {"name": namespace.name}
            messages.success(request, text)
            return redirect("namespaces")
    return render(
        request,
        "marketplace/account/namespaces.html",
        {
            "form": form,
            "namespaces": namespaces_with_tools(Namespace.objects.publishable_by(user)),
            "section": "namespaces",
        },
        status=422 if form.is_bound and form.errors else 200,
    )


@login_required
@require_http_methods(["GET", "HEAD"])
def desk(request: HttpRequest) -> HttpResponse:
    """The user's tools and newest publications."""
    user = signed_in(request)
    return render(
        request,
        "marketplace/account/desk.html",
        {
            "publications": Publication.objects.visible_to(user)
            .filter(uploader=user)
            .select_related("namespace")[:SHOWN_PUBLICATIONS],
            "cards": cards(Tool.objects.live().owned_by(user).order_by("name")),
            "section": "desk",
        },
    )
