"""Findings that a moderator has accepted no longer count in the checks of that release."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lumos.package.findings import Finding
from publishing.checks.base import Outcome, Verdict
from publishing.models import Publication
from publishing.moderation.notes import accepted_keys, is_official, with_acceptances
from security_scan.report import level_of, score_of


def without_accepted(outcome: Outcome, publication: Publication) -> Outcome:
    """The outcome with accepted findings that neither hold nor lower.

    A finding of an official tool goes on holding it until two moderators approve, so that one alone
    cannot let it go live by accepting its findings.
    """
    accepted = accepted_keys(publication)
    if not accepted or (is_official(publication) and not publication.overruled):
        return outcome
    findings = with_acceptances(outcome.findings, accepted)
    if findings == outcome.findings:
        return outcome
    verdict = outcome.verdict
    if verdict is not Verdict.GO_ON and not outcome.why:
        verdict = Outcome.of(outcome.message, findings, {}).verdict
    evidence = rated(outcome.evidence, findings)
    return replace(outcome, findings=findings, evidence=evidence, verdict=verdict)


def rated(evidence: dict[str, Any], findings: tuple[Finding, ...]) -> dict[str, Any]:
    """A scan's evidence with the level and score of these findings; other evidence unchanged."""
    if "level" not in evidence or "score" not in evidence:
        return evidence
    return {**evidence, "level": level_of(findings), "score": score_of(findings)}
