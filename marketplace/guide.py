"""The pages of the guide, in reading order."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

#: Address, title and one sentence; each is docs/guide/NAME.md.
PAGES: tuple[tuple[str, Any, Any], ...] = (
    ("start", _("Getting started"), _("Find a tool, install it, call it.")),
    ("agents", _("Use tools from an agent"), _("One MCP server with all tools of a project.")),
    ("publishing", _("Publish a tool"), _("From an empty folder to a live release.")),
    ("format", _("The package format"), _("A wheel with a manifest: names, files, limits.")),
    ("versions", _("Versions and ranges"), _("What a version number promises.")),
    ("permissions", _("Permissions"), _("What a tool declares, and what is found in its code.")),
    ("quality", _("How quality is measured"), _("Five scores, every factor, and the targets.")),
    ("registry", _("The registry"), _("The static files that pip, uv and lumos read.")),
    ("operating", _("Run a marketplace"), _("Settings, moderators, backups.")),
    ("errors", _("Errors"), _("What each error code means and what to try.")),
    ("security", _("Security"), _("How to report a vulnerability.")),
)
