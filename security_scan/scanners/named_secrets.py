"""Guess secrets by their names: in code, in packaged settings, and in what a tool publishes.

The names and calls are those that masking knows (``lumos.package.namedsecrets``), so that what is
found is masked too. A value counts if it looks chosen as a password: no placeholder, no word, no
address, and of at least three kinds of characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lumos.package.findings import Finding
from lumos.package.masking import MASK
from lumos.package.namedsecrets import called_values, named_values, names_credential
from lumos.package.secretvalues import entropy, has_shape, is_filled_in_later, is_placeholder
from security_scan.rules.secrets import RULES
from security_scan.target import Function, SourceFile

__all__ = ["likely_lines", "looks_random", "published_defaults"]

PLACEHOLDER = re.compile(
    r"example|sample|dummy|fake|test|your|change|replace|placeholder|secret_?key|xxx|\*\*\*|\.\.\.|"
    r"<[^>]+>|"
    r"\$\{|\{\{|insert|inert|todo|redacted|foobar|abcdef|123456|0{6}|deadbeef|none|null|password",
    re.IGNORECASE,
)
#: Files whose text is code or settings; ``.env`` has no suffix for Python.
SETTINGS = {
    ".py",
    ".yaml",
    ".yml",
    ".toml",
    ".ini",
    ".cfg",
    ".conf",
    ".json",
    ".env",
    ".properties",
}
ENV_FILE = re.compile(r"(^|/)\.env(\.[\w-]+)?$")
#: Values that stand beside a credential's name and are none: names, addresses, versions, patterns.
NO_SECRET = re.compile(
    r"[\w.\-]*(token|api_?key|passwd|auth|bearer|basic|x-[\w-]+)[\w.\-]*|\w+://\S*|\S*[(){}\[\]|\\<>]\S*|"
    r"[vV]?\d+([.\-]\d+)+\w*|(sha|md|utf|hs|rs|es|aes|oauth|base)[-_]?\d+\w*|\S*/\S*/\S*",
    re.IGNORECASE,
)
KINDS = (r"[a-z]", r"[A-Z]", r"\d", r"[^\w\s]")
QUOTES = ("'", '"')
SHORTEST, LONGEST, DEEPEST = 8, 200, 12


def likely_lines(file: SourceFile) -> set[int]:
    """The lines of code or settings where a value beside a credential's name is likely a secret."""
    if file.suffix not in SETTINGS and not file.is_python and not ENV_FILE.search(file.path):
        return set()
    text = file.text
    spans = [span for span in named_values(text) if _is_likely(text[slice(*span)])]
    if file.is_python:  # there a value without quotes is a name or a type
        spans = [span for span in spans if text[span[1] : span[1] + 1] in QUOTES]
    spans += [span for span in called_values(text) if _is_password(text[slice(*span)])]
    return {text.count("\n", 0, start) + 1 for start, _ in spans}


def published_defaults(functions: Iterable[Function]) -> Iterator[Finding]:
    """A finding for each parameter whose name is a credential's and whose schema holds one."""
    for function in functions:
        for name, value in _values(function.input_schema, "", 0):
            if names_credential(name) and _is_likely(value):
                yield RULES["secret/published-default"].finding(
                    f"The schema of {function.name} holds a value of {name}: {MASK}.",
                    evidence={"function": function.name, "parameter": name},
                )


def _values(schema: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:
    """(parameter, value) of the defaults, examples and constants in a schema."""
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return
    given = [schema.get("default"), schema.get("const")]
    for key in ("examples", "enum"):
        given += schema[key] if isinstance(schema.get(key), list) else []
    for value in given:
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, Mapping):
            yield from ((str(key), text) for key, text in value.items() if isinstance(text, str))
    for key, member in schema.items():
        if key in ("properties", "$defs") and isinstance(member, Mapping):
            for inner, part in member.items():
                yield from _values(part, str(inner), depth + 1)
        elif key in ("items", "additionalProperties"):
            yield from _values(member, name, depth + 1)
        elif key in ("anyOf", "oneOf", "allOf") and isinstance(member, list):
            for part in member:
                yield from _values(part, name, depth + 1)


def _is_password(value: str) -> bool:
    """Whether a literal in a call that signs in may be the password; a path to a page is none."""
    return _is_chosen(value) and (has_shape(value) or not re.search(r"[/.]", value))


def _is_chosen(value: str) -> bool:
    """Whether a literal where a password belongs is no placeholder and no test's word."""
    if len(value) > LONGEST or is_placeholder(value) or is_filled_in_later(value):
        return False
    return " " not in value and not PLACEHOLDER.search(value)


def _is_likely(value: str) -> bool:
    if len(value) < SHORTEST or not _is_chosen(value) or NO_SECRET.fullmatch(value):
        return False
    kinds = sum(bool(re.search(kind, value)) for kind in KINDS)
    return has_shape(value) and kinds >= 3 and entropy(value) > 2.5


def looks_random(secret: str) -> bool:
    """Whether a value of 16 or more characters looks generated."""
    if len(secret) < 16 or " " in secret or PLACEHOLDER.search(secret):
        return False
    if not re.fullmatch(r"[A-Za-z0-9+/=_\-.~!@#$%^&*]+", secret):
        return False
    classes = sum(bool(re.search(c, secret)) for c in (r"[a-z]", r"[A-Z]", r"\d"))
    return classes >= 2 and bool(re.search(r"\d", secret)) and entropy(secret) > 3.5
