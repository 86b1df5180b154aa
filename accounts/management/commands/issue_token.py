"""manage.py issue_token EMAIL --scope publish: print a new token."""

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
    """Create a token for a user. Prints the token only, so that scripts can use it."""

    help = "Create an API token for the user with this email address, and print it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--scope", action="append", choices=Scope.values, required=True)
        parser.add_argument(
            "--days", type=float, default=90, help="valid for this many days (default 90)"
        )
        parser.add_argument(
            "--tool", action="append", default=[], help="limit it to namespace/name"
        )
        parser.add_argument("--name", default="issued by the operator")

    def handle(self, *args: Any, **options: Any) -> None:
        if not _SHORTEST <= options["days"] <= _LONGEST:
            raise CommandError(
                f"A token can't be valid for {options['days']:g} days.\n"
                f"Use --days from {_SHORTEST:g} to {_LONGEST:,}, or omit it for 90 days."
            )
        user = self._user(options["email"])
        if user is None:
            raise CommandError(
                f"There is no account with the email address {options['email']}.\n"
                "Every token belongs to an account.\n"
                "Sign up first, or use demo@example.com, which `make run` creates."
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
                f"Could not read the database: {error}.\n"
                f"There is no marketplace in {settings.DATA_DIR}, or DATABASE_URL is wrong.\n"
                "Start the marketplace with `make run`, or set DATA_DIR to its folder."
            ) from None
