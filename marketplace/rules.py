"""The rules of ``publishing.rulebook`` by subject, for the pages under /docs/rules/."""

from __future__ import annotations

from collections.abc import Mapping

from lumos.package.rules import N_, Rule
from publishing.rulebook import RULES
from security_scan.rules.bandit import DEFAULT_FIX, DOCS

__all__ = ["SUBJECTS", "all_rules", "rule_or_none", "subject_of"]

#: What the rules of one subject are for.
SUBJECTS: Mapping[str, tuple[str, str]] = {
    "archive": (
        N_("The wheel as an archive"),
        N_(
            "Programs disagree about damaged and crafted zip files, and an attacker lives on "
            "the difference. A wheel must be one that every program reads alike."
        ),
    ),
    "bandit": (
        N_("Code quality, by Bandit"),
        N_(
            "Habits in Python code that often hide or cause a weakness. They lower the "
            "security score and are not malware detection."
        ),
    ),
    "compatibility": (
        N_("Version numbers"),
        N_(
            "A version number is a promise to whoever wrote a range. The comparison with the "
            "release before is made field by field."
        ),
    ),
    "dependency": (
        N_("Dependencies"),
        N_("A tool that cannot be installed helps nobody, so each requirement must resolve."),
    ),
    "description": (
        N_("Descriptions of functions"),
        N_(
            "Models read them as instructions, so they must describe the function and do "
            "nothing else."
        ),
    ),
    "documentation": (
        N_("Documentation"),
        N_("Agents and people choose by what is written about a tool."),
    ),
    "example": (
        N_("Examples"),
        N_("The offline examples are run in the sandbox; what they promise must come true."),
    ),
    "files": (
        N_("Files"),
        N_("What lies in a package must be readable by the people and the scanners who judge it."),
    ),
    "functions": (
        N_("functions.json"),
        N_("Agents read the functions from this file, so it must say exactly what the code does."),
    ),
    "hidden-text": (
        N_("Hidden text"),
        N_("Text that people do not see and models do can give an agent secret orders."),
    ),
    "malware": (
        N_("Malicious code"),
        N_("Code whose purpose is to harm whoever installs it. It is never published."),
    ),
    "manifest": (
        N_("tool.toml"),
        N_("The manifest says what a wheel cannot: functions, permissions, settings, examples."),
    ),
    "metadata": (
        N_("Metadata"),
        N_("Name, version, license and requirements come from the wheel's own metadata."),
    ),
    "name": (
        N_("Names"),
        N_("A name must be typed without mistake and must not be taken for somebody else's."),
    ),
    "observed": (
        N_("What was seen while it ran"),
        N_(
            "The sandbox records what a tool does, so a surprise is seen before anyone installs it."
        ),
    ),
    "permissions": (
        N_("Permissions"),
        N_(
            "Whoever installs a tool decides by its permissions, so they must be what the "
            "code uses."
        ),
    ),
    "providers": (
        N_("Providers of models"),
        N_(
            "What the function calling of the large providers does not take. A release is "
            "published all the same, with fewer points for compatibility."
        ),
    ),
    "release": (
        N_("Releases"),
        N_("A release never changes, so each version number is used once."),
    ),
    "scan": (
        N_("The scan itself"),
        N_("What could not be looked at is told, and is no pass."),
    ),
    "schema": (
        N_("Function schemas"),
        N_("The schema of a function is a promise to every agent that calls it."),
    ),
    "secret": (
        N_("Secrets"),
        N_("A published secret is known to all, and it cannot be unpublished."),
    ),
}


def all_rules() -> list[tuple[str, str, str, list[Rule]]]:
    """(subject, title, why, its rules by id), by subject."""
    rules = sorted(RULES.values(), key=lambda rule: rule.id)
    return [
        (subject, title, why, [rule for rule in rules if rule.subject == subject])
        for subject, (title, why) in SUBJECTS.items()
    ]


def subject_of(rule: Rule) -> tuple[str, list[Rule]]:
    """What the subject of a rule is called, and all rules about it."""
    return next((title, rules) for name, title, _, rules in all_rules() if name == rule.subject)


def rule_or_none(rule_id: str) -> Rule | None:
    """The rule; one that this version does not know has only its title and its subject's reason."""
    if rule := RULES.get(rule_id):
        return rule
    subject, _, name = rule_id.partition("/")
    if subject not in SUBJECTS:
        return None
    why = SUBJECTS[subject][1]
    if subject == "bandit":
        return Rule(rule_id, f"Bandit {name}", why=why, fix=DEFAULT_FIX, link=DOCS)
    return Rule(rule_id, name.replace("-", " ").capitalize(), why=why)
