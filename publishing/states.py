"""The states of a publication and the transitions between them.

``docs/publication-states.md`` is generated from this table (manage.py draw_states).
"""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """The states of a publication."""

    RECEIVED = "received"
    VALIDATING = "validating"
    SCANNING = "scanning"
    TESTING = "testing"
    SCORING = "scoring"
    PUBLISHED = "published"
    HELD = "held"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    PASSED = "passed"  # a dry run that would have been published


S = State
TRANSITIONS: dict[State, tuple[State, ...]] = {
    S.RECEIVED: (S.VALIDATING, S.REJECTED, S.CANCELLED),
    S.VALIDATING: (S.SCANNING, S.HELD, S.REJECTED, S.CANCELLED),
    S.SCANNING: (S.TESTING, S.HELD, S.REJECTED, S.CANCELLED),
    S.TESTING: (S.SCORING, S.HELD, S.REJECTED, S.CANCELLED),
    S.SCORING: (S.PUBLISHED, S.HELD, S.REJECTED, S.CANCELLED, S.PASSED),
    S.HELD: (S.VALIDATING, S.PUBLISHED, S.REJECTED, S.CANCELLED),
    S.PUBLISHED: (),
    S.REJECTED: (S.HELD,),  # an appeal
    S.CANCELLED: (),
    S.PASSED: (),
}

#: The checks in order; a publication is in this state while the check runs.
CHECKS: tuple[State, ...] = (S.VALIDATING, S.SCANNING, S.TESTING, S.SCORING)
#: States in which the version can be used by another upload.
FREE_THE_VERSION: tuple[State, ...] = (S.REJECTED, S.CANCELLED, S.PASSED)
#: States in which no check will run.
SETTLED: tuple[State, ...] = (S.PUBLISHED, S.HELD, S.REJECTED, S.CANCELLED, S.PASSED)
IN_FLIGHT: tuple[State, ...] = (S.RECEIVED, *CHECKS)


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {S.RECEIVED.value}"]
    for source, targets in TRANSITIONS.items():
        lines += [f"    {source.value} --> {target.value}" for target in targets]
        if not targets:
            lines.append(f"    {source.value} --> [*]")
    return "\n".join(lines) + "\n"


def page() -> str:
    """The text of docs/publication-states.md; a test compares the committed file with it."""
    return (
        "# The states of a publication\n\n"
        "Drawn from `publishing/states.py` by `manage.py draw_states`.\n\n"
        f"```mermaid\n{diagram()}```\n"
    )
