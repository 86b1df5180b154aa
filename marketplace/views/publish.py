"""The upload form, and a publication's page with its live progress."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Namespace, User
from core.errors import Conflict, DomainError, TooLarge
from marketplace.forms import UploadForm, add_domain_error
from marketplace.presenters.publication import COMMANDS, STAGES, publication_page
from marketplace.views.people import signed_in
from publishing import actions
from publishing.models import Publication
from publishing.receive import receive
from publishing.uploads import HashingUploadHandler, Upload

Answer = HttpResponse


@csrf_exempt  # the body must not be read before the upload handler is set; checked in the view
def publish(request: HttpRequest) -> Answer:
    """The upload form, and the commands for publishing from a terminal."""
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect(
            f"{reverse('account_login')}?next={request.path}"
        )  # before the body is read
    request.upload_handlers = [HashingUploadHandler(request)]
    try:
        return _publish(request)
    except TooLarge as error:
        form = UploadForm()
        return _form_page(request, form, refused=error, status=413)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def _publish(request: HttpRequest) -> Answer:
    if request.method != "POST":
        return _form_page(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        publication, new = receive(
            by=signed_in(request),
            upload=Upload.from_form(form.cleaned_data["wheel"]),
            notes=form.cleaned_data["notes"],
            dry_run=form.cleaned_data["dry_run"],
        )
    except DomainError as error:
        if not error.extra.get("findings") and not isinstance(error, Conflict):
            add_domain_error(form, error, "wheel")
        return _form_page(request, form, refused=error, status=error.status)
    if not new:
        text = _("This file is already being checked. This is its publication.")
        messages.info(request, text)
    return redirect(publication)


def _form_page(
    request: HttpRequest, form: UploadForm, *, refused: DomainError | None = None, status: int = 200
) -> Answer:
    user = request.user
    mine = Namespace.objects.publishable_by(user) if isinstance(user, User) else []
    context = {
        "form": form,
        "refused": refused,
        "namespaces": mine,
        "commands": COMMANDS,
        "stages": STAGES,
    }
    return render(request, "marketplace/publish.html", context, status=status)


@login_required
@never_cache
@require_safe
def publication(request: HttpRequest, publication_id: UUID) -> Answer:
    """A publication with its steps, findings and result; visible to its publishers only."""
    row = _find(request, publication_id)
    return render(request, "marketplace/publication.html", publication_page(row))


@login_required
@never_cache
@require_safe
def progress(request: HttpRequest, publication_id: UUID) -> Answer:
    """The live part of the page, which the page's script requests."""
    row = _find(request, publication_id)
    return render(request, "marketplace/_publication_live.html", publication_page(row))


@login_required
@require_POST
def cancel(request: HttpRequest, publication_id: UUID) -> Answer:
    """Cancel or withdraw a publication."""
    row = _find(request, publication_id)
    try:
        actions.cancel(by=signed_in(request), publication=row)
    except DomainError as error:
        messages.error(request, f"{error.detail} {error.suggestion}")
    return redirect(row)


@login_required
@require_POST
def appeal(request: HttpRequest, publication_id: UUID) -> Answer:
    """Ask a moderator to review a rejected publication."""
    row = _find(request, publication_id)
    try:
        actions.appeal(by=signed_in(request), publication=row, text=request.POST.get("text", ""))
    except DomainError as error:
        messages.error(request, f"{error.detail} {error.suggestion}")
    else:
        messages.success(request, _("A moderator will review it. The version is reserved for you."))
    return redirect(row)


def _find(request: HttpRequest, publication_id: UUID) -> Publication:
    row = (
        Publication.objects.visible_to(signed_in(request))
        .select_related("namespace", "release__tool__namespace", "uploader")
        .prefetch_related("checks")
        .filter(pk=publication_id)
        .first()
    )
    if row is None:
        raise Http404(str(_("This publication doesn’t exist or is private.")))
    return row
