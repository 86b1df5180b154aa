"""Emails to publishers."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from catalog.models import Tool
from publishing.models import Publication


def send_verdict(publication_id: str) -> None:
    """Mail the uploader the result of a publication, with its reasons and a link."""
    publication = Publication.objects.select_related("namespace", "uploader").get(pk=publication_id)
    if not publication.uploader.has_usable_password():
        return  # an account of the marketplace itself
    context = {"publication": publication, "site_url": settings.SITE_URL}
    send_mail(
        subject=f"{publication.tool_name} {publication.version}: {publication.get_state_display()}",
        message=render_to_string("mail/verdict.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        recipient_list=[publication.uploader.email],
    )


def send_quarantine(tool_id: int, reason: str, version: str) -> None:
    """Mail all publishers of a tool that it, or one release, was quarantined."""
    tool = Tool.objects.select_related("namespace").get(pk=tool_id)
    subject = f"{tool.full_name} {version}".strip()
    context = {"what": subject, "reason": reason, "site_url": settings.SITE_URL}
    for owner in tool.namespace.publishers():
        send_mail(
            subject=_("%(tool)s was quarantined") % {"tool": subject},
            message=render_to_string("mail/quarantine.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            recipient_list=[owner.email],
        )
