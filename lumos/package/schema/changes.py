"""The changes of one schema in words: what a caller of a function has to know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from lumos.package.schema.fields import Field, parent_of, schema_fields
from lumos.package.schema.subschema import violations
from lumos.package.schema.tree import canonical, sort_key
from lumos.package.schema.violation import Violation

__all__ = ["LEVELS", "Change", "schema_changes"]

LEVELS = ("patch", "minor", "major")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``path`` is ``input.limit`` or ``output.rows[].id``; both sides are JSON."""

    level: str
    function: str
    path: str
    before: Any
    after: Any
    message: str

    def as_dict(self) -> dict[str, Any]:
        """The change as JSON."""
        return {
            "level": self.level,
            "function": self.function,
            "path": self.path,
            "before": self.before,
            "after": self.after,
            "message": self.message,
        }


def schema_changes(function: str, side: str, old: Any, new: Any) -> list[Change]:
    """The changes of a function's ``input`` or ``output`` schema, each field once per level."""
    if sort_key(canonical(old)) == sort_key(canonical(new)):
        return []
    return list(_Differ(function, side, old, new).changes())


class _Differ:
    def __init__(self, function: str, side: str, old: Any, new: Any) -> None:
        self.function = function
        self.side = side
        self.old, self.new = old, new
        self.old_fields = schema_fields(old, old)
        self.new_fields = schema_fields(new, new)
        self.is_input = side == "input"

    def changes(self) -> Iterator[Change]:
        """Breaking changes, then additions, then changes of annotations."""
        old_in_new = _tidy(violations(self.old, self.new, sub_root=self.old, sup_root=self.new))
        new_in_old = _tidy(violations(self.new, self.old, sub_root=self.new, sup_root=self.old))
        breaking, harmless = (old_in_new, new_in_old) if self.is_input else (new_in_old, old_in_new)
        found = [self._removal(field) for field in self._removed()]
        found += [self._addition(field) for field in _only_in(self.new_fields, self.old_fields)]
        broken = {change.path for change in found if change.level == "major"}
        found += [self._breaking(item) for item in breaking if self._path(item.path) not in broken]
        told = {change.path for change in found}
        found += [self._harmless(item) for item in harmless if self._path(item.path) not in told]
        found += self._remarks()
        yield from found or [self._change("patch", "", None, None, "is written in another way")]

    def _removed(self) -> Iterator[Field]:
        """Fields that are gone where every name is listed; a free object still takes them."""
        for field in _only_in(self.old_fields, self.new_fields):
            if self.new_fields[parent_of(field.path)].lists_names:
                yield field

    def _removal(self, field: Field) -> Change:
        return self._change("major", field.path, field.kind, None, "was removed")

    def _addition(self, field: Field) -> Change:
        if self.is_input and field.is_required:
            return self._change("major", field.path, None, field.kind, "was added and is required")
        return self._change("minor", field.path, None, field.kind, "was added")

    def _breaking(self, item: Violation) -> Change:
        before, after = self._sides(item, is_old_first=self.is_input)
        return self._change("major", item.path, before, after, self._words(item, breaks=True))

    def _harmless(self, item: Violation) -> Change:
        before, after = self._sides(item, is_old_first=not self.is_input)
        return self._change("minor", item.path, before, after, self._words(item, breaks=False))

    def _sides(self, item: Violation, *, is_old_first: bool) -> tuple[Any, Any]:
        """Before and after: the whole field's kind for types and values, else the keyword."""
        old, new = self.old_fields.get(item.path), self.new_fields.get(item.path)
        if item.kind in ("type", "values", "enum", "oneOf") and old and new:
            return old.kind, new.kind
        return (item.sub, item.sup) if is_old_first else (item.sup, item.sub)

    def _words(self, item: Violation, *, breaks: bool) -> str:
        """What happened to a field, from the side of the one who calls the function."""
        wider = breaks != self.is_input
        match item.kind:
            case "required":
                return "became optional" if wider else "became required"
            case "type" | "enum" | "oneOf":
                words = (
                    ("now takes", "no longer takes") if self.is_input else ("may be", "is never")
                )
                return f"{words[0] if wider else words[1]} {item.sub}"
            case "values":
                words = (
                    ("now takes", "no longer takes") if self.is_input else ("may be", "is never")
                )
                values = ", ".join(map(repr, item.sub[:6]))
                return f"{words[0] if wider else words[1]} {values}"
            case "complex":
                return "changed in a way that cannot be compared"
            case keyword:
                return f"is {'less' if wider else 'more'} restricted ({keyword})"

    def _remarks(self) -> Iterator[Change]:
        """Defaults and annotations of the fields that both sides have."""
        for path, old in self.old_fields.items():
            new = self.new_fields.get(path)
            if new is None:
                continue
            if sort_key(old.defaults) != sort_key(new.defaults):
                level = "minor" if self.is_input else "patch"
                before, after = (
                    {"default": side.defaults[0]} if side.defaults else None for side in (old, new)
                )
                yield self._change(level, path, before, after, "has another default")
            if sort_key(old.notes) != sort_key(new.notes):
                words = "is described in another way"
                yield self._change("patch", path, _notes(old), _notes(new), words)

    def _change(self, level: str, path: str, before: Any, after: Any, words: str) -> Change:
        shown = path or "as a whole"
        if path.endswith("*"):
            shown = f"{path} (any name that is not listed)"
        message = f"{self.function}: the {self.side} {shown} {words}."
        return Change(level, self.function, self._path(path), before, after, message)

    def _path(self, path: str) -> str:
        separator = "" if not path or path.startswith("[") else "."
        return f"{self.side}{separator}{path}"


def _only_in(first: dict[str, Field], second: dict[str, Field]) -> Iterator[Field]:
    """The outermost fields of ``first`` that ``second`` has not."""
    for path, field in first.items():
        if path and path not in second and parent_of(path) in second and not path.endswith("[]"):
            yield field


def _notes(field: Field) -> Any:
    return [note for note in field.notes if note is not None] or None


def _tidy(found: list[Violation]) -> list[Violation]:
    """One violation for a place and kind; the turns of a recursive schema only once."""
    groups: dict[tuple[str, str], list[Violation]] = {}
    for item in found:
        groups.setdefault((item.path, item.kind), []).append(item)
    merged = [_merged(items) for items in groups.values()]
    return [
        item
        for item in merged
        if not (
            _turns(item.path)
            and any(not _turns(other.path) and _is_same(item, other) for other in merged)
        )
    ]


def _merged(items: list[Violation]) -> Violation:
    if items[0].kind != "type":
        return items[0]
    kinds = {str(item.sub) for item in items}
    is_any = kinds >= {"object", "array", "string", "number", "boolean", "null"}
    return replace(items[0], sub="anything" if is_any else ", ".join(sorted(kinds)))


def _turns(path: str) -> bool:
    """Whether a name stands twice in a path, as it does below a recursive reference."""
    parts = [part for part in re.split(r"[.\[\]]+", path) if part]
    return len(set(parts)) < len(parts)


def _is_same(first: Violation, second: Violation) -> bool:
    return replace(first, path="") == replace(second, path="")
