"""What a tool was seen to do: the values that leave the sandbox, and where they are collected."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

MOST = 500
LONGEST = 300


class Kind(StrEnum):
    """What a call did, or tried to do."""

    LOOKUP = "lookup"  # a host's name, asked of the resolver
    CONNECT = "connect"  # host:port; the detail is what it sent first
    SEND = "send"  # host:port, a datagram
    READ = "read"  # a path
    WRITE = "write"  # a path that it opens for writing, renames or deletes
    PROGRAM = "program"  # the detail is the command line
    SECRET = "secret"  # noqa: S105 - a planted one; the detail says where it came out


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that was seen, ``count`` times in the same step.

    ``function`` and ``example`` say in which call; both are empty for the import. ``permission`` is
    what it needs, as in a manifest; empty where it needs none.
    """

    kind: Kind
    target: str
    detail: str = ""
    function: str = ""
    example: str = ""
    permission: str = ""
    count: int = 1

    @property
    def where(self) -> str:
        """The step in words."""
        return f"{self.function}: {self.example}" if self.function else "import"


@dataclass(frozen=True, slots=True)
class Observed:
    """What one run of a tool was seen to do, outside of its package, libraries and interpreter.

    ``complete`` is False where the sandbox could not observe (``why`` says so), or where more was
    seen than is kept. It is no proof of absence: a tool can hide from it, and can do other things
    elsewhere.
    """

    seen: tuple[Seen, ...] = ()
    complete: bool = True
    why: str = ""

    @property
    def permissions(self) -> tuple[str, ...]:
        """The permissions that were needed, sorted."""
        return tuple(sorted({item.permission for item in self.seen if item.permission}))

    def of(self, *kinds: Kind) -> list[Seen]:
        """What was seen of these kinds."""
        return [item for item in self.seen if item.kind in kinds]

    def as_dict(self) -> dict[str, Any]:
        """As JSON for the report."""
        return {
            "seen": [asdict(item) | {"kind": item.kind.value} for item in self.seen],
            "permissions": list(self.permissions),
            "complete": self.complete,
            "why": self.why,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Observed:
        """Read what :meth:`as_dict` wrote."""
        seen = tuple(Seen(**{**item, "kind": Kind(item["kind"])}) for item in data["seen"])
        return cls(seen, data["complete"], data["why"])

    @classmethod
    def joined(cls, parts: Iterable[Observed]) -> Observed:
        """Several runs as one, each thing once for each step."""
        parts = list(parts)
        known: dict[tuple[str, ...], Seen] = {}
        for item in (item for part in parts for item in part.seen):
            known.setdefault((item.kind, item.target, item.function, item.example), item)
        reasons = [part.why for part in parts if part.why]
        return cls(tuple(known.values()), all(part.complete for part in parts), " ".join(reasons))


@dataclass
class Recorder:
    """Collects what is seen, from several threads, with the step in force."""

    function: str = ""
    example: str = ""
    files: frozenset[str] = frozenset()
    folder: str = ""
    why: str = ""
    lost: int = 0
    _seen: dict[tuple[str, ...], list[Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def step(
        self, function: str = "", example: str = "", folder: str = "", files: Iterable[str] = ()
    ) -> None:
        """Name the step that begins; ``files`` were put into its working ``folder`` for it."""
        with self._lock:
            self.function, self.example = function, example
            self.folder, self.files = folder, frozenset(files)

    def add(
        self, kind: Kind, target: str, detail: str = "", permission: str = "", count: int = 1
    ) -> None:
        """Count one thing that was seen; with ``count`` 0 only its detail is new."""
        target, detail = printable(target), printable(detail)
        with self._lock:
            key = (kind.value, target, self.function, self.example)
            if key in self._seen:
                self._seen[key][0] += count
                self._seen[key][1] = self._seen[key][1] or detail
            elif len(self._seen) < MOST:
                self._seen[key] = [max(count, 1), detail, permission]
            else:
                self.lost += 1

    def secret(self, name: str, where: str) -> None:
        """Count a planted secret that came out."""
        self.add(Kind.SECRET, name, where)

    def observed(self) -> Observed:
        """What was seen so far."""
        with self._lock:
            rows = [
                Seen(Kind(kind), target, detail, function, example, permission, count)
                for (kind, target, function, example), (count, detail, permission) in (
                    self._seen.items()
                )
            ]
        return Observed(tuple(rows), complete=not self.why and not self.lost, why=self.why)


def printable(text: str) -> str:
    """``text`` without control characters, cut to what is kept."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text[:LONGEST])
