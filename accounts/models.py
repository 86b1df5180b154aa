"""Users, organizations, namespaces and API tokens."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.tokens import hash_token


class UserManager(BaseUserManager["User"]):
    """Creates users, who are identified by their email address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        """Create a user; without ``password``, signing in with one is impossible."""
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        """Create an operator, whose email address counts as verified."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **extra)
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)  # type: ignore[attr-defined]
        return user


class User(AbstractUser):
    """A user, identified by email address and shown under a display name."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)
    display_name = models.CharField(max_length=80, blank=True, default="")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.display_name or self.email

    @property
    def public_name(self) -> str:
        """The name shown to others; never the email address."""
        if self.display_name:
            return self.display_name
        own = min(self.namespaces.all(), key=lambda namespace: namespace.pk, default=None)
        return own.name if own else f"user {self.pk}"


class Role(models.TextChoices):
    """The roles in an organization; owners and maintainers may publish."""

    OWNER = "owner"
    MAINTAINER = "maintainer"
    MEMBER = "member"


class Organization(models.Model):
    """A group of users who publish together."""

    name = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    members: models.ManyToManyField[User, Membership] = models.ManyToManyField(
        User, through="Membership", related_name="organizations"
    )

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's role in an organization."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "user"], name="member_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization} ({self.role})"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Named filters over invitations."""

    def addressed_to(self, user: User) -> InvitationQuerySet:
        """Invitations to the address of ``user``, which was verified at sign-up."""
        return self.filter(email__iexact=user.email)


class Invitation(models.Model):
    """An invitation to an organization, sent to an email address with or without an account."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(default=timezone.now)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "email"], name="invited_once")
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.organization} ({self.role})"


class NamespaceQuerySet(models.QuerySet["Namespace"]):
    """Named filters over namespaces."""

    def publishable_by(self, user: User) -> NamespaceQuerySet:
        """The namespaces in which ``user`` may publish."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(user=user)
            | Q(
                organization__membership__user=user,
                organization__membership__role__in=[Role.OWNER, Role.MAINTAINER],
            )
        ).distinct()


class Namespace(models.Model):
    """The first part of a tool's name, owned by a user or an organization."""

    name = models.CharField(max_length=39, unique=True)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="namespaces"
    )
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="namespaces"
    )
    verified = models.BooleanField(default=False)
    description = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    objects = NamespaceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, organization__isnull=True)
                | Q(user__isnull=True, organization__isnull=False),
                name="namespace_has_one_owner",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def publishers(self) -> models.QuerySet[User]:
        """The users who may publish in it."""
        if self.user_id is not None:
            return User.objects.filter(pk=self.user_id)
        return User.objects.filter(
            memberships__organization=self.organization_id,
            memberships__role__in=[Role.OWNER, Role.MAINTAINER],
        )


class Scope(models.TextChoices):
    """What a token may do."""

    READ = "read", "Read what you can read"
    PUBLISH = "publish", "Publish releases"
    YANK = "yank", "Yank and unyank releases"
    REVIEW = "review", "Write reviews"
    ACCOUNT = "account", "Create namespaces"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Named filters over tokens."""

    def live(self) -> ApiTokenQuerySet:
        """Neither revoked nor expired."""
        now = timezone.now()
        return self.filter(revoked_at__isnull=True).filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now)
        )

    def with_text(self, text: str) -> ApiTokenQuerySet:
        """The token whose text this is, whatever its state."""
        return self.filter(hash=hash_token(text))


class ApiToken(models.Model):
    """An API token. Only its hash and last four characters are stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    hash = models.CharField(max_length=64, unique=True)
    tail = models.CharField(max_length=4)
    scopes = models.JSONField(default=list)
    #: Tools (``namespace/name``) that it is limited to; empty: all of the user's tools.
    tools = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} (…{self.tail})"

    @property
    def is_live(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and not self.is_expired

    @property
    def is_expired(self) -> bool:
        """Whether its expiry time has passed."""
        return self.expires_at is not None and self.expires_at <= dt.datetime.now(dt.UTC)
