"""What is generated is committed as it is generated."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from lumos.package.names import tools as names
from publishing import states

DOCS = Path(settings.BASE_DIR) / "docs"


def test_the_description_of_the_api(tmp_path: Path) -> None:
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))
    committed = (DOCS / "openapi.yaml").read_text()
    assert committed == fresh.read_text(), "run: manage.py spectacular --file docs/openapi.yaml"


def test_the_states_of_a_publication() -> None:
    committed = (DOCS / "publication-states.md").read_text()
    assert committed == states.page(), "run: manage.py draw_states"
    assert states.diagram() in committed


def test_the_tables_of_the_database(db: None) -> None:
    out = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=out)
    except SystemExit:
        pytest.fail(f"run: manage.py makemigrations\n{out.getvalue()}")


def test_the_list_of_popular_packages_is_sorted_and_plain() -> None:
    lines = (Path(names.__file__).parent / "data/popular-python.txt").read_text().splitlines()
    listed = [line for line in lines if line and not line.startswith("#")]
    assert len(listed) > 1000
    assert all(line == line.strip().lower() for line in listed)
