"""Mail to those who published."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from catalog.models import Tool
from publishing.models import Publication


def send_verdict(publication_id: str) -> None:
    """How a publication ended, with its reasons and the address of its page."""
    publication = Publication.objects.select_related("namespace", "uploader").get(pk=publication_id)
    if not publication.uploader.has_usable_password():
        return  # an account of the marketplace itself; nobody reads its mail
    context = {"publication": publication, "site_url": settings.SITE_URL}
    send_mail(
        subject=f"{publication.tool_name} {publication.version}: {publication.get_state_display()}",
        message=render_to_string("mail/verdict.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        recipient_list=[publication.uploader.email],
    )


def send_quarantine(tool_id: int, reason: str, version: str) -> None:
    """Tell everyone who publishes the tool that a moderator took it, or one release, away."""
    tool = Tool.objects.select_related("namespace").get(pk=tool_id)
    what = f"{tool.full_name} {version}".strip()
    context = {"what": what, "reason": reason, "site_url": settings.SITE_URL}
    for owner in tool.namespace.publishers():
        send_mail(
            subject=f"{what}: in quarantine",
            message=render_to_string("mail/quarantine.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            recipient_list=[owner.email],
        )
