"""The forms. They validate the input's format; actions enforce the rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, Role, Scope, User
from core.errors import DomainError
from marketplace.presenters.labels import REPORT_REASONS, ROLES, SCOPES
from publishing.models import CaseKind
from publishing.moderation.reports import MAX_TEXT as MAX_REPORT
from reviews.models import MAX_STARS, MAX_TEXT, MIN_STARS

EXPIRIES = (
    ("7", _("In 7 days")),
    ("30", _("In 30 days")),
    ("90", _("In 90 days")),
    ("365", _("In a year")),
    ("never", _("Never")),
)


STARS = [
    (number, ngettext_lazy("%(n)d star", "%(n)d stars", number) % {"n": number})
    for number in range(MAX_STARS, MIN_STARS - 1, -1)
]


class ReviewForm(forms.Form):
    """Stars and a text."""

    stars = forms.TypedChoiceField(
        label=_("Stars"),
        coerce=int,
        choices=STARS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one to five stars.")},
    )
    text = forms.CharField(
        label=_("Your review"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you used it for, what worked and what didn’t. Plain text."),
    )


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("A name to recognize it by, for example laptop."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Permissions"),
        choices=list(SCOPES.items()),
        initial=[Scope.PUBLISH],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one permission.")},
    )
    tools = forms.CharField(
        label=_("Limit to these tools"),
        required=False,
        max_length=500,
        help_text=_(
            "Names such as acme/web-search, separated by spaces. Leave empty to allow all tools "
            "that you can publish."
        ),
    )
    expires = forms.ChoiceField(label=_("Expires"), choices=EXPIRIES, initial="90")

    def clean_tools(self) -> list[str]:
        """The names as a list."""
        return self.cleaned_data["tools"].replace(",", " ").split()

    @property
    def lifetime(self) -> dt.timedelta | None:
        """The token's lifetime; None: it does not expire."""
        days = self.cleaned_data["expires"]
        return None if days == "never" else dt.timedelta(days=int(days))


class NamespaceForm(forms.Form):
    """A new namespace."""

    name = forms.CharField(
        label=_("Name"),
        max_length=39,
        help_text=_(
            "2 to 39 lowercase letters and digits, starting with a letter. It is the first part of "
            "your tools’ names and can’t be changed."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    organization = forms.ModelChoiceField(
        label=_("Owner"),
        queryset=Organization.objects.none(),
        required=False,
        empty_label=_("Me"),
        help_text=_("Owners and maintainers of an organization can publish in its namespaces."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owned = user.organizations.filter(membership__user=user, membership__role=Role.OWNER)
        self.fields["organization"].queryset = owned  # type: ignore[attr-defined]


class OrganizationForm(forms.Form):
    """A new organization."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("The name people know it by.")
    )


class InvitationForm(forms.Form):
    """An invitation to an organization."""

    email = forms.EmailField(label=_("Email address"))
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLES.items()), initial=Role.MAINTAINER)


class ProfileForm(forms.Form):
    """The public profile."""

    display_name = forms.CharField(
        label=_("Display name"),
        required=False,
        max_length=80,
        help_text=_("Shown with your reviews. Your email address is never shown."),
    )


class UploadForm(forms.Form):
    """A wheel to publish."""

    wheel = forms.FileField(
        label=_("Wheel"),
        help_text=_("The .whl file created by lumos build, at most 50 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".whl"}),
        error_messages={"required": _("Choose the wheel created by lumos build.")},
    )
    notes = forms.CharField(
        label=_("Release notes"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Markdown."),
    )
    dry_run = forms.BooleanField(label=_("Check only, don’t publish"), required=False)

    def clean_wheel(self) -> UploadedFile:
        """Check the file's name and size; its content is checked after the upload."""
        wheel: UploadedFile = self.cleaned_data["wheel"]
        if not (wheel.name or "").endswith(".whl"):
            raise forms.ValidationError(
                gettext("%(file)s is not a wheel. Run lumos build and use the .whl file in dist/.")
                % {"file": wheel.name}
            )
        if (wheel.size or 0) > settings.WHEEL_MAX_BYTES:
            raise forms.ValidationError(
                gettext("The wheel is larger than 50 MB. Move data out and let the tool load it.")
            )
        return wheel


class StandingForm(forms.Form):
    """A publisher's change of a tool or one of its releases."""

    VERBS = [(verb, verb) for verb in ("yank", "unyank", "delete", "deprecate", "undeprecate")]

    verb = forms.ChoiceField(choices=VERBS)
    version = forms.CharField(required=False, max_length=64)
    reason = forms.CharField(required=False, max_length=500)
    successor = forms.CharField(required=False, max_length=104)


class DeskFilterForm(forms.Form):
    """Which cases the moderators' desk shows."""

    kind = forms.ChoiceField(choices=CaseKind, required=False)
    show = forms.ChoiceField(choices=[("open", "open"), ("closed", "closed")], required=False)
    q = forms.CharField(required=False, max_length=104)


class ReportForm(forms.Form):
    """A report about a tool to the moderators."""

    reason = forms.ChoiceField(label=_("What is wrong?"), choices=list(REPORT_REASONS.items()))
    version = forms.CharField(
        label=_("Version"),
        required=False,
        max_length=64,
        help_text=_("Leave empty if it concerns the whole tool."),
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )
    text = forms.CharField(
        label=_("Description"),
        max_length=MAX_REPORT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What the tool does, and how you noticed it. Only moderators read it."),
    )


def add_domain_error(form: forms.Form, error: DomainError, field: str | None = None) -> None:
    """Show an action's error and its suggestion, at the field or above the form."""
    form.add_error(field, f"{error.detail} {error.suggestion}")
