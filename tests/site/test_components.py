"""Every component in every state, without a database."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory

from catalog.highlighting import code_lines
from marketplace.templatetags.evidence import stars
from marketplace.templatetags.source import as_json, schema_table
from tests.site.samples import FULL, MIXED, context

HERE = Path(__file__).parent
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
OTHER_HOST = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""")


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(help_text="What you will recognize it by.")
    email = forms.EmailField(required=False)
    scopes = forms.MultipleChoiceField(
        choices=[("a", "One"), ("b", "Two")], widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(widget=forms.Textarea, required=False)
    agree = forms.BooleanField(required=False)


@pytest.fixture(scope="module")
def guide() -> str:
    request = RequestFactory().get("/")
    form = SampleForm({"name": "", "email": "no address"})
    page = engines["django"].from_string((HERE / "styleguide.html").read_text("utf-8"))
    return page.render({**context(), "form": form}, request)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_compiles(path: Path) -> None:
    get_template(str(path.relative_to(Path(settings.BASE_DIR) / "templates")))


def test_no_template_has_an_inline_style_or_script() -> None:
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        assert " style=" not in text, path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"\son[a-z]+=", text), path


def test_a_page_names_no_other_host(guide: str) -> None:
    assert not OTHER_HOST.search(guide)


def test_a_measured_score_says_its_target_in_words(guide: str) -> None:
    assert f"Security: {FULL['security']} of 100, above the target of 90." in guide
    assert f"Documentation: {MIXED['documentation']} of 100, not above the target of 90." in guide


def test_what_was_not_measured_is_an_empty_outlined_bar(guide: str) -> None:
    assert "Performance: not measured, target above 85." in guide
    assert 'class="bar-none"' in guide
    assert 'width="None%"' not in guide


def test_a_card_is_one_link(guide: str) -> None:
    card = guide[guide.index('<article class="card">') : guide.index("</article>")]
    assert card.count("<a ") == 1


def test_errors_stand_beside_their_field_and_are_tied_to_it(guide: str) -> None:
    assert "This field is required." in guide
    assert 'aria-invalid="true"' in guide
    for named in re.findall(r'aria-describedby="([^"]+)"', guide):
        for identifier in named.split():
            assert f'id="{identifier}"' in guide


def test_the_source_of_a_finding_is_numbered_and_its_line_marked(guide: str) -> None:
    assert re.search(r'class="code-line code-mark" data-line="14"', guide)
    assert 'data-line="12"' in guide


def test_headings_skip_no_level(guide: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", guide)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_a_value_that_changed_is_shown_as_json_and_words_as_words() -> None:
    assert [as_json(value) for value in (None, True, {"default": 1}, "string")] == [
        "–",
        "true",
        '{"default": 1}',
        "string",
    ]


def test_source_that_begins_within_a_docstring_is_colored_as_code_behind_it() -> None:
    lines = code_lines('    limit: How many.\n    """\n    exec(code)\n', "python")
    assert len(lines) == 3
    assert "exec" in lines[2]
    assert 'class="s' not in lines[2]


def test_stars_are_filled_as_far_as_the_average_goes() -> None:
    assert stars(4.5)["width"] == 108
    assert stars(None)["width"] == 0


def test_a_result_of_which_nothing_is_said_has_no_empty_column() -> None:
    said = {"properties": {"text": {"type": "string"}}}
    assert schema_table(said, "x", output=True)["bare"]
    assert not schema_table(said, "x")["bare"]
    said["properties"]["text"]["description"] = "The greeting."
    assert not schema_table(said, "x", output=True)["bare"]
