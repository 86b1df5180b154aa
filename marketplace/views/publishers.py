"""A publisher's page: a namespace, its owner and its tools."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Namespace
from accounts.policies import can_publish_in
from catalog.models import Tool
from catalog.shapes import ToolCard
from lumos.package.values import read
from marketplace import queries

PER_PAGE = 30


@require_safe
def publisher(request: HttpRequest, namespace: str) -> HttpResponse:
    """The tools of a namespace; one without tools is visible to its owners only."""
    record = Namespace.objects.select_related("user", "organization").filter(name=namespace).first()
    if record is None:
        raise Http404(_("There is no publisher %(name)s.") % {"name": namespace})
    mine = request.user.is_authenticated and can_publish_in(request.user, record)
    tools = Tool.objects.live().filter(namespace=record).order_by("-downloads_total", "name")
    paginator = Paginator(tools.values_list("card", flat=True), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    if not page.object_list and not mine:
        raise Http404(_("There is no publisher %(name)s.") % {"name": namespace})
    members = (
        [row.user for row in record.organization.membership_set.select_related("user")]
        if record.organization
        else [record.user]
    )
    return render(
        request,
        "marketplace/publisher.html",
        {
            "namespace": record,
            "cards": [read(ToolCard, card) for card in page.object_list],
            "page": page,
            "pages": paginator.get_elided_page_range(page.number),
            "totals": queries.namespace_totals(tools),
            "members": members,
            "mine": mine,
        },
    )
