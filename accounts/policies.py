"""Who may: pure questions about users, namespaces and tokens."""

from __future__ import annotations

from accounts.models import ApiToken, Namespace, Organization, Role, User
from core.errors import Forbidden


def can_publish_in(user: User, namespace: Namespace) -> bool:
    """Owners of a namespace, and owners and maintainers of its organization, publish in it."""
    return Namespace.objects.publishable_by(user).filter(pk=namespace.pk).exists()


def check_publish_in(user: User, namespace_name: str) -> Namespace:
    """The namespace; raises Forbidden where it is unknown or somebody else's."""
    mine = Namespace.objects.publishable_by(user)
    found = mine.filter(name=namespace_name).first()
    if found is None:
        raise Forbidden(
            "namespace_not_yours",
            f"You may not publish in the namespace '{namespace_name}': it is not yours, or nobody "
            "has made it yet.",
            suggestion="Publish under one of your own namespaces"
            + (f" ({', '.join(mine.values_list('name', flat=True)[:5])})" if mine else "")
            + ", make a new one under Account > Namespaces, or ask its owner to add you.",
        )
    return found


def check_token_covers(token: ApiToken | None, tool: str) -> None:
    """Raises Forbidden where a token is bound to other tools."""
    if token is not None and token.tools and tool not in token.tools:
        raise Forbidden(
            "token_bound_elsewhere",
            f"This token is bound to {', '.join(token.tools)} and cannot act on {tool}.",
            suggestion="Use a token without a binding, or one that is bound to this tool.",
        )


def check_owner(user: User, organization: Organization) -> None:
    """Raises Forbidden for everyone but the owners of an organization."""
    if not organization.membership_set.filter(user=user, role=Role.OWNER).exists():
        raise Forbidden(
            "not_an_owner",
            f"You are not an owner of {organization.name}.",
            suggestion="Ask one of its owners.",
        )
