"""An example's output against what the function returned, from the upload to the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from publishing.models import Publication
from tests.package.wheels import build_wheel, function_spec
from tests.support import Person, assert_finding
from tests.support.jobs import live, submit

CODE = '''"""Works on numbers and words."""


def words(text: str) -> set[str]:
    """The different words.

    Args:
        text: Words with spaces between them.
    """
    return set(text.split())


def third(text: str) -> float:
    """A third of a number.

    Args:
        text: The number.
    """
    return float(text) / 3
'''

MANIFEST = """schema = 1
title = "Hello"
category = "utility"
permissions = []
"""

ENTRY = """
[functions.{name}]
entry = "demo_hello:{name}"
deterministic = true

[[functions.{name}.examples]]
title = "One"
input = {{ text = "{text}" }}
{output}
"""

TEXT = {
    "words": ("The different words.", "Words with spaces between them."),
    "third": ("A third of a number.", "The number."),
}
RESULT = {
    "words": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    "third": {"type": "number"},
}

pytestmark = pytest.mark.sandbox


def _spec(name: str) -> dict[str, Any]:
    description, meaning = TEXT[name]
    text = {"type": "string", "title": "Text", "description": meaning}
    return function_spec(
        name,
        description=description,
        input_schema={
            "type": "object",
            "title": f"{name}Arguments",
            "properties": {"text": text},
            "required": ["text"],
        },
        output_schema={
            "type": "object",
            "title": f"{name}Output",
            "properties": {"result": {**RESULT[name], "title": "Result"}},
            "required": ["result"],
        },
        hints={"deterministic": True},
        wrapped=True,
    )


def _wheel(folder: Path, name: str, text: str, output: str) -> Path:
    manifest = MANIFEST + ENTRY.format(name=name, text=text, output=output)
    return build_wheel(folder, code=CODE, manifest=manifest, functions=[_spec(name)])


def test_the_order_of_a_set_is_never_compared(alice: Person, tmp_path: Path) -> None:
    """Twelve words: in the order of a set by chance once in 479,001,600 runs."""
    text = " ".join("abcdefghijkl")
    output = f"output = {list('lkjihgfedcba')!r}"
    live(alice, _wheel(tmp_path, "words", text, output))


def test_a_set_with_another_word_is_rejected(alice: Person, tmp_path: Path) -> None:
    ended = submit(alice, _wheel(tmp_path, "words", "a b", 'output = ["b", "c"]'))
    assert ended["state"] == "rejected"
    assert_finding(ended, "example/failed")


def test_a_rounded_number_passes_and_the_page_shows_the_promise(
    alice: Person, client: Client, tmp_path: Path
) -> None:
    live(alice, _wheel(tmp_path, "third", "1", "output = 0.3333333333"))
    page = client.get("/tools/demo/hello/functions/").content.decode()
    assert "The same input gives the same output." in page


@pytest.mark.parametrize("output", ["output = 0.3333333333\nexact = true", "output = 0.333333"])
def test_a_number_that_differs_too_much_is_rejected(
    alice: Person, tmp_path: Path, output: str
) -> None:
    ended = submit(alice, _wheel(tmp_path, "third", "1", output))
    assert ended["state"] == "rejected"
    assert "0.3333333333333333" in assert_finding(ended, "example/failed")["message"]
    assert Publication.objects.get().state == "rejected"
