"""The factor of the marketplace's own trials, in the compatibility score."""

from __future__ import annotations

import json
from collections.abc import Sequence

from lumos.package.rules import N_
from lumos.package.trials import FunctionTrials, TrialFailure
from publishing.quality.evidence import Evidence
from publishing.quality.model import Factor
from publishing.quality.words import count_of

__all__ = ["trials"]

SHOWN = 120


def trials(evidence: Evidence, weight: int) -> Factor:
    """The share of inputs that a function handled of those that it did not refuse, averaged.

    The first Python decides which functions were measured; the inputs on all Pythons count.
    """
    key, title = "trials", N_("Handles the inputs that its schemas allow")
    reports = evidence.sandbox.trials if evidence.sandbox else ()
    measured = [row for row in reports[0].functions if not row.not_measured] if reports else []
    if not measured:
        return Factor(key, title, weight, None, N_("Not measured: no function could be tried."), "")
    by_name = {row.function: [row] for row in measured}
    for report in reports[1:]:
        for row in report.functions:
            by_name.get(row.function, []).append(row)
    earned = weight * sum(_share(rows) for rows in by_name.values()) / len(by_name)
    failing = [row for rows in by_name.values() for row in rows if row.failures]
    text = _told(by_name, len(evidence.package.functions))
    advice = _advice(failing[0].function, failing[0].failures[0]) if failing else ""
    return Factor(key, title, weight, earned, text, advice)


def _share(rows: Sequence[FunctionTrials]) -> float:
    failed = sum(row.failed for row in rows)
    taken = failed + sum(row.accepted for row in rows)
    return 1 - failed / taken


def _told(by_name: dict[str, list[FunctionTrials]], functions: int) -> str:
    rows = [row for found in by_name.values() for row in found]
    tried, refused = sum(row.tried for row in rows), sum(row.refused for row in rows)
    failed = sum(row.failed for row in rows)
    text = f"{count_of(tried, 'input')}: refused {refused}, failed {failed}."
    missing = max(0, functions - len(by_name))
    return f"{text} {count_of(missing, 'function')} not measured." if missing else text


def _advice(function: str, failure: TrialFailure) -> str:
    shown = json.dumps(failure.input, ensure_ascii=False)
    cut = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"
    return (
        f"{function}({cut}): {failure.error} Fix it, narrow the schema, or raise a ValueError "
        "that says what is wrong."
    )
