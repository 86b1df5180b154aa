"""The scoring step: compute the five scores from the evidence of the earlier checks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings

from lumos.package.schema.providers import provider_issues
from publishing import quality
from publishing.checks.base import Outcome, Verdict, Workspace
from publishing.states import State
from security_scan.report import ScanReport


def check(workspace: Workspace) -> Outcome:
    """Compute the quality report. With QUALITY_GATE=enforce, a missed target rejects it."""
    report = quality.measure(evidence_of(workspace))
    scores = report.values
    message = ", ".join(f"{key} {'-' if value is None else value}" for key, value in scores.items())
    missed = [key for key, score in report.scores.items() if not score.passed]
    enforced = settings.QUALITY_GATE == "enforce" and missed
    return Outcome(
        message=message,
        evidence={"report": asdict(report), "scores": scores},
        verdict=Verdict.REJECT if enforced else Verdict.GO_ON,
        scores=scores,
        why=f"This marketplace requires all quality targets. Missed: {', '.join(missed)}. "
        "See each factor for how to improve."
        if enforced
        else "",
    )


def evidence_of(workspace: Workspace) -> quality.Evidence:
    """The evidence of the checks, as input for the formula."""
    wheel = workspace.wheel
    validated = workspace.evidence(State.VALIDATING)
    return quality.Evidence(
        package=package_of(workspace),
        scan=_scan(workspace),
        sandbox=quality.Sandbox.from_dict(sandbox_of(workspace.evidence(State.TESTING))),
        schema_problems=[],  # read_wheel rejects invalid schemas
        provider_problems={spec.name: provider_issues(spec) for spec in wheel.functions},
        compatibility_holds=True,  # the validating step rejects incompatible changes
        compared_with=validated.get("compared_with"),
        unresolved=[] if validated.get("dependencies_resolved") else None,
    )


def package_of(workspace: Workspace) -> quality.Package:
    """The metadata and the manifest, as input for the formula."""
    wheel = workspace.wheel
    metadata, manifest = wheel.metadata, wheel.manifest
    return quality.Package(
        summary=metadata.summary,
        readme=metadata.readme,
        urls=metadata.urls,
        requires_python=metadata.requires_python,
        license_expression=metadata.license_expression,
        license_files=metadata.license_files,
        files=tuple(wheel.files),
        functions=wheel.functions,
        examples={name: len(entry.examples) for name, entry in manifest.functions.items()},
        permissions=[str(permission) for permission in manifest.permissions],
        requirements=metadata.requirements,
    )


def _scan(workspace: Workspace) -> ScanReport | None:
    evidence = workspace.evidence(State.SCANNING)
    if not evidence:
        return None
    scanned = [finding.as_dict() for finding in workspace.findings_of(State.SCANNING)]
    return ScanReport.from_dict({**evidence, "findings": scanned})


def sandbox_of(tested: dict[str, Any]) -> dict[str, Any] | None:
    """The sandbox's reports, as input for the formula; None if it did not run."""
    if not tested.get("sandbox"):
        return None
    return {
        "layers": tested["sandbox"]["layers"],
        "machine": tested["sandbox"]["machine"],
        "runs": [_python_run(run) for run in (tested, *tested["others"])],
        "trials": tested.get("trials", ()),
    }


def _python_run(run: dict[str, Any]) -> dict[str, Any]:
    """One Python's results; without dependencies, all examples failed and there are no times."""
    report = run["sandbox"] or {}
    measured = report.get("examples") or [{}] * len(run["results"])
    return {
        "python": run["python"],
        "import_ms": report.get("cold_start_ms", ()),
        "peak_memory_bytes": report.get("peak_memory_bytes"),
        "examples": [
            {
                "function": result["function"],
                "title": result["title"],
                "ok": result["passed"],
                "latencies_ms": example.get("timings_ms", ()),
            }
            for example, result in zip(measured, run["results"], strict=True)
        ],
    }
