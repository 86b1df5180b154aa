"""URL path converters."""

from __future__ import annotations

from django.urls.converters import StringConverter


class NamespaceConverter(StringConverter):
    """The first half of a tool's name."""

    regex = "[a-z][a-z0-9]{1,38}"


class NameConverter(StringConverter):
    """The second half of a tool's name."""

    regex = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*"


class VersionConverter(StringConverter):
    """A version with three numbers and perhaps a pre-release."""

    regex = r"[0-9]+\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)\.[0-9]+)?"


class TabConverter(StringConverter):
    """A tab of a tool's page that shows one release."""

    regex = "functions|quality|security|dependencies"


class RuleConverter(StringConverter):
    """The id of a rule, ``subject/kebab-case`` or ``bandit/B602``."""

    regex = "[a-z-]+/[A-Za-z0-9-]+"
