"""Permission checks on namespaces, organizations and tokens."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import ApiToken, Namespace, Organization, Role, User
from core.errors import Forbidden


def can_publish_in(user: User, namespace: Namespace) -> bool:
    """Whether ``user`` owns the namespace or is an owner or maintainer of its organization."""
    return Namespace.objects.publishable_by(user).filter(pk=namespace.pk).exists()


def check_publish_in(user: User, namespace_name: str) -> Namespace:
    """Return the namespace; raises Forbidden if ``user`` may not publish there or it is unknown."""
    mine = Namespace.objects.publishable_by(user)
    namespace = mine.filter(name=namespace_name).first()
    if namespace is None:
        names = ", ".join(mine.values_list("name", flat=True)[:5])
        raise Forbidden(
            "namespace_not_yours",
            _(
                "You can't publish in the namespace '%(name)s'. It belongs to someone else or "
                "doesn't exist."
            )
            % {"name": namespace_name},
            suggestion=_(
                "Use one of your namespaces (%(names)s), create one under Account > Namespaces, "
                "or ask the owner to add you."
            )
            % {"names": names or _("you have none")},
        )
    return namespace


def check_token_covers(token: ApiToken | None, tool: str) -> None:
    """Raises Forbidden if the token is limited to other tools."""
    if token is not None and token.tools and tool not in token.tools:
        raise Forbidden(
            "token_bound_elsewhere",
            _("This token is limited to %(tools)s, so it can't be used for %(tool)s.")
            % {"tools": ", ".join(token.tools), "tool": tool},
            suggestion=_("Use a token for this tool, or one that isn't limited to tools."),
        )


def check_owner(user: User, organization: Organization) -> None:
    """Raises Forbidden unless ``user`` is an owner of the organization."""
    if not organization.membership_set.filter(user=user, role=Role.OWNER).exists():
        raise Forbidden(
            "not_an_owner",
            _("You don't have permission to do that. Only owners of %(name)s can.")
            % {"name": organization.name},
            suggestion=_("Ask one of its owners."),
        )
