"""The reviews of a tool: read, write, change and delete."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from catalog.models import Tool
from core.errors import DomainError
from marketplace import queries
from marketplace.forms import ReviewForm, add_domain_error
from marketplace.views.people import signed_in
from marketplace.views.tools import find_tool, frame
from reviews import actions
from reviews.models import MAX_STARS, MIN_STARS, Review
from reviews.policies import can_review
from reviews.queries import stars_of

PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def reviews(request: HttpRequest, namespace: str, name: str) -> HttpResponse:
    """The reviews with their histogram, and the user's own as a form."""
    tool = find_tool(namespace, name)
    if request.method != "POST":
        return _page(request, tool, ReviewForm(initial=_own(request, tool)))
    return _write(request, tool)


@login_required
def _write(request: HttpRequest, tool: Tool) -> HttpResponse:
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            actions.write_review(by=signed_in(request), tool=tool, **form.cleaned_data)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Your review was published."))
            return redirect(_address(tool))
    return _page(request, tool, form, status=422)


@login_required
@require_POST
def delete(request: HttpRequest, namespace: str, name: str) -> HttpResponse:
    """Delete the user's review."""
    tool = find_tool(namespace, name)
    try:
        actions.delete_review(by=signed_in(request), tool=tool)
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("Your review was deleted."))
    return redirect(_address(tool))


def _page(request: HttpRequest, tool: Tool, form: ReviewForm, status: int = 200) -> HttpResponse:
    release = queries.release_or_none(tool, None)
    if release is None:
        raise Http404(_("%(tool)s has no release.") % {"tool": tool.full_name})
    rows = Review.objects.filter(tool=tool).with_names().newest_first()
    paginator = Paginator(rows, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    counts = stars_of(tool)
    user = request.user
    context = {
        **frame(tool, release, "reviews", pinned=False),
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number),
        "histogram": [(n, counts.get(n, 0)) for n in range(MAX_STARS, MIN_STARS - 1, -1)],
        "may_review": isinstance(user, User) and can_review(user, tool),
        "own": rows.filter(user=user).first() if isinstance(user, User) else None,
    }
    return render(request, "marketplace/tool/reviews.html", context, status=status)


def _own(request: HttpRequest, tool: Tool) -> dict[str, object]:
    if not request.user.is_authenticated:
        return {}
    review = Review.objects.filter(tool=tool, user=request.user).values("stars", "text").first()
    return dict(review) if review else {}


def _address(tool: Tool) -> str:
    return f"{tool.get_absolute_url()}reviews/"
