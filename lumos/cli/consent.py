"""Shows what an install changes and asks where a person should decide."""

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
    """A function that shows changes and raises :class:`Refused` where they are not agreed to.

    A first install is a decision already: only permissions of high risk are asked about, and only
    on a terminal. An update that asks for more permissions than before needs a yes: from the
    person at the terminal, or ``--yes`` where there is none. Changed descriptions are shown, and
    asked about on a terminal.
    """

    def approve(changes: Sequence[Change]) -> None:
        for change in changes:
            out.say(describe_change(change))
        asked = [change for change in changes if change.needs_consent]
        if yes or not asked:
            return
        if _is_interactive():
            if not typer.confirm("Go on?", err=True):
                raise Refused(
                    "Nothing was changed.",
                    why="You said no.",
                    hint="Ask for an exact version to keep the one that you have.",
                )
            return
        grown = [each for each in asked if not each.is_new and each.permissions_added]
        if grown:
            raise _needs_yes(grown[0])

    return approve


def describe_change(change: Change) -> str:
    """A change in one line, and below it what it may do and what it says differently."""
    color = {"+": "good", "-": "bad", "~": "name"}[str(change)[0]]
    lines = [paint(str(change), color, sys.stderr)]
    for permission in change.permissions_added:
        risk = risk_of(permission)
        mark = paint(f"{risk} risk", _RISK_COLORS[risk], sys.stderr)
        lines.append(f"    {_verb(change, permission)} {plain(permission)}  {mark}")
    if change.after is not None and not change.is_new:
        lines += [f"    no longer asks for {plain(each)}" for each in change.permissions_removed]
    lines += [f"    {paint('breaks', 'bad', sys.stderr)} {plain(each)}" for each in change.breaking]
    for each in change.descriptions:
        lines.append(f"    {each.function} describes itself differently:")
        lines.append(paint(f"      - {_one_line(each.before)}", "bad", sys.stderr))
        lines.append(paint(f"      + {_one_line(each.after)}", "good", sys.stderr))
    if change.unchecked:
        lines.append(paint(f"    {change.unchecked}", "muted", sys.stderr))
    return "\n".join(lines)


def _verb(change: Change, permission: str) -> str:
    if permission in change.undeclared:
        return "uses without declaring it" if change.is_new else "now also uses, undeclared,"
    return "may use" if change.is_new else "now also asks for"


def _one_line(text: str) -> str:
    """A description on one line, cut where it is long."""
    shown = " ".join(plain(text).split())
    return shown if len(shown) <= _TEXT_WIDTH else shown[: _TEXT_WIDTH - 3] + "..."


def _is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _needs_yes(change: Change) -> Refused:
    return Refused(
        f"{change.tool} {change.after} asks for more than {change.before} did.",
        why=f"New permissions: {', '.join(change.permissions_added)}. Nobody is here to agree.",
        hint="Read them above; if they are right, run the same command with --yes.",
        details={"change": change.as_dict()},
    )
