"""manage.py issue_token EMAIL --scope publish: prints a token and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from accounts.actions import issue_token
from accounts.models import Scope, User
from core.errors import DomainError

_SHORTEST, _LONGEST = 0.001, 3_650


class Command(BaseCommand):
    """Issue a token for a user from the operator's terminal."""

    help = "Print a new API token for the user with this e-mail address."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The address, the scopes, and how long it lives."""
        parser.add_argument("email")
        parser.add_argument("--scope", action="append", choices=Scope.values, required=True)
        parser.add_argument("--days", type=float, default=90, help="lives so long (default 90)")
        parser.add_argument("--tool", action="append", default=[], help="bind it to namespace/name")
        parser.add_argument("--name", default="issued by the operator")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token."""
        if not _SHORTEST <= options["days"] <= _LONGEST:
            raise CommandError(
                f"A token cannot live for {options['days']:g} days.\n"
                "It would be over before it is used, or outlive whoever remembers it.\n"
                f"Give --days from {_SHORTEST:g} to {_LONGEST:,}; 90 if you leave it out."
            )
        user = self._user(options["email"])
        if user is None:
            raise CommandError(
                f"There is no account with the address {options['email']}.\n"
                "A token belongs to an account.\n"
                "Sign up on the site first, or use demo@example.com, which `make run` makes."
            )
        try:
            _, text = issue_token(
                by=user,
                name=options["name"],
                scopes=options["scope"],
                expires_in=dt.timedelta(days=options["days"]),
                tools=options["tool"],
            )
        except DomainError as error:
            raise CommandError(f"{error.detail}\n{error.suggestion}") from None
        self.stdout.write(text)

    def _user(self, email: str) -> User | None:
        try:
            return User.objects.filter(email__iexact=email).first()
        except DatabaseError as error:
            raise CommandError(
                f"The database cannot be read: {error}.\n"
                f"There is no marketplace in {settings.DATA_DIR} yet, or DATABASE_URL is another.\n"
                "Start it with `make run`, or set DATA_DIR as it was set there."
            ) from None
