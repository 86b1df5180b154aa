"""Scan the texts of functions that agents read: names, descriptions and schemas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lumos.package.findings import Finding, Severity
from security_scan.guard import Guard
from security_scan.rules.text import RULES
from security_scan.scanners.hidden_text import hidden
from security_scan.scanners.wording import orders
from security_scan.target import Function, Target

__all__ = ["DescriptionsScanner"]

LONGEST = 4000
DEEPEST = 24
FILE = "functions.json"
SECRET_PARAMETER = re.compile(
    r"(^|_)(password|passwd|pwd|secret|api_?key|apikey|access_?key|private_?key|client_?secret|"
    r"auth_?token|access_?token|bearer|credentials?|seed_phrase|mnemonic)s?$",
    re.IGNORECASE,
)
#: Names of parameters that attacks use to extract data and that no function needs.
CARRIER = re.compile(
    r"^_?(side_?note|hidden\w*|system_prompt|conversation_history|chat_history|"
    r"previous_messages|all_context|context_dump|env_vars|environment_variables)$",
    re.IGNORECASE,
)


class DescriptionsScanner:
    """Reads all text of ``functions.json``: names, descriptions, defaults, enum values, titles."""

    name = "descriptions"
    version = "2"

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """Findings ``description/…`` and ``hidden-text/…``; clearly malicious ones block."""
        others = {function.name for function in target.functions}
        for function in target.functions:
            findings: list[Finding] = []
            with guard.step(self.name, function.name) as wanted:
                if wanted:
                    findings.extend(_function(function, others))
            yield from findings
        for name, text in target.texts.items():
            findings = []
            with guard.step(self.name, name) as wanted:
                if wanted and not name.lower().startswith(("readme", "function ")):
                    findings.extend(_wording(text, name, name))
            yield from findings


def _function(function: Function, own: set[str]) -> Iterator[Finding]:
    texts = list(_texts(function))
    for place, text in texts:
        yield from _hidden(text, f"{function.name}{place}")
        for finding in _wording(text, f"{function.name}{place}", FILE):
            if not (finding.rule == "description/shadowing" and _about(finding, own)):
                yield finding
    length = sum(len(text) for place, text in texts if not place.startswith(".output"))
    if len(function.description) > LONGEST or length > 4 * LONGEST:
        yield RULES["description/too-long"].finding(
            f"{function.name}: {len(function.description):,} characters of description, "
            f"{length:,} with its schema.",
            FILE,
        )
    yield from _parameters(function)


def _texts(function: Function) -> Iterator[tuple[str, str]]:
    """(location, text) of each text of a function that an agent reads."""
    yield ".name", function.name
    yield ".description", function.description
    yield from _schema_texts(function.input_schema, ".input")
    yield from _schema_texts(function.output_schema or {}, ".output")


def _schema_texts(schema: Any, place: str) -> Iterator[tuple[str, str]]:
    stack: list[tuple[Any, str, int]] = [(schema, place, 0)]
    while stack:
        value, where, depth = stack.pop()
        if isinstance(value, str):
            yield where, value
        elif depth < DEEPEST and isinstance(value, Mapping):
            for key, inner in value.items():
                yield f"{where}.{key}"[:200], str(key)
                stack.append((inner, f"{where}.{key}"[:200], depth + 1))
        elif depth < DEEPEST and isinstance(value, list):
            stack += [(inner, where, depth + 1) for inner in value]


def _hidden(text: str, place: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for character in hidden(text):
        if character.rule not in seen:
            seen.add(character.rule)
            yield RULES[character.rule].finding(
                f"{place}: {RULES[character.rule].title.lower()} ({character.shown}).",
                FILE,
                evidence={"place": place, "first": character.shown},
            )


def _wording(text: str, place: str, file: str) -> Iterator[Finding]:
    for order in orders(text):
        rule = RULES[f"description/{order.rule}"]
        yield rule.finding(
            f"{place} says {order.quote!r}.",
            file,
            weaker=None if order.strong else Severity.MEDIUM,
            confidence="high" if order.strong else "medium",
            evidence={"place": place, "quote": order.quote},
        )


def _about(finding: Finding, own: set[str]) -> bool:
    """Whether a sentence is about the tool's own functions, which is allowed."""
    quote = str(finding.evidence.get("quote", ""))
    named = set(re.findall(r"[a-z]\w*(?:_\w+)+", quote))
    return bool(named) and named <= own


def _parameters(function: Function) -> Iterator[Finding]:
    properties = function.input_schema.get("properties")
    for name in properties if isinstance(properties, Mapping) else ():
        if CARRIER.match(str(name)):
            yield RULES["description/secrets"].finding(
                f"{function.name} has a parameter {name!r}, which asks for data of the chat.",
                FILE,
                weaker=Severity.HIGH,
                evidence={"parameter": str(name)},
            )
        elif SECRET_PARAMETER.search(str(name)):
            yield RULES["description/secret-parameter"].finding(
                f"{function.name} takes {name!r} as a parameter.",
                FILE,
                evidence={"parameter": str(name)},
            )
