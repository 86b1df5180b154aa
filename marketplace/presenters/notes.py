"""Findings with the notes of publisher and moderators beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lumos.package.findings import Effect, Finding
from publishing.models import FindingNote, Publication
from publishing.moderation.notes import key_of

__all__ = ["NotedFinding", "grouped"]


@dataclass(frozen=True, slots=True)
class NotedFinding:
    """A finding, its key within the publication, and its note, if any."""

    finding: Finding
    key: str
    note: FindingNote | None


def grouped(
    publication: Publication, findings: Iterable[Finding]
) -> dict[Effect, list[NotedFinding]]:
    """The findings by what they do, the gravest effect first; effects of none are left out."""
    notes = {note.key: note for note in publication.notes_on_findings.all()}
    noted = [NotedFinding(finding, key := key_of(finding), notes.get(key)) for finding in findings]
    groups = {effect: [one for one in noted if one.finding.effect is effect] for effect in Effect}
    return {effect: group for effect, group in groups.items() if group}
