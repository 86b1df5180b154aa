"""Addresses in documents that are the same for every reader."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


class SiteRequest(HttpRequest):
    """A request to SITE_URL: Django's feeds and sitemaps take their addresses from a request."""

    def get_host(self) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def _get_scheme(self) -> str:
        return urlsplit(settings.SITE_URL).scheme
