"""Whether one JSON Schema accepts only what another accepts, and where it does not.

The answer "yes" (no violations) is proved; what cannot be proved is reported as a violation. The
proof goes case by case (:mod:`lumos.package.schema.branches`) and keyword by keyword, through
references, recursive ones included.

One convention beyond JSON Schema: an object schema that lists ``properties`` and says nothing of
others promises nothing about other names. So naming one more optional property narrows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lumos.package.schema.branches import Branch, Schema, TooComplex, describe, expand, target
from lumos.package.schema.exclusive import one_of_is_exclusive
from lumos.package.schema.keywords import compare_format, compare_keywords
from lumos.package.schema.tree import (
    definitions,
    has_reference,
    leads_to_definitions,
    meaning,
    sort_key,
)
from lumos.package.schema.validation import accepts
from lumos.package.schema.violation import Violation

__all__ = ["Comparison", "TooComplex", "Violation", "violations"]

_BUDGET = 5_000


def violations(sub: Schema, sup: Schema, *, sub_root: Any, sup_root: Any) -> list[Violation]:
    """Where ``sub`` accepts what ``sup`` does not; an empty list proves that it nowhere does.

    The roots are the documents in which the references of each side are looked up.
    """
    comparison = Comparison(sub_root, sup_root)
    try:
        found = comparison.schemas((sub,), sup, "", 0)
    except (TooComplex, RecursionError):
        found = [Violation("", "complex", "a complex schema", "a complex schema")]
    return found


class Comparison:
    """One comparison of two documents: a budget, and the questions that are open."""

    def __init__(self, sub_root: Any, sup_root: Any) -> None:
        self.sub_root = sub_root
        self.sup_root = sup_root
        self.left = _BUDGET
        self.open: dict[tuple[str, str], int] = {}
        self.texts: dict[int, tuple[Any, str]] = {}
        self.same_definitions = sort_key(_definitions(sub_root)) == sort_key(_definitions(sup_root))

    def schemas(self, sub: Sequence[Schema], sup: Schema, path: str, depth: int) -> list[Violation]:
        """Violations of ``sup`` by values that all of ``sub`` accept; ``depth`` inside a value."""
        self.left -= 1
        if self.left < 0:
            raise TooComplex
        text = self.text(sup)
        if text in ("true", "{}") or any(self.same(part, sup) for part in sub):
            return []
        key = (",".join(self.text(part) for part in sub), text)
        if key in self.open:
            # The same question about a smaller value: induction over the value's size answers it.
            return [] if depth > self.open[key] else [self.violation(path, "complex", sub, sup)]
        self.open[key] = depth
        try:
            found: list[Violation] = []
            for branch in expand(sub, self.sub_root):
                found += self.branch(branch, sup, path, depth, frozenset())
            return found
        finally:
            del self.open[key]

    def branch(
        self, branch: Branch, sup: Schema, path: str, depth: int, followed: frozenset[str]
    ) -> list[Violation]:
        """Violations of ``sup`` by one case."""
        self.left -= 1
        if self.left < 0:
            raise TooComplex
        if isinstance(sup, bool):
            return [] if sup else [self.violation(path, "type", branch.schemas, sup)]
        if any(self.same(schema, sup) for schema in branch.schemas):
            return []
        if branch.values is not None:
            return self.values(branch, sup, path)
        found: list[Violation] = []
        reference = sup.get("$ref")
        if isinstance(reference, str):
            if reference in followed:
                return [self.violation(path, "complex", branch.schemas, sup)]
            wanted = target(reference, self.sup_root)
            found += self.branch(branch, wanted, path, depth, followed | {reference})
        for part in sup.get("allOf", ()):
            found += self.branch(branch, part, path, depth, followed)
        for keyword in ("anyOf", "oneOf"):
            if keyword in sup:
                found += self.any_of(branch, sup, keyword, path, at=(depth, followed))
        return found + compare_keywords(self, branch, sup, path, depth)

    def any_of(
        self,
        branch: Branch,
        sup: Mapping[str, Any],
        keyword: str,
        path: str,
        *,
        at: tuple[int, frozenset[str]],
    ) -> list[Violation]:
        """The case must fit one option; the best attempt explains a failure."""
        options = sup[keyword]
        wanted = [meaning(option) for option in options]
        if any(
            self.equal([meaning(item) for item in given], wanted) for given in branch.all(keyword)
        ):
            return []
        attempts = [self.branch(branch, option, path, *at) for option in options]
        if any(not attempt for attempt in attempts):
            if keyword == "anyOf" or one_of_is_exclusive(options, self.sup_root):
                return []
            return [self.violation(path, "oneOf", branch.schemas, sup)]
        closer = [
            attempt
            for attempt in attempts
            if not any(item.path == path and item.kind == "type" for item in attempt)
        ]
        if len(closer) == 1:
            return closer[0]
        return [self.violation(path, "type", (_case(branch),), sup)]

    def values(self, branch: Branch, sup: Mapping[str, Any], path: str) -> list[Violation]:
        """Finitely many values are tried one by one."""
        self.left -= len(branch.values or ())
        real = [
            value
            for value in branch.values or ()
            if accepts(value, sup, self.sup_root) is not True
            and all(accepts(value, part, self.sub_root) is not False for part in branch.schemas)
        ]
        if real:
            return [Violation(path, "values", real, describe((sup,), self.sup_root))]
        return compare_format(self, branch, sup, path)

    def same(self, sub: Schema, sup: Schema) -> bool:
        """Whether two schemas say the same, references included."""
        return self.is_equal_text(self.text(sub), self.text(sup))

    def equal(self, sub: Any, sup: Any) -> bool:
        """Whether two values of a keyword are one, what they refer to included."""
        return self.is_equal_text(sort_key(sub), sort_key(sup))

    def is_equal_text(self, sub: str, sup: str) -> bool:
        return sub == sup and (self.same_definitions or '"$ref"' not in sub)

    def text(self, schema: Schema) -> str:
        """The meaning of a schema as text, computed once (the schema is kept, so its id is too)."""
        if id(schema) not in self.texts:
            self.texts[id(schema)] = (schema, sort_key(meaning(schema)))
        return self.texts[id(schema)][1]

    def violation(self, path: str, kind: str, sub: Sequence[Schema], sup: Schema) -> Violation:
        return Violation(path, kind, describe(sub, self.sub_root), describe((sup,), self.sup_root))


def _case(branch: Branch) -> Schema:
    """The case as a schema that describes it alone."""
    return {"type": branch.type}


def _definitions(root: Any) -> Any:
    """What the references of a document can lead to, in comparable form."""
    if not has_reference(root):
        return None
    found = definitions(root) if leads_to_definitions(root) else root
    return meaning(found, with_definitions=True)
