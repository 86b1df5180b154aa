"""Create namespaces, issue and revoke tokens, change display names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.display_names import shown_name
from accounts.models import ApiToken, Namespace, Organization, Scope, User
from accounts.policies import check_owner, check_publish_in
from accounts.tokens import hash_token, make_token
from core import audit
from core.errors import Conflict, Forbidden, Invalid
from core.jobs import enqueue
from lumos.package.names.tools import InvalidName, check_namespace

NAMESPACES_PER_USER = 10


def create_namespace(
    *, by: User, name: str, organization: Organization | None = None, official: bool = False
) -> Namespace:
    """Create a namespace for ``by``, or for an organization that ``by`` owns.

    Raises Invalid if the name is not allowed or reserved, Conflict if it is taken and Forbidden
    if ``by`` does not own the organization or has the maximum number of namespaces.
    """
    try:
        check_namespace(name, official=official)
    except InvalidName as error:
        raise Invalid(
            "namespace_refused",
            str(error),
            suggestion=_("Use 2 to 39 lowercase letters and digits, starting with a letter."),
        ) from None
    if organization is not None:
        check_owner(by, organization)
    elif by.namespaces.count() >= NAMESPACES_PER_USER and not by.is_staff:
        raise Forbidden(
            "too_many_namespaces",
            _("You already have %(limit)s namespaces, which is the maximum.")
            % {"limit": NAMESPACES_PER_USER},
            suggestion=_("Use one of your existing namespaces."),
        )
    try:
        with transaction.atomic():
            namespace = Namespace.objects.create(
                name=name, organization=organization, user=None if organization else by
            )
            audit.record(by=by, action="namespace.create", target=name)
            enqueue("registry.claim_namespace", name, queue="index", key=name)
    except IntegrityError:
        raise Conflict(
            "namespace_taken",
            _("The namespace '%(name)s' is taken.") % {"name": name},
            suggestion=_("Choose another name."),
        ) from None
    return namespace


def issue_token(
    *,
    by: User,
    name: str,
    scopes: Sequence[str],
    expires_in: dt.timedelta | None = None,
    tools: Sequence[str] = (),
) -> tuple[ApiToken, str]:
    """Create a token; returns it and its text, which is not stored and cannot be read again.

    ``tools`` limits it to tools (``namespace/name``) of ``by``'s namespaces. Raises Invalid for
    an unknown scope and Forbidden for a tool in another namespace.
    """
    unknown = [scope for scope in scopes if scope not in Scope.values]
    if unknown or not scopes:
        raise Invalid(
            "scope_unknown",
            _("Unknown scope: %(scopes)s.") % {"scopes": ", ".join(unknown)}
            if unknown
            else _("A token needs at least one scope."),
            suggestion=_("Choose from: %(scopes)s.") % {"scopes": ", ".join(Scope.values)},
        )
    for tool in tools:
        check_publish_in(by, tool.partition("/")[0])
    text = make_token()
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=by,
            name=name.strip()[:80] or "token",
            hash=hash_token(text),
            tail=text[-4:],
            scopes=sorted(set(scopes)),
            tools=list(tools),
            expires_at=timezone.now() + expires_in if expires_in else None,
        )
        audit.record(by=by, action="token.issue", target=f"token:{token.pk}", scopes=token.scopes)
    return token, text


def revoke_token(*, by: User, token: ApiToken) -> None:
    """Revoke a token with immediate effect; does nothing if it is already revoked."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, user=by, revoked_at__isnull=True).update(
            revoked_at=timezone.now()
        ):
            audit.record(by=by, action="token.revoke", target=f"token:{token.pk}")


def rename(*, by: User, display_name: str) -> None:
    """Change the name shown next to ``by``'s tools and reviews; raises Invalid."""
    name = shown_name(display_name)
    with transaction.atomic():
        by.display_name = name
        by.save(update_fields=["display_name"])
        audit.record(by=by, action="user.rename", target=f"user:{by.pk}")
