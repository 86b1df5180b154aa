"""The compatibility score: examples, trials, schemas, providers, versions and dependencies."""

from __future__ import annotations

from collections.abc import Sequence

from lumos.package.findings import Finding
from lumos.package.rules import N_
from publishing.quality.evidence import Evidence
from publishing.quality.model import Factor, Score, score_of
from publishing.quality.trials import trials
from publishing.quality.words import count_of

__all__ = ["compatibility"]

#: The share of a function's points that its worst provider problem costs, by severity.
PROVIDER_COST = {"info": 0.0, "low": 0.15, "medium": 0.5, "high": 1.0, "critical": 1.0}


def compatibility(evidence: Evidence) -> Score:
    """0 to 100 from calls in the sandbox, schemas, the last release and dependencies."""
    return score_of(
        "compatibility",
        [
            _examples(evidence),
            trials(evidence, 20),
            _schemas(evidence),
            _providers(evidence),
            _versions(evidence),
            _dependencies(evidence),
        ],
    )


def _examples(evidence: Evidence) -> Factor:
    key, title, weight = "examples", N_("Every offline example passes on every Python"), 20
    runs = evidence.sandbox.runs if evidence.sandbox else ()
    results = [(run.python, example) for run in runs for example in run.examples]
    if not results:
        return Factor(
            key, title, weight, None, N_("Not measured: no offline example ran in the sandbox."),
            N_("Add an example with offline = true to each function in tool.toml."),
        )  # fmt: skip
    failed = [(python, example) for python, example in results if not example.ok]
    pythons = ", ".join(dict.fromkeys(python for python, _ in results))
    earned = weight * (1 - len(failed) / len(results))
    text = f"{len(results) - len(failed)} of {len(results)} runs passed on Python {pythons}."
    if not failed:
        return Factor(key, title, weight, earned, text)
    names = ", ".join(
        dict.fromkeys(f"{e.function} ({e.title}) on {python}" for python, e in failed[:5])
    )
    return Factor(key, title, weight, earned, text, f"Fix {names}.")


def _schemas(evidence: Evidence) -> Factor:
    key, title, weight = "schemas", N_("Schemas are valid JSON Schema 2020-12"), 15
    problems = evidence.schema_problems
    if problems is None:
        return Factor(key, title, weight, None, N_("Not checked."), "")
    if not problems:
        count = len(evidence.package.functions)
        return Factor(key, title, weight, float(weight), f"{count_of(count, 'function')} checked.")
    return Factor(
        key, title, weight, 0.0, f"{count_of(len(problems), 'problem')}: {problems[0].message}",
        N_("Run `lumos build` again: it writes functions.json from the code."),
    )  # fmt: skip


def _providers(evidence: Evidence) -> Factor:
    key, title, weight = "providers", N_("Accepted by the large model providers"), 20
    problems, functions = evidence.provider_problems, evidence.package.functions
    if problems is None or not functions:
        return Factor(key, title, weight, None, N_("Not checked."), "")
    lost = sum(_worst(problems.get(function.name, ())) for function in functions)
    problems_found = [finding for findings in problems.values() for finding in findings]
    earned = weight * max(0.0, 1 - lost / len(functions))
    if not problems_found:
        count = len(functions)
        one = N_("The function is accepted.")
        text = f"All {count} functions are accepted." if count > 1 else one
        return Factor(key, title, weight, earned, text)
    text = f"{count_of(len(problems_found), 'problem')}. First: {problems_found[0].message}"
    return Factor(key, title, weight, earned, text, problems_found[0].fix)


def _worst(findings: Sequence[Finding]) -> float:
    return max((PROVIDER_COST[finding.severity.value] for finding in findings), default=0.0)


def _versions(evidence: Evidence) -> Factor:
    key, title, weight = "versions", N_("The version number matches the changes"), 15
    if evidence.compatibility_holds is None:
        return Factor(key, title, weight, None, N_("Not compared."), "")
    if evidence.compatibility_holds:
        other = evidence.compared_with
        text = f"Compared with {other}." if other else N_("First release, nothing to compare.")
        return Factor(key, title, weight, float(weight), text)
    return Factor(
        key, title, weight, 0.0, f"A change since {evidence.compared_with} needs a higher version.",
        N_("Raise the version as described in the finding, or keep the old schema."),
    )  # fmt: skip


def _dependencies(evidence: Evidence) -> Factor:
    key, title, weight = "dependencies", N_("Dependencies resolve"), 10
    if evidence.unresolved is None:
        return Factor(key, title, weight, None, N_("Not resolved."), "")
    count = len(evidence.package.requirements)
    if not evidence.unresolved:
        text = f"All {count} resolve." if count else N_("No dependencies.")
        return Factor(key, title, weight, float(weight), text)
    return Factor(
        key, title, weight, 0.0, f"No match for {', '.join(evidence.unresolved)}.",
        N_("Widen the range or publish the missing tool first."),
    )  # fmt: skip
