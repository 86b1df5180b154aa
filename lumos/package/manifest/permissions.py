"""Permissions: what a tool says it needs, in a form that can be compared and judged."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["KINDS", "InvalidPermission", "Permission", "Permissions", "not_covered"]

_RISKS: dict[str, str] = {
    "file-read": "low",
    "environment": "low",
    "file-write": "medium",
    "network": "medium",
    "database": "medium",
    "custom": "medium",
    "system-command": "high",
    "crypto": "high",
    "user-data": "high",
    "admin": "high",
}
KINDS: tuple[str, ...] = tuple(_RISKS)

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_CUSTOM = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class InvalidPermission(ValueError):
    """A permission that cannot be read; the message says what, why and what to try."""


@dataclass(frozen=True, slots=True, order=True)
class Permission:
    """One permission, ``kind`` or ``kind:value``; ``value`` is empty where there is none.

    ``network`` takes a host (``api.example.org``, ``*.example.org``, ``*``; a port may follow),
    ``environment`` the name of a variable or ``*``, ``custom`` a name of the author's.
    """

    kind: str
    value: str = ""

    @classmethod
    def parse(cls, text: str) -> Permission:
        """Read ``network:api.example.org``; raises :class:`InvalidPermission`."""
        kind, colon, value = text.partition(":")
        if kind not in _RISKS:
            raise InvalidPermission(
                f"{text[:80]!a} is not a permission. Only permissions that everyone knows "
                f"can be shown and checked. Try one of: {', '.join(KINDS)}."
            )
        if bool(colon) != bool(value) or not _value_fits(kind, value):
            raise InvalidPermission(
                f"The permission {text[:80]!a} has a form that {kind} does not take, so it "
                f"cannot be compared with what the code does. Try {_EXAMPLES.get(kind, kind)}."
            )
        return cls(kind, value)

    @property
    def risk(self) -> str:
        """``low``, ``medium`` or ``high``; a high risk is shown, never refused by itself."""
        return _RISKS[self.kind]

    def covers(self, other: Permission) -> bool:
        """Whether whoever granted this has granted ``other`` too."""
        if self.kind != other.kind:
            return False
        if self.value == other.value or self.value in ("", "*"):
            return self.kind != "custom" or self.value == other.value
        return self.kind == "network" and _host_covers(self.value, other.value)

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}" if self.value else self.kind


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a release declares that it needs, beside what a scan found in its own code.

    ``declared`` and ``found`` hold permissions as text. ``found`` is None where no scan is known;
    a bare kind in it (``network``) means that the source does not spell out the value.
    ``dependencies_checked`` says that the code of everything an install brings was looked at,
    which is true of a release without dependencies. ``seen`` holds what a sandbox saw it use while
    its examples ran; None if none did. That nothing was seen proves nothing.
    """

    declared: tuple[str, ...] = ()
    found: tuple[str, ...] | None = None
    dependencies_checked: bool = False
    seen: tuple[str, ...] | None = None

    @property
    def undeclared(self) -> tuple[str, ...]:
        """What was found or seen and no declaration covers.

        A bare kind is covered by any declaration of it: the source does not tell which host or
        variable is meant, and that the kind is used is known.
        """
        kinds = {text.partition(":")[0] for text in self.declared}
        used = (*(self.found or ()), *(self.seen or ()))
        return tuple(text for text in not_covered(used, self.declared) if text not in kinds)

    @property
    def needed(self) -> tuple[str, ...]:
        """What whoever installs the release must expect: declared, or found all the same."""
        return tuple(dict.fromkeys((*self.declared, *self.undeclared)))

    @property
    def needs_none(self) -> bool:
        """Whether nothing is declared, and nothing was found in anything that an install brings."""
        return (
            not self.declared and self.found == () and not self.seen and self.dependencies_checked
        )

    @property
    def unchecked(self) -> str:
        """What no scan has read, as a sentence; empty where everything was."""
        if self.found is None:
            return "Its code was not checked for what it uses."
        return "" if self.dependencies_checked else "Its dependencies were not checked."

    def in_order(self) -> Permissions:
        """The same, sorted, so that equal values are written with equal bytes."""
        found = None if self.found is None else tuple(sorted(self.found))
        seen = None if self.seen is None else tuple(sorted(self.seen))
        return Permissions(tuple(sorted(self.declared)), found, self.dependencies_checked, seen)

    def as_dict(self) -> dict[str, Any]:
        """The value as JSON; :meth:`read` is the inverse."""
        return {
            "declared": list(self.declared),
            "found": None if self.found is None else list(self.found),
            "dependencies_checked": self.dependencies_checked,
            "seen": None if self.seen is None else list(self.seen),
        }

    @classmethod
    def read(cls, data: object) -> Permissions:
        """Read :meth:`as_dict`, or the list of declared ones that older documents have.

        Raises ``TypeError`` or ``KeyError`` for other shapes.
        """
        if not isinstance(data, Mapping):
            return cls(_texts(data))
        found, seen = data["found"], data.get("seen")
        return cls(
            declared=_texts(data["declared"]),
            found=None if found is None else _texts(found),
            dependencies_checked=data["dependencies_checked"] is True,
            seen=None if seen is None else _texts(seen),
        )


def not_covered(wanted: Iterable[str], granted: Sequence[str]) -> tuple[str, ...]:
    """The permissions of ``wanted`` that whoever granted ``granted`` has not granted, sorted."""
    known = [permission for text in granted if (permission := _parsed(text))]
    return tuple(
        text
        for text in sorted(set(wanted) - set(granted))
        if (one := _parsed(text)) is None or not any(other.covers(one) for other in known)
    )


def _parsed(text: str) -> Permission | None:
    try:
        return Permission.parse(text)
    except InvalidPermission:
        return None


def _texts(data: object) -> tuple[str, ...]:
    if not isinstance(data, list | tuple) or not all(isinstance(item, str) for item in data):
        raise TypeError("permissions are not a list of texts")
    return tuple(data)


_EXAMPLES = {
    "network": '"network:api.example.org", "network:*.example.org" or "network:*"',
    "environment": '"environment:SEARCH_API_KEY"',
    "custom": '"custom:my-permission"',
}


def _value_fits(kind: str, value: str) -> bool:
    match kind:
        case "network":
            return value in ("", "*") or _is_host(value)
        case "environment":
            return value in ("", "*") or bool(_VARIABLE.fullmatch(value))
        case "custom":
            return len(value) <= 64 and bool(_CUSTOM.fullmatch(value))
        case _:
            return not value


def _is_host(text: str) -> bool:
    host, port = _split_port(text)
    if port and not (port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536):
        return False
    if host.startswith("[") and host.endswith("]"):
        try:
            return bool(ipaddress.IPv6Address(host[1:-1]))
        except ValueError:
            return False
    return len(host) <= 253 and bool(_HOST.fullmatch(host))


def _split_port(text: str) -> tuple[str, str]:
    match = re.fullmatch(r"(\[.*\]|[^:]*)(?::(.*))?", text)
    return (match[1], match[2] or "") if match else (text, "-")


def _host_covers(granted: str, wanted: str) -> bool:
    granted_host, granted_port = _split_port(granted)
    host, port = _split_port(wanted)
    if granted_port not in ("", port):
        return False
    if granted_host.startswith("*."):
        return host != "*" and host.removeprefix("*").endswith(granted_host[1:])
    return host == granted_host
