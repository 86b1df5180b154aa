"""Permissions detected in the code against permissions declared in the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lumos.package.findings import Finding
from lumos.package.manifest.permissions import InvalidPermission, Permission
from security_scan.guard import Guard
from security_scan.report import Evidence
from security_scan.rules.permissions import MEANING, RULES
from security_scan.scanners.permissions.detect import detect
from security_scan.target import Target

__all__ = ["PermissionsScanner", "found_in", "undeclared", "unused"]

SHOWN = 20
#: So many hosts or variables of one kind are named; more are as good as any (``network:*``).
NAMED = 50
Detected = Mapping[str, Sequence[Evidence]]


class PermissionsScanner:
    """Says what is used and not declared, and what is declared and not seen.

    Leaves what it detected in ``target.shared``: ``detected``, ``found``, ``undeclared``,
    ``unused``.
    """

    name = "permissions"
    version = "3"

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """Findings ``permissions/…``: medium or high by the permission's risk. Undeclared use
        blocks the release until a moderator decides.
        """
        detected = detect(target, guard)
        declared = tuple(_readable(target.declared))
        missing = undeclared(declared, detected)
        spare = unused(declared, detected)
        target.shared["detected"] = {kind: tuple(seen[:SHOWN]) for kind, seen in detected.items()}
        target.shared["found"] = found_in(detected)
        target.shared["undeclared"] = tuple(str(permission) for permission in missing)
        target.shared["unused"] = tuple(str(permission) for permission in spare)
        yield from _undeclared_findings(missing, detected)
        for permission in spare:
            yield RULES["permissions/unused"].finding(
                f"{permission} is declared, but nothing in the code was seen to use it.",
                evidence={"permission": str(permission)},
            )


def found_in(detected: Detected) -> tuple[str, ...]:
    """What was seen as permissions, sorted: each host or variable that the source spells out, and
    the bare kind where it does not.
    """
    found: set[str] = set()
    for kind, seen in detected.items():
        values = {str(_wanted(kind, evidence.value) or kind) for evidence in seen}
        found |= values if len(values) <= NAMED else {f"{kind}:*"}
    return tuple(sorted(found))


def _readable(texts: Iterable[str]) -> Iterator[Permission]:
    for text in texts:
        try:
            yield Permission.parse(text)
        except InvalidPermission:
            continue  # the manifest's own check refuses it


def undeclared(declared: Sequence[Permission], detected: Detected) -> list[Permission]:
    """What was seen and is not covered: a kind without any declaration, or a host or variable
    that the declarations of its kind leave out. Where the source does not spell out the value,
    any declaration of the kind covers it.
    """
    missing: set[Permission] = set()
    for kind, seen in detected.items():
        granted = [permission for permission in declared if permission.kind == kind]
        if not granted:
            missing.add(Permission(kind))
            continue
        for value in {evidence.value for evidence in seen if evidence.value}:
            wanted = _wanted(kind, value)
            if wanted and not any(permission.covers(wanted) for permission in granted):
                missing.add(wanted)
    return sorted(missing)


def _wanted(kind: str, value: str) -> Permission | None:
    """The permission for one host or variable; None where there is no value or it has no name."""
    try:
        named = value and kind in {"network", "environment"}
        return Permission.parse(f"{kind}:{value}") if named else None
    except InvalidPermission:
        return None


def unused(declared: Sequence[Permission], detected: Detected) -> list[Permission]:
    """What was declared and not seen; a value counts as seen if any unknown value was seen."""
    spare = []
    for permission in declared:
        seen = detected.get(permission.kind, ())
        covers = any(
            not evidence.value
            or (wanted := _wanted(permission.kind, evidence.value)) is None
            or permission.covers(wanted)
            for evidence in seen
        )
        if not covers and permission.kind != "custom":
            spare.append(permission)
    return spare


def _undeclared_findings(missing: Sequence[Permission], detected: Detected) -> Iterator[Finding]:
    for permission in missing:
        seen = [
            evidence
            for evidence in detected[permission.kind]
            if not permission.value or evidence.value == permission.value
        ]
        first = seen[0]
        more = f" and {len(seen) - 1} more places" if len(seen) > 1 else ""
        what = f"{first.what} ({permission.value})" if permission.value else first.what
        yield RULES[f"permissions/undeclared-{permission.kind}"].finding(
            f"{what} {MEANING[permission.kind]}{more}, and {permission} is not declared.",
            first.file,
            first.line,
            evidence={
                "permission": str(permission),
                "seen": [evidence.as_dict() for evidence in seen[:SHOWN]],
            },
        )
