"""Makes the cast: in this process for a test, or as a program for a marketplace of processes.

Alice owns the organization that owns the namespace ``demo``; Bob maintains it; Dora is a member
who may not publish; Charlie and Mallory are outsiders with a namespace each; Grace moderates.
"""

from __future__ import annotations

import json
import sys

NAMES = ("alice", "bob", "dora", "charlie", "mallory", "grace")
NAMESPACE = "demo"
PASSWORD = "correct-horse-battery-staple"


def email_of(name: str) -> str:
    """The address of somebody in the cast."""
    return f"{name}@example.org"


def make_cast() -> dict[str, str]:
    """Write the rows; returns each one's token, which has every scope."""
    from django.contrib.auth.hashers import make_password

    from accounts import actions, organizations
    from accounts.models import Role, Scope, User

    users = {name: User.objects.create_user(email_of(name)) for name in NAMES}
    User.objects.update(password=make_password(PASSWORD))
    User.objects.filter(email=email_of("grace")).update(is_staff=True)
    team = organizations.create_organization(by=users["alice"], name="Demo")
    for name, role in (("bob", Role.MAINTAINER), ("dora", Role.MEMBER)):
        team.members.add(users[name], through_defaults={"role": role})
    actions.create_namespace(by=users["alice"], name=NAMESPACE, organization=team)
    for name in ("charlie", "mallory"):
        actions.create_namespace(by=users[name], name=name)
    scopes = Scope.values
    return {
        name: actions.issue_token(by=user, name=name, scopes=scopes)[1]
        for name, user in users.items()
    }


def main() -> None:
    """Migrate, open the index, make the cast, print its tokens as JSON."""
    import django

    django.setup()
    from config import prepare

    prepare.make_folders()
    prepare.migrate()
    prepare.open_index()
    json.dump(make_cast(), sys.stdout)


if __name__ == "__main__":
    main()
