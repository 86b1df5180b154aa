"""Publishes a tool without running its checks: for pages that show what was stored.

The wheel, its reading, the formula and the go-live are the real ones; only scanning and the
sandbox are left out, as their own tests run them.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import Namespace, User
from catalog.models import Release
from lumos.package.wheel import read_wheel
from publishing import quality
from publishing.golive import go_live, put_file
from publishing.models import Check, CheckState, Publication
from publishing.states import CHECKS, State
from tests.package.wheels import build_wheel
from tests.support.jobs import run_jobs

SCAN = {
    "level": "safe",
    "score": 100,
    "findings": [],
    "detected": {},
    "undeclared": [],
    "unused": [],
    "scanners": {"bandit": "1.9.4"},
    "files": 3,
    "duration_ms": 12,
}


def publish_without_checks(folder: Path, *, by: str = "alice@example.org", **parts: Any) -> Release:
    """A live release of the wheel that ``build_wheel`` makes of ``parts``."""
    path = build_wheel(folder, **parts)
    wheel = read_wheel(path)
    publication = Publication.objects.create(
        uploader=User.objects.get(email=by),
        namespace=Namespace.objects.get(name=wheel.tool.namespace),
        name=wheel.tool.name,
        distribution=wheel.tool.distribution,
        version=str(wheel.version),
        filename=wheel.filename,
        sha256=wheel.sha256,
        size=wheel.size,
        state=State.SCORING,
    )
    report = quality.measure(
        quality.Evidence(
            package=quality.Package(summary=wheel.metadata.summary, readme=wheel.metadata.readme)
        )
    )
    evidence: dict[str, dict[str, Any]] = {
        State.SCANNING: SCAN,
        State.SCORING: {"report": asdict(report), "scores": dict(report.values)},
    }
    for name in CHECKS:
        Check.objects.create(
            publication=publication,
            name=name,
            state=CheckState.PASSED,
            evidence=evidence.get(name, {}),
            ended_at=timezone.now(),
        )
    put_file(wheel, path)
    release = go_live(publication, wheel)
    run_jobs()
    return release
