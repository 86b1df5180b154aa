"""The sitemap: every live tool, and the documentation."""

from __future__ import annotations

import datetime as dt

from django.contrib.sitemaps import Sitemap
from django.contrib.sites.requests import RequestSite
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.models import Tool
from marketplace.addresses import SiteRequest
from marketplace.guide import PAGES


class Pages(Sitemap):
    """The home page and the documentation."""

    def items(self) -> list[str]:
        guide = [reverse("docs_page", args=[name]) for name, _, _ in PAGES]
        return [reverse("home"), reverse("docs"), reverse("rules"), *guide]

    def location(self, item: str) -> str:
        return item


class Tools(Sitemap):
    """The live tools, last changed first; at most as many as one sitemap may hold."""

    def items(self) -> QuerySet[Tool]:
        tools = Tool.objects.live().select_related("namespace").order_by("-updated_at", "-pk")
        return tools.only("name", "updated_at", "namespace__name")

    def lastmod(self, item: Tool) -> dt.datetime:
        return item.updated_at


def sitemap() -> bytes:
    """The sitemap in UTF-8, with addresses below SITE_URL."""
    request = SiteRequest()
    site = RequestSite(request)
    urls = [
        url
        for section in (Pages(), Tools())
        for url in section.get_urls(site=site, protocol=request.scheme)
    ]
    return render_to_string("sitemap.xml", {"urlset": urls}).encode()
