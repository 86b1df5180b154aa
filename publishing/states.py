"""The states of a publication and the ways between them, as data.

``docs/publication-states.md`` is drawn from this table (manage.py draw_states).
"""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """Where a publication is."""

    RECEIVED = "received"
    VALIDATING = "validating"
    SCANNING = "scanning"
    TESTING = "testing"
    SCORING = "scoring"
    PUBLISHED = "published"
    HELD = "held"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    PASSED = "passed"  # a dry run that would have gone live


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

#: The checks, in their order: each is the state of a publication while it runs.
CHECKS: tuple[State, ...] = (S.VALIDATING, S.SCANNING, S.TESTING, S.SCORING)
#: States that give the version back.
FREE_THE_VERSION: tuple[State, ...] = (S.REJECTED, S.CANCELLED, S.PASSED)
#: States in which nothing more happens by itself.
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
    """docs/publication-states.md, whole; a test holds the committed file to it."""
    return (
        "# The states of a publication\n\n"
        "Drawn from `publishing/states.py` by `manage.py draw_states`.\n\n"
        f"```mermaid\n{diagram()}```\n"
    )
