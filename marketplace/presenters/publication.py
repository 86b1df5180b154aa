"""The page of a publication: its steps, findings and result; and the texts of the upload form."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from lumos.package.findings import Effect
from lumos.package.names.tools import OFFICIAL_NAMESPACE
from marketplace.presenters.trials import trials
from publishing.documents import Step, publication_document
from publishing.models import Publication

#: What publishing from a terminal takes: what it does, the command.
COMMANDS = (
    (_("Create a tool: project, tests, README and license"), "lumos new tool acme/web-search"),
    (_("Run the server’s checks before you upload"), "lumos check"),
    (_("Build, upload and follow the checks"), "lumos publish"),
)
#: What each step checks, by its key (labels.STEPS).
STAGES = (
    ("validating", _("the archive, its metadata and manifest, and the version number")),
    ("scanning", _("every file, and the permissions that the code uses")),
    ("testing", _("the offline examples, in a sandbox without network")),
    ("scoring", _("five scores, with evidence for every point")),
    ("publishing", _("live, searchable and installable at once")),
)


def publication_page(publication: Publication) -> dict[str, Any]:
    """The template context of a publication's page and of its live part."""
    document = publication_document(publication)
    findings = document.findings
    groups = {
        effect: [finding for finding in findings if finding.effect is effect] for effect in Effect
    }
    blocking = [*groups[Effect.REJECT], *groups[Effect.HOLD]]
    explained = {finding.message for finding in blocking}
    return {
        "publication": publication,
        "crumbs": [(_("Your publications"), reverse("desk"))],
        "here": f"{publication.tool_name} {publication.version}",
        "document": document,
        "install": f"lumos add tool {_short_name(publication)}",
        "steps": [{**asdict(step), "seconds": _seconds(step)} for step in document.steps],
        "blocking": blocking,
        "reasons": [reason for reason in publication.reasons if reason not in explained],
        "trials": trials(document.trials),
        "groups": {effect: group for effect, group in groups.items() if group},
    }


def _seconds(step: Step) -> float | None:
    begun, ended = step.started_at, step.ended_at
    if not (begun and ended):
        return None
    start, end = parse_datetime(begun), parse_datetime(ended)
    return max((end - start).total_seconds(), 0) if start and end else None


def _short_name(publication: Publication) -> str:
    official = publication.namespace.name == OFFICIAL_NAMESPACE
    return publication.name if official else publication.tool_name
