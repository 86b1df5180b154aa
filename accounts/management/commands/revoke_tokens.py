"""manage.py revoke_tokens EMAIL: ends a user's tokens, all of them or one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import revoke_token
from accounts.models import ApiToken


class Command(BaseCommand):
    """End tokens from the operator's terminal, for instance of an account that was taken over."""

    help = "Revoke the API tokens of the user with this e-mail address."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address, and the last characters of one token."""
        parser.add_argument("email")
        parser.add_argument("--tail", default="", help="only the token that ends with these")

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke and name each."""
        tokens = ApiToken.objects.filter(user__email__iexact=options["email"], revoked_at=None)
        if options["tail"]:
            tokens = tokens.filter(tail=options["tail"])
        if not tokens:
            raise CommandError(
                f"No valid token of {options['email']} was found.\n"
                "The address or the ending is misspelled, or its tokens were revoked before.\n"
                "/admin/ lists all tokens with their endings."
            )
        for token in tokens.select_related("user"):
            revoke_token(by=token.user, token=token)
            self.stdout.write(f"revoked: {token.name} (…{token.tail})")
