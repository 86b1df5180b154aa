"""Small files for machines: robots.txt, security.txt and others."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from marketplace import stored


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt."""
    lines = [
        "User-agent: *",
        "Disallow: /account/",
        "Disallow: /accounts/",
        "Disallow: /publications/",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every live tool, and the documentation."""
    data = stored.read(stored.SITEMAP, stored.write_sitemap)
    return HttpResponse(data, content_type="application/xml")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """security.txt (RFC 9116): the contact for vulnerability reports."""
    expires = (timezone.now() + dt.timedelta(days=180)).replace(microsecond=0)
    lines = [
        f"Contact: {_contact()}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: en, zh",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        f"Policy: {settings.SITE_URL}/docs/security/",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@csrf_exempt
def legacy_upload(request: HttpRequest) -> HttpResponse:
    """The upload URL of ``uv publish`` and twine: respond with the right command."""
    text = "Tools are published with: lumos publish (see /docs/publishing/). Nothing was uploaded."
    return HttpResponse(
        f"{text}\n", status=410, reason=text, content_type="text/plain; charset=utf-8"
    )


def _contact() -> str:
    """The operator's contact for reports, or the page that explains how to report."""
    address: str = settings.SECURITY_CONTACT
    return address or f"{settings.SITE_URL}/docs/security/"
