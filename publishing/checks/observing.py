"""Findings on what the sandbox saw a tool do while it ran."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lumos.package.findings import Finding
from lumos.package.manifest.permissions import InvalidPermission, Permission
from lumos.package.wheel import Wheel
from publishing.checks.examples import Case
from publishing.rulebook import RULES
from sandbox import Again
from sandbox.again import DAYS
from sandbox.observe import Kind, Observed, Seen

SHOWN = 10
WORDS = {
    Kind.LOOKUP: "asked for the address of {target}",
    Kind.CONNECT: "connected to {target}",
    Kind.SEND: "sent to {target}",
    Kind.READ: "read {target}",
    Kind.WRITE: "wrote to {target}",
    Kind.PROGRAM: "started {target}",
}


def findings_on(wheel: Wheel, observed: Observed, cases: Sequence[Case]) -> Iterator[Finding]:
    """What was seen and is not declared, recordings without a network, secrets that came out."""
    declared = [Permission.parse(str(permission)) for permission in wheel.manifest.permissions]
    yield from _undeclared(wheel, observed, declared)
    yield from _recorded(declared, cases)
    yield from _secrets(wheel, observed, declared)


def findings_of_again(wheel: Wheel, again: Again) -> Iterator[Finding]:
    """What only a second run showed: with another clock, host and user, or unwatched."""
    file = f"{wheel.tool.import_package}/tool.toml"
    if again.new:
        first = again.new[0]
        what = "passed on a secret" if first.kind is Kind.SECRET else _told(first)
        clock = f"{DAYS} days later, " if again.clock else ""
        yield RULES["observed/differs-elsewhere"].finding(
            f"{clock}as another user on another machine, it {what}. In the first run it did not.",
            file,
            evidence={"seen": [_shown(item) for item in again.new[:SHOWN]]},
        )
    for sentence in again.unwatched[:1]:
        yield RULES["observed/differs-unwatched"].finding(
            sentence, file, evidence={"examples": list(again.unwatched[:SHOWN])}
        )


def _undeclared(
    wheel: Wheel, observed: Observed, declared: Sequence[Permission]
) -> Iterator[Finding]:
    """One finding for each permission that was seen and is not declared."""
    for needed in observed.permissions:
        if _granted(needed, declared):
            continue
        seen = [item for item in observed.seen if item.permission == needed]
        first = _most_telling(seen)
        yield RULES["permissions/seen-undeclared"].finding(
            f"In the sandbox it {_told(first)}, and {needed} is not declared.",
            f"{wheel.tool.import_package}/tool.toml",
            evidence={"permission": needed, "seen": [_shown(item) for item in seen[:SHOWN]]},
        )


def _granted(needed: str, declared: Sequence[Permission]) -> bool:
    kind = needed.partition(":")[0]
    try:
        wanted = Permission.parse(needed)
    except InvalidPermission:  # an address without a name: only a declaration of all covers it
        wanted = Permission(kind, needed.partition(":")[2])
    own = [permission for permission in declared if permission.kind == kind]
    user_data = kind == "file-read" and any(item.kind == "user-data" for item in declared)
    return user_data or any(permission.covers(wanted) for permission in own)


def _recorded(declared: Sequence[Permission], cases: Sequence[Case]) -> Iterator[Finding]:
    """A recording says that a function uses a network, through which library it may."""
    recorded = [case for case in cases if case.run.http is not None]
    if recorded and not any(permission.kind == "network" for permission in declared):
        first = recorded[0]
        yield RULES["permissions/recorded-undeclared"].finding(
            f"The example '{first.example.title}' of {first.function} has recorded answers of a "
            "web service, and no network permission is declared.",
            first.file,
            first.line,
            evidence={"permission": "network"},
        )


def _secrets(wheel: Wheel, observed: Observed, declared: Sequence[Permission]) -> Iterator[Finding]:
    """One finding for each planted secret that came out."""
    leaked: dict[str, list[Seen]] = {}
    for item in observed.of(Kind.SECRET):
        name = Permission("environment", item.target)
        file = item.target.startswith("~")
        if file or not any(permission.covers(name) for permission in declared):
            leaked.setdefault(item.target, []).append(item)
    for target, seen in leaked.items():
        yield RULES["observed/secret-passed-on"].finding(
            f"A secret that the sandbox planted ({target}) was in {seen[0].detail} "
            f"({seen[0].where}).",
            wheel.tool.import_package,
            evidence={"seen": [_shown(item) for item in seen[:SHOWN]]},
        )


def _most_telling(seen: Sequence[Seen]) -> Seen:
    """The connection whose first bytes are known, rather than the look-up before it."""
    return next((item for item in seen if item.detail), seen[0])


def _told(item: Seen) -> str:
    what = WORDS[item.kind].format(target=item.target)
    detail = f" ({item.detail})" if item.detail else ""
    when = f"in {item.where}" if item.function else "when it was imported"
    return f"{what}{detail} {when}"


def _shown(item: Seen) -> dict[str, str | int]:
    return {
        "kind": item.kind.value,
        "target": item.target,
        "detail": item.detail,
        "where": item.where,
        "count": item.count,
    }
