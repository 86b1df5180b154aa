"""What the rules about single keywords ask of the comparison that they are part of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from lumos.package.schema.branches import Schema
from lumos.package.schema.violation import Violation


class Proof(Protocol):
    """A comparison in progress; :mod:`lumos.package.schema.subschema` implements it."""

    def schemas(self, sub: Sequence[Schema], sup: Schema, path: str, depth: int) -> list[Violation]:
        """Violations of ``sup`` by values that all of ``sub`` accept; ``depth`` inside a value."""

    def equal(self, sub: Any, sup: Any) -> bool:
        """Whether two values of a keyword mean the same, including what they refer to."""

    def violation(self, path: str, kind: str, sub: Sequence[Schema], sup: Schema) -> Violation:
        """A violation at ``path`` that shows both schemas."""
