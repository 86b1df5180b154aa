"""Compare the permissions used by the code with those declared in the manifest."""

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
#: The most hosts or variables of one kind that are listed; with more, the bare kind is used.
NAMED = 50
Detected = Mapping[str, Sequence[Evidence]]


class PermissionsScanner:
    """Reports permissions that are used but not declared, and declared but not used.

    Stores its results in ``target.shared``: ``detected``, ``found``, ``undeclared``, ``unused``.
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
                f"{permission} is declared, but no use of it was found in the code.",
                evidence={"permission": str(permission)},
            )


def found_in(detected: Detected) -> tuple[str, ...]:
    """The detected permissions, sorted: one for each constant host or variable, and the bare kind
    for computed ones.
    """
    permissions: set[str] = set()
    for kind, seen in detected.items():
        values = {str(_wanted(kind, evidence.value) or kind) for evidence in seen}
        permissions |= values if len(values) <= NAMED else {f"{kind}:*"}
    return tuple(sorted(permissions))


def _readable(texts: Iterable[str]) -> Iterator[Permission]:
    for text in texts:
        try:
            yield Permission.parse(text)
        except InvalidPermission:
            continue  # rejected by the manifest's check


def undeclared(declared: Sequence[Permission], detected: Detected) -> list[Permission]:
    """The detected permissions that are not declared: a kind without any declaration, or a host or
    variable that the declarations of its kind do not include. A computed value is covered by any
    declaration of its kind.
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
    """The permission for one host or variable; None without a valid value."""
    try:
        named = value and kind in {"network", "environment"}
        return Permission.parse(f"{kind}:{value}") if named else None
    except InvalidPermission:
        return None


def unused(declared: Sequence[Permission], detected: Detected) -> list[Permission]:
    """The declared permissions without a use; a computed value can be any declared one."""
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
