"""Every rule that a package is checked against, for the pages under /docs/rules/.

The scanners' rules are data and shown whole. The rules of the format stand in the code that
reads a package, where a finding brings the reason and the fix of its own case; what is true of
each of them in general, with an example, is written in ``rulebook/``.
"""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import security_scan.rules
from security_scan.rules.bandit import DEFAULT_FIX, FIX, WHY
from security_scan.rules.model import Rule

BOOK = Path(__file__).parent / "rulebook"
#: A file of the book is named after its subject; the keys of this one are whole ids.
OTHERS = "others"
BANDIT_DOCS = "https://bandit.readthedocs.io/en/latest/"


@dataclass(frozen=True, slots=True)
class RulePage:
    """What the page of a rule says.

    ``what`` sets it off; ``bad`` and ``good`` are examples in ``language``, empty where none
    helps. ``fix`` is empty for a rule that this version does not know.
    """

    id: str
    title: str
    why: str
    fix: str = ""
    what: str = ""
    severity: str = ""
    bad: str = ""
    good: str = ""
    language: str = "text"
    blocking: bool = False
    link: str = ""

    @property
    def subject(self) -> str:
        """The part before the slash."""
        return self.id.partition("/")[0]


#: What the rules of one subject are for.
SUBJECTS: Mapping[str, tuple[str, str]] = {
    "archive": (
        "The wheel as an archive",
        "Programs disagree about damaged and crafted zip files, and an attacker lives on the "
        "difference. A wheel must be one that every program reads alike.",
    ),
    "bandit": (
        "Code quality, by Bandit",
        "Habits in Python code that often hide or cause a weakness. They lower the security score "
        "and are not malware detection.",
    ),
    "compatibility": (
        "Version numbers",
        "A version number is a promise to whoever wrote a range. The comparison with the release "
        "before is made field by field.",
    ),
    "dependency": (
        "Dependencies",
        "A tool that cannot be installed helps nobody, so each requirement must resolve.",
    ),
    "description": (
        "Descriptions of functions",
        "Models read them as instructions, so they must describe the function and do nothing else.",
    ),
    "documentation": (
        "Documentation",
        "Agents and people choose by what is written about a tool.",
    ),
    "example": (
        "Examples",
        "The offline examples are run in the sandbox; what they promise must come true.",
    ),
    "files": (
        "Files",
        "What lies in a package must be readable by the people and the scanners who judge it.",
    ),
    "functions": (
        "functions.json",
        "Agents read the functions from this file, so it must say exactly what the code does.",
    ),
    "hidden-text": (
        "Hidden text",
        "Text that people do not see and models do can give an agent secret orders.",
    ),
    "malware": (
        "Malicious code",
        "Code whose purpose is to harm whoever installs it. It is never published.",
    ),
    "manifest": (
        "tool.toml",
        "The manifest says what a wheel cannot: functions, permissions, settings, examples.",
    ),
    "metadata": (
        "Metadata",
        "Name, version, license and requirements come from the wheel's own metadata.",
    ),
    "name": (
        "Names",
        "A name must be typed without mistake and must not be taken for somebody else's.",
    ),
    "permissions": (
        "Permissions",
        "Whoever installs a tool decides by its permissions, so they must be what the code uses.",
    ),
    "providers": (
        "Providers of models",
        "What the function calling of the large providers does not take. A release is published "
        "all the same, with fewer points for compatibility.",
    ),
    "scan": (
        "The scan itself",
        "What could not be looked at is told, and is no pass.",
    ),
    "schema": (
        "Function schemas",
        "The schema of a function is a promise to every agent that calls it.",
    ),
    "secret": (
        "Secrets",
        "A published secret is known to all, and it cannot be unpublished.",
    ),
}


@cache
def _rules() -> Mapping[str, RulePage]:
    """Every rule by its id; what the book says of a rule goes before what a scanner says."""
    pages = (*_of_scanners(), *_of_bandit(), *_of_the_book())
    return {page.id: page for page in pages}


def _of_scanners() -> Iterator[RulePage]:
    for module in pkgutil.iter_modules(security_scan.rules.__path__):
        table = getattr(
            importlib.import_module(f"security_scan.rules.{module.name}"), "RULES", None
        )
        rules = table.values() if isinstance(table, Mapping) else table or ()
        yield from (_page(rule) for rule in rules if isinstance(rule, Rule))


def _page(rule: Rule) -> RulePage:
    return RulePage(
        rule.id,
        rule.title,
        rule.why,
        rule.fix,
        what="" if rule.example else f"{rule.title}.",
        severity=rule.severity.value,
        bad=rule.example,
        language="python",
        blocking=rule.blocking,
        link=rule.link,
    )


def _of_bandit() -> Iterator[RulePage]:
    for name, title in _read("bandit").items():
        yield _bandit(name, str(title))


def _bandit(name: str, title: str = "") -> RulePage:
    why = WHY.get(name[:2], SUBJECTS["bandit"][1])
    fix = FIX.get(name, DEFAULT_FIX)
    return RulePage(f"bandit/{name}", title or f"Bandit {name}", why, fix, link=BANDIT_DOCS)


def _of_the_book() -> Iterator[RulePage]:
    for path in sorted(BOOK.glob("*.toml")):
        if path.stem != "bandit":
            prefix = "" if path.stem == OTHERS else f"{path.stem}/"
            for name, said in _read(path.stem).items():
                yield _written(f"{prefix}{name}", said)


def _written(rule_id: str, said: Mapping[str, Any]) -> RulePage:
    """A rule of the book refuses the release unless it says otherwise."""
    examples = {key: str(said.get(key, "")).strip() for key in ("bad", "good")}
    return RulePage(**{"id": rule_id, "severity": "high", "blocking": True, **said, **examples})


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((BOOK / f"{name}.toml").read_text("utf-8"))


def all_rules() -> list[tuple[str, str, str, list[RulePage]]]:
    """(subject, title, why, its rules by id), by subject."""
    rules = sorted(_rules().values(), key=lambda rule: rule.id)
    return [
        (subject, title, why, [rule for rule in rules if rule.subject == subject])
        for subject, (title, why) in SUBJECTS.items()
    ]


def subject_of(page: RulePage) -> tuple[str, list[RulePage]]:
    """What the subject of a rule is called, and all rules about it."""
    return next((title, rules) for name, title, _, rules in all_rules() if name == page.subject)


def rule_or_none(rule_id: str) -> RulePage | None:
    """The page of a rule; of one that this version does not know, what holds of its subject."""
    if rule := _rules().get(rule_id):
        return rule
    subject, _, name = rule_id.partition("/")
    if subject == "bandit":
        return _bandit(name)
    if subject in SUBJECTS:
        return RulePage(rule_id, name.replace("-", " ").capitalize(), SUBJECTS[subject][1])
    return None
