"""The work of accounts that outlives a request."""

from __future__ import annotations

from accounts import organizations
from core.jobs import job


@job("accounts.mail_invitation")
def mail_invitation(invitation_id: int) -> None:
    """Tell an address that it is invited."""
    organizations.mail_invitation(invitation_id)
