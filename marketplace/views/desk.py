"""The moderators' desk: the queue, a page for each case, and the decisions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from marketplace.forms import DeskFilterForm
from marketplace.presenters import desk as presenter
from marketplace.views.people import signed_in
from publishing import actions
from publishing.models import Case, Publication, Verdict
from publishing.moderation import decisions, notes
from publishing.policies import check_moderator

CASES_PER_PAGE = 50
View = Callable[..., HttpResponse]


def for_moderators(view: View) -> View:
    """Ask to sign in; answer 403 for those who are no moderators."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            check_moderator(signed_in(request))
        except DomainError as error:
            raise PermissionDenied(error.detail) from None
        return view(request, *args, **kwargs)

    return login_required(never_cache(guarded))


@for_moderators
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Open cases in the order in which to decide them, or closed ones, newest first."""
    form = DeskFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    closed = chosen.get("show") == "closed"
    rows = Case.objects.all()
    rows = rows.filter(closed_at__isnull=False).order_by("-closed_at") if closed else rows.open()
    if chosen.get("kind"):
        rows = rows.filter(kind=chosen["kind"])
    if chosen.get("q"):
        rows = rows.named(chosen["q"])
    rows = rows if closed else rows.in_order()
    page = Paginator(rows.with_subjects(), CASES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "form": form,
        "closed": closed,
        "kind": chosen.get("kind", ""),
        "q": chosen.get("q", ""),
        "figures": presenter.figures(),
        "kinds": presenter.kinds(closed=closed),
    }
    return render(request, "marketplace/desk/queue.html", context)


@for_moderators
@require_safe
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: reasons, source, difference, what the sandbox saw, record, earlier decisions."""
    return _page(request, _find(case_id))


def _page(
    request: HttpRequest, row: Case, *, error: DomainError | None = None, status: int = 200
) -> HttpResponse:
    context = {**presenter.case_page(row, by=signed_in(request)), "error": error}
    context["typed"] = request.POST
    return render(request, "marketplace/desk/case.html", context, status=status)


@for_moderators
@require_POST
def decide(request: HttpRequest, case_id: int) -> HttpResponse:
    """Approve or reject; then the next case of the queue."""
    row = _find(case_id)
    try:
        verdict = Verdict(request.POST.get("verdict", ""))
    except ValueError:
        raise Http404(_("Choose approve or reject.")) from None
    try:
        message = _decided(request, row, verdict, _reason(request))
    except DomainError as error:
        return _page(request, _find(case_id), error=error, status=error.status)
    messages.success(request, message)
    following = Case.objects.open().exclude(decisions__moderator=signed_in(request)).in_order()
    return redirect(following.first() or reverse("moderation"))


def _reason(request: HttpRequest) -> str:
    """The moderator's own words, or the chosen reason."""
    return request.POST.get("reason", "").strip() or request.POST.get("preset", "")


def _decided(request: HttpRequest, row: Case, verdict: Verdict, reason: str) -> str:
    by = signed_in(request)
    name = f"{row.tool_name} {row.version}".strip()
    if row.publication is None:
        decisions.decide_report(by=by, case=row, verdict=verdict, reason=reason)
        if verdict is Verdict.APPROVE:
            return _("%(name)s: the report was closed.") % {"name": name}
        return _("%(name)s was quarantined.") % {"name": name}
    if verdict is Verdict.REJECT:
        decisions.reject(by=by, publication=row.publication, reason=reason)
        return _("%(name)s was rejected.") % {"name": name}
    if decisions.approve(by=by, publication=row.publication, reason=reason):
        return _("%(name)s was approved. Its checks run once more.") % {"name": name}
    return _("%(name)s: your approval was saved. Another moderator must approve it too.") % {
        "name": name
    }


@for_moderators
@require_POST
def check_again(request: HttpRequest, case_id: int) -> HttpResponse:
    """Run the checks again, for instance after findings were accepted."""
    publication = _publication(_find(case_id))
    actions.check_again(by=signed_in(request), publication=publication)
    messages.success(request, _("The checks run again."))
    return redirect("moderation")


@for_moderators
@require_POST
def accept(request: HttpRequest, case_id: int) -> HttpResponse:
    """Accept a finding of the case's publication."""
    row = _find(case_id)
    try:
        notes.accept(
            by=signed_in(request),
            publication=_publication(row),
            key=request.POST.get("key", ""),
            reason=request.POST.get("reason", ""),
        )
    except DomainError as error:
        return _page(request, row, error=error, status=error.status)
    messages.success(request, _("The finding was accepted. It no longer counts for this release."))
    return redirect(row)


@for_moderators
@require_safe
def source(request: HttpRequest, case_id: int) -> HttpResponse:
    """The files of a publication's wheel, and one of them with a line marked."""
    row = _find(case_id)
    context = presenter.source_page(
        _publication(row), request.GET.get("file", ""), request.GET.get("line", "")
    )
    if context is None:
        raise Http404(_("The wheel of this publication is no longer stored, or has no such file."))
    return render(request, "marketplace/desk/source.html", {"case": row, **context})


def _find(case_id: int) -> Case:
    row = Case.objects.with_subjects().filter(pk=case_id).first()
    if row is None:
        raise Http404(_("There is no such case."))
    return row


def _publication(row: Case) -> Publication:
    if row.publication is None:
        raise Http404(_("This case is about a report."))
    return row.publication
