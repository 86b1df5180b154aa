"""manage.py revoke_tokens EMAIL: revoke all tokens of a user, or one of them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import revoke_token
from accounts.models import ApiToken


class Command(BaseCommand):
    """Revoke a user's tokens, for instance if the account was compromised."""

    help = "Revoke the API tokens of the user with this email address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--tail", default="", help="only the token that ends with these characters"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke the tokens and print their names."""
        tokens = ApiToken.objects.filter(user__email__iexact=options["email"], revoked_at=None)
        if options["tail"]:
            tokens = tokens.filter(tail=options["tail"])
        if not tokens:
            raise CommandError(
                f"{options['email']} has no matching token.\n"
                "The email address or the ending is wrong, or the tokens are already revoked.\n"
                "See /admin/ for all tokens and their endings."
            )
        for token in tokens.select_related("user"):
            revoke_token(by=token.user, token=token)
            self.stdout.write(f"Revoked {token.name} (…{token.tail})")
