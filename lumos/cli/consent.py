"""Shows what an install would change and asks for consent where it is needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import typer

from lumos.cli.output import out, paint, plain
from lumos.client.changes import Change, risk_of
from lumos.client.errors import Refused

__all__ = ["approver", "describe_change"]

_RISK_COLORS = {"low": "muted", "medium": "warn", "high": "bad"}
_TEXT_WIDTH = 160


def approver(*, yes: bool) -> Callable[[Sequence[Change]], None]:
    """A function that shows changes and raises :class:`Refused` if the user does not agree.

    On a terminal it asks about high-risk permissions of a new tool, and about new permissions and
    changed descriptions of an updated one. Without a terminal, an update with new permissions
    is refused unless ``--yes`` was given; everything else is only shown.
    """

    def approve(changes: Sequence[Change]) -> None:
        for change in changes:
            out.say(describe_change(change))
        pending = [change for change in changes if change.needs_consent]
        if yes or not pending:
            return
        if _is_interactive():
            if not typer.confirm("Continue?", err=True):
                raise Refused(
                    "Nothing was changed.",
                    why="You did not agree to the changes.",
                    hint="To keep the version that you have, name it exactly: NAME@VERSION",
                )
            return
        for change in pending:
            if not change.is_new and change.permissions_added:
                raise _needs_yes(change)

    return approve


def describe_change(change: Change) -> str:
    """A change on one line, then its permissions, breaking changes and new descriptions."""
    color = {"+": "good", "-": "bad", "~": "name"}[str(change)[0]]
    lines = [paint(str(change), color, sys.stderr)]
    for permission in change.permissions_added:
        risk = risk_of(permission)
        mark = paint(f"{risk} risk", _RISK_COLORS[risk], sys.stderr)
        lines.append(f"    {_verb(change, permission)} {plain(permission)}  {mark}")
    if change.after is not None and not change.is_new:
        lines += [f"    no longer asks for {plain(text)}" for text in change.permissions_removed]
    breaking = paint("breaking", "bad", sys.stderr)
    lines += [f"    {breaking} {plain(text)}" for text in change.breaking]
    for description in change.descriptions:
        lines.append(f"    the description of {description.function} changed:")
        lines.append(paint(f"      - {_one_line(description.before)}", "bad", sys.stderr))
        lines.append(paint(f"      + {_one_line(description.after)}", "good", sys.stderr))
    if change.unchecked:
        lines.append(paint(f"    {change.unchecked}", "muted", sys.stderr))
    return "\n".join(lines)


def _verb(change: Change, permission: str) -> str:
    if permission in change.undeclared:
        return "uses undeclared" if change.is_new else "now also uses undeclared"
    return "may use" if change.is_new else "now also asks for"


def _one_line(text: str) -> str:
    """A description on one line, truncated if it is long."""
    line = " ".join(plain(text).split())
    return line if len(line) <= _TEXT_WIDTH else line[: _TEXT_WIDTH - 3] + "..."


def _is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _needs_yes(change: Change) -> Refused:
    return Refused(
        f"{change.tool} {change.after} needs more permissions than {change.before}.",
        why=f"New permissions: {', '.join(change.permissions_added)}. No terminal to ask on.",
        hint="To accept them, run the same command with --yes.",
        details={"change": change.as_dict()},
    )
