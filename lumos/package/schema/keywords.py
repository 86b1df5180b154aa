"""One keyword of a schema against a case of another: the arithmetic of comparing schemas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from lumos.package.schema.branches import Branch, Schema, value_key
from lumos.package.schema.objects import compare_objects
from lumos.package.schema.proof import Proof
from lumos.package.schema.tree import meaning
from lumos.package.schema.violation import Violation, lengths

__all__ = ["compare_format", "compare_keywords"]

# Keywords that are compared as they are: a case must have the same one.
_OPAQUE: dict[str, tuple[str, ...] | None] = {
    "$dynamicRef": None,
    "not": None,
    "contentEncoding": ("string",),
    "contentMediaType": ("string",),
    "pattern": ("string",),
    "dependentRequired": ("object",),
    "dependentSchemas": ("object",),
    "propertyNames": ("object",),
    "unevaluatedItems": ("array",),
    "unevaluatedProperties": ("object",),
}
_GROUPS: tuple[tuple[tuple[str, ...], tuple[str, ...] | None], ...] = (
    (("if", "then", "else"), None),
    (("contains", "minContains", "maxContains"), ("array",)),
)
_FEW: dict[str, tuple[bool | None, ...]] = {"null": (None,), "boolean": (False, True)}


def compare_keywords(
    comparison: Proof, branch: Branch, sup: Mapping[str, Any], path: str, depth: int
) -> list[Violation]:
    """Violations of the keywords of ``sup`` itself (not of what it combines) by one case."""
    kinds = sup.get("type")
    allowed = [kinds] if isinstance(kinds, str) else kinds
    is_number = branch.type == "integer" and "number" in (allowed or ())
    if allowed is not None and branch.type not in allowed and not is_number:
        return [comparison.violation(path, "type", ({"type": branch.type},), sup)]
    found = list(_enumerated(comparison, branch, sup, path))
    found += _opaque(comparison, branch, sup, path)
    found += compare_format(comparison, branch, sup, path)
    if branch.type in ("integer", "number"):
        found += _numbers(branch, sup, path)
    elif branch.type == "string":
        found += lengths(branch, sup, path, keys=("minLength", "maxLength"))
    elif branch.type == "array":
        found += _arrays(comparison, branch, sup, path, depth)
    elif branch.type == "object":
        found += compare_objects(comparison, branch, sup, path, depth)
    return found


def compare_format(
    comparison: Proof, branch: Branch, sup: Mapping[str, Any], path: str
) -> list[Violation]:
    """``format`` is asserted by the code behind a schema, so it counts like a pattern."""
    wanted = sup.get("format")
    if wanted is None or branch.type in ("object", "array", "null", "boolean"):
        return []
    given = branch.all("format")
    return [] if wanted in given else [Violation(path, "format", (given or [None])[0], wanted)]


def _enumerated(
    comparison: Proof, branch: Branch, sup: Mapping[str, Any], path: str
) -> Iterator[Violation]:
    for keyword in ("enum", "const"):
        if keyword not in sup:
            continue
        allowed = sup["enum"] if keyword == "enum" else [sup["const"]]
        few = _FEW.get(branch.type)
        keys = {value_key(value) for value in allowed}
        if few is None or any(value_key(value) not in keys for value in few):
            yield comparison.violation(path, "enum", ({"type": branch.type},), sup)


def _opaque(
    comparison: Proof, branch: Branch, sup: Mapping[str, Any], path: str
) -> Iterator[Violation]:
    for keyword, kinds in _OPAQUE.items():
        if keyword in sup and (kinds is None or branch.type in kinds):
            given = branch.all(keyword)
            wanted = _said(keyword, sup[keyword])
            if not any(comparison.equal(_said(keyword, item), wanted) for item in given):
                yield Violation(path, keyword, (given or [None])[0], sup[keyword])
    for group, kinds in _GROUPS:
        wanted = _group(sup, group)
        given = [_group(schema, group) for schema in branch.schemas]
        if group[0] not in sup or (kinds is not None and branch.type not in kinds):
            continue
        if not any(comparison.equal(item, wanted) for item in given):
            yield Violation(path, group[0], None, wanted)


def _said(keyword: str, value: Any) -> Any:
    return meaning(value) if keyword in ("not", "propertyNames") else value


def _group(schema: Mapping[str, Any], group: tuple[str, ...]) -> dict[str, Any]:
    return {
        key: meaning(schema[key]) if isinstance(schema[key], (Mapping, bool)) else schema[key]
        for key in group
        if key in schema
    }


def _numbers(branch: Branch, sup: Mapping[str, Any], path: str) -> Iterator[Violation]:
    is_whole = branch.type == "integer"
    pairs = (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1))
    for inclusive, exclusive, sign in pairs:
        given = _bound(branch.schemas, inclusive, exclusive, sign, is_whole)
        wanted = _bound((sup,), inclusive, exclusive, sign, is_whole)
        if wanted is not None and (given is None or given < wanted):
            keyword = exclusive if exclusive in sup else inclusive
            known = [*branch.all(inclusive), *branch.all(exclusive), None]
            yield Violation(path, keyword, known[0], sup[keyword])
    step = sup.get("multipleOf")
    if step:
        known = [Fraction(str(value)) for value in branch.all("multipleOf")]
        known += [Fraction(1)] if is_whole else []
        if not any((value / Fraction(str(step))).denominator == 1 for value in known):
            yield Violation(path, "multipleOf", (branch.all("multipleOf") or [None])[0], step)


def _bound(
    schemas: Iterable[Mapping[str, Any]], inclusive: str, exclusive: str, sign: int, is_whole: bool
) -> tuple[Fraction, bool] | None:
    """The tightest bound as (value times sign, exclusive), larger meaning tighter."""
    found: list[tuple[Fraction, bool]] = []
    for schema in schemas:
        for keyword in (inclusive, exclusive):
            if keyword in schema:
                value, is_exclusive = Fraction(str(schema[keyword])) * sign, keyword == exclusive
                if is_whole:
                    up = -((-value).__floor__())
                    is_on_it = is_exclusive and up == value
                    value, is_exclusive = Fraction(up + is_on_it), False
                found.append((value, is_exclusive))
    return max(found, default=None)


def _arrays(
    comparison: Proof, branch: Branch, sup: Mapping[str, Any], path: str, depth: int
) -> list[Violation]:
    found = list(lengths(branch, sup, path, keys=("minItems", "maxItems")))
    longest = min([*branch.all("maxItems"), float("inf")])
    is_unique = True in branch.all("uniqueItems") or longest < 2
    if sup.get("uniqueItems") and not is_unique:
        found.append(Violation(path, "uniqueItems", False, True))
    prefixes = [*branch.all("prefixItems"), sup.get("prefixItems", [])]
    named = max(len(prefix) for prefix in prefixes)
    for index in range(named):
        if index < longest:
            given = [_item(schema, index) for schema in branch.schemas]
            found += comparison.schemas(given, _item(sup, index), f"{path}[{index}]", depth + 1)
    if named < longest and "items" in sup:
        given = [schema.get("items", True) for schema in branch.schemas]
        found += comparison.schemas(given, sup["items"], f"{path}[]", depth + 1)
    return found


def _item(schema: Mapping[str, Any], index: int) -> Schema:
    prefix: Sequence[Schema] = schema.get("prefixItems", ())
    return prefix[index] if index < len(prefix) else schema.get("items", True)
