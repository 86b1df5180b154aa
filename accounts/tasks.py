"""Background jobs of accounts."""

from __future__ import annotations

from accounts import organizations
from core.jobs import job


@job("accounts.mail_invitation")
def mail_invitation(invitation_id: int) -> None:
    """Send an invitation by email."""
    organizations.mail_invitation(invitation_id)
