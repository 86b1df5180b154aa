"""The documentation: Markdown files under docs/guide, and a page for each rule."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog.markdown import render_guide
from marketplace.guide import PAGES
from marketplace.rules import all_rules, rule_or_none, subject_of
from publishing.rulebook import RULES

GUIDE = Path(settings.BASE_DIR) / "docs" / "guide"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All pages."""
    return render(request, "marketplace/docs/index.html", {"pages": PAGES})


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One page of the guide."""
    title = next((title for key, title, _ in PAGES if key == name), None)
    if title is None:
        raise Http404(str(_("The documentation has no such page.")))
    context = {"pages": PAGES, "name": name, "title": title, "body": _body(name)}
    return render(request, "marketplace/docs/page.html", context)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule that a package is checked against, by subject."""
    context = {"pages": PAGES, "section": "rules", "rules": all_rules()}
    return render(request, "marketplace/docs/rules.html", context)


@require_safe
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule: what it finds, why it matters and how to fix it."""
    found = rule_or_none(rule_id)
    if found is None:
        raise Http404(_("There is no rule %(rule)s.") % {"rule": rule_id})
    title, others = subject_of(found)
    rules_url = reverse("rules")
    context = {
        "pages": PAGES,
        "section": "rules",
        "rule": found,
        "known": found.id in RULES,
        "crumbs": [(_("Rules"), rules_url), (title, f"{rules_url}#{found.subject}")],
        "subject_title": title,
        "siblings": [other for other in others if other.id != found.id],
    }
    return render(request, "marketplace/docs/rule.html", context)


@cache
def _body(name: str) -> SafeString:
    text = (GUIDE / f"{name}.md").read_text("utf-8").replace("{SITE_URL}", settings.SITE_URL)
    without_title = re.sub(r"\A# .*\n", "", text)
    html = render_guide(without_title)
    return mark_safe(html)  # noqa: S308 - sanitized by render_guide
