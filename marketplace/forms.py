"""The shop's forms: what people type, checked for shape; the actions check the rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Organization, Role, Scope, User
from core.errors import DomainError
from reviews.models import MAX_STARS, MAX_TEXT, MIN_STARS

EXPIRIES = (
    ("7", "In 7 days"),
    ("30", "In 30 days"),
    ("90", "In 90 days"),
    ("365", "In a year"),
    ("never", "Never"),
)


STARS = [
    (number, f"{number} star{'' if number == 1 else 's'}")
    for number in range(MAX_STARS, MIN_STARS - 1, -1)
]


class ReviewForm(forms.Form):
    """Stars and words."""

    stars = forms.TypedChoiceField(
        label="Stars",
        coerce=int,
        choices=STARS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one to five stars."},
    )
    text = forms.CharField(
        label="What should others know?",
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What you used it for, what went well, what did not. Plain text.",
    )


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label="Name", max_length=80, help_text="What you will recognize it by, for example laptop."
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=Scope.choices,
        initial=[Scope.PUBLISH],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing that the token may do."},
    )
    tools = forms.CharField(
        label="Only for these tools",
        required=False,
        max_length=500,
        help_text="Names such as acme/web-search, separated by spaces. Empty: all that you may "
        "publish.",
    )
    expires = forms.ChoiceField(label="Expires", choices=EXPIRIES, initial="90")

    def clean_tools(self) -> list[str]:
        """The names as a list."""
        return self.cleaned_data["tools"].replace(",", " ").split()

    @property
    def lifetime(self) -> dt.timedelta | None:
        """How long the token lives; None: for ever."""
        days = self.cleaned_data["expires"]
        return None if days == "never" else dt.timedelta(days=int(days))


class NamespaceForm(forms.Form):
    """A new namespace."""

    name = forms.CharField(
        label="Name",
        max_length=39,
        help_text="2 to 39 lower-case letters and digits, beginning with a letter. It stands "
        "before the name of each of your tools and cannot be changed.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    organization = forms.ModelChoiceField(
        label="Owner",
        queryset=Organization.objects.none(),
        required=False,
        empty_label="Me",
        help_text="An organization's owners and maintainers all publish in its namespaces.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owned = user.organizations.filter(membership__user=user, membership__role=Role.OWNER)
        self.fields["organization"].queryset = owned  # type: ignore[attr-defined]


class OrganizationForm(forms.Form):
    """A new organization."""

    name = forms.CharField(
        label="Name", max_length=80, help_text="The name that people know it by."
    )


class InvitationForm(forms.Form):
    """Somebody to invite."""

    email = forms.EmailField(label="E-mail address")
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.MAINTAINER)


class ProfileForm(forms.Form):
    """How others see you."""

    display_name = forms.CharField(
        label="Shown name",
        required=False,
        max_length=80,
        help_text="Stands beside your reviews. Your e-mail address is never shown.",
    )


class UploadForm(forms.Form):
    """A wheel to publish."""

    wheel = forms.FileField(
        label="Wheel",
        help_text="The .whl file that lumos build wrote, at most 50 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".whl"}),
        error_messages={"required": "Choose the wheel that lumos build wrote."},
    )
    notes = forms.CharField(
        label="What is new in this release",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Markdown.",
    )
    dry_run = forms.BooleanField(label="Only check it; publish nothing", required=False)

    def clean_wheel(self) -> UploadedFile:
        """A file that can be a wheel at all; what is in it is looked at later."""
        wheel: UploadedFile = self.cleaned_data["wheel"]
        if not (wheel.name or "").endswith(".whl"):
            raise forms.ValidationError(
                f"{wheel.name} is no wheel. Run lumos build and take the .whl file from dist/."
            )
        if (wheel.size or 0) > settings.WHEEL_MAX_BYTES:
            raise forms.ValidationError(
                "The wheel is larger than 50 MB. Leave data out and let the tool load it."
            )
        return wheel


class StandingForm(forms.Form):
    """What a publisher does with a tool or one of its releases."""

    VERBS = [(verb, verb) for verb in ("yank", "unyank", "delete", "deprecate", "undeprecate")]

    verb = forms.ChoiceField(choices=VERBS)
    version = forms.CharField(required=False, max_length=64)
    reason = forms.CharField(required=False, max_length=500)
    successor = forms.CharField(required=False, max_length=104)


def add_domain_error(form: forms.Form, error: DomainError, field: str | None = None) -> None:
    """Show what an action refused, with its advice, beside the field or above the form."""
    form.add_error(field, f"{error.detail} {error.suggestion}")
