"""The decisions in docs/adr are dated, have a status, and are all listed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "docs" / "adr"
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))
STATUS = r"\*\*Date:\*\* \d{4}-\d\d-\d\d · \*\*Status:\*\* (Accepted|Superseded)\b"


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_a_number_a_date_a_status_and_its_parts(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.search(STATUS, text)
    parts = re.findall(r"^## (\w+)$", text, re.MULTILINE)
    assert parts == ["Context", "Decision", "Alternatives", "Consequences"]


def test_every_decision_has_a_number_of_its_own_and_is_listed() -> None:
    names = [path.name for path in DECISIONS]
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    listed = re.findall(r"^\| \[\d+\]\((\S+)\)", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert listed == names
