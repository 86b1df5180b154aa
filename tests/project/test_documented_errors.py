"""Every error code that the code can answer with is explained in the documentation."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.conf import settings

from web.problems import SUGGESTIONS

ROOT = Path(settings.BASE_DIR)
PACKAGES = (
    "accounts", "analytics", "api", "catalog", "config", "core", "marketplace", "publishing",
    "registry", "reviews", "search", "web",
)  # fmt: skip
ERRORS = {"Invalid", "Forbidden", "NotFound", "Conflict", "TooLarge", "TooMany", "DomainError"}


def _codes() -> set[str]:
    """The first argument wherever one of our errors is made or ``problem(status, code, …)``."""
    found = set(SUGGESTIONS)
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                place = 1 if name == "problem" else 0
                if (name in ERRORS or name == "problem") and len(node.args) > place:
                    code = node.args[place]
                    if isinstance(code, ast.Constant) and isinstance(code.value, str):
                        found.add(code.value)
    return found


def test_every_code_has_its_paragraph() -> None:
    text = (ROOT / "docs/guide/errors.md").read_text()
    explained = set(re.findall(r"^### (\w+)$", text, re.MULTILINE))
    assert _codes() - explained == set()


def test_the_first_codes_of_the_front_are_explained_too() -> None:
    text = (ROOT / "docs/guide/errors.md").read_text()
    front = re.findall(r'"code": "(\w+)"', (ROOT / "deploy/nginx.conf").read_text())
    assert front
    assert [code for code in front if f"### {code}\n" not in text] == []
