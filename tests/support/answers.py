"""The answer to a request, and assertions about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer: status, headers with lower-case names, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"<{self.status} {self.body[:2000].decode('utf-8', 'replace')}>"

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


def assert_ok(answer: Answer, status: int = 200) -> Any:
    """The answer has this status; its JSON comes back."""
    assert answer.status == status, answer
    return answer.json() if answer.body else None


def assert_problem(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """A complete problem document: status, and ``code`` as its code or the rule it names.

    A code that ends in ``…`` stands for all that begin so. Whoever reads it must learn what
    happened, what to try, and where more is written.
    """
    assert answer.status == status, answer
    assert answer.headers["content-type"] == PROBLEM_JSON, answer.headers
    document = answer.json()
    for field in ("type", "title", "status", "code", "detail", "suggestion", "docs_url"):
        assert document.get(field), f"the problem document has no {field}: {document}"
    assert document["status"] == status
    said = {document["code"], document.get("rule", "")}
    said |= {finding["rule"] for finding in document.get("findings", [])}
    assert any(_matches(word, code) for word in said), f"{sorted(said)} do not name {code}"
    assert "Traceback" not in answer.text
    return document  # type: ignore[no-any-return]


def assert_finding(document: Mapping[str, Any], rule: str) -> dict[str, Any]:
    """The problem document or publication has this finding, and it explains itself."""
    found = [one for one in document["findings"] if _matches(one["rule"], rule)]
    rules = [one["rule"] for one in document["findings"]]
    assert found, f"no finding {rule} among {rules}"
    finding: dict[str, Any] = found[0]
    for field in ("severity", "message", "why", "fix", "docs_url"):
        assert finding.get(field), f"the finding has no {field}: {finding}"
    return finding


def _matches(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("…") else word == pattern
