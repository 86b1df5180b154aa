"""Publications with their checks, and what moderators and publishers say about them."""

from publishing.models.moderation import Case, CaseKind, Decision, FindingNote, Report, Verdict
from publishing.models.publications import Check, CheckState, Publication, PublicationQuerySet

__all__ = [
    "Case",
    "CaseKind",
    "Check",
    "CheckState",
    "Decision",
    "FindingNote",
    "Publication",
    "PublicationQuerySet",
    "Report",
    "Verdict",
]
