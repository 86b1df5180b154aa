"""Every visible string of a template is marked for translation, and lines stay short."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import timezone, translation

from catalog.shapes import Factor, Score
from core.errors import Invalid
from marketplace.presenters.schemas import type_label

ROOT = Path(settings.BASE_DIR) / "templates"
#: The inside of a tag, without any text.
ATTRIBUTES = ROOT / "allauth" / "elements" / "_attributes.html"
TEMPLATES = sorted(set(ROOT.rglob("*.html")) - {ATTRIBUTES})
LONGEST_LINE = 120
#: Elements whose text is code, and attributes whose text a person reads or hears.
CODE = {"code", "kbd", "pre", "script", "style", "svg"}
READ = {"title", "aria-label", "placeholder", "alt"}
#: HTML that browsers never close.
VOID = {"meta", "link", "input", "hr", "br", "img", "rect", "line", "path"}
#: The brand, which is the same in every language.
BRAND = "Lumos Marketplace"
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
MARKED = re.compile(r"{% blocktranslate.*?%}.*?{% endblocktranslate %}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
INCLUDE = re.compile(r'{% include "[^"]*" with (.*?)%}')
#: A literal with a space in it that becomes words on a page: title="No tools yet".
LITERAL = re.compile(r'\b(?:title|text|action|label|why|blocks|placeholder|submit)="([^"]+)"')
WORD = re.compile(r"[A-Za-z]{2,}")
#: Evidence of an unmeasured factor, as it is stored.
NO_SCAN = "Not scanned."


class Texts(HTMLParser):
    """Collects what a person would read."""

    def __init__(self) -> None:
        super().__init__()
        self.silent: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [value for name, value in given.items() if name in READ and value]
        silenced = tag in CODE or given.get("translate") == "no"
        if tag not in VOID and (self.silent or silenced):
            self.silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def unmarked(text: str) -> list[str]:
    """The visible strings of a template that no translation would reach."""
    text = COMMENT.sub("", text)
    literals = [word for tag in INCLUDE.findall(text) for word in LITERAL.findall(tag)]
    parser = Texts()
    parser.feed(TAG.sub("", MARKED.sub("", text)))
    parser.close()
    shown = (part.replace(BRAND, "").strip() for part in (*parser.found, *literals))
    return [part for part in shown if WORD.search(part)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_visible_string_is_marked_for_translation(path: Path) -> None:
    assert unmarked(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Save changes</p>",
        '<a title="Save changes"></a>',
        '<input placeholder="Save changes">',
        "<p>{% if saved %}Save changes{% endif %}</p>",
        '{% include "_components/empty.html" with title="Save changes" %}',
    ],
)
def test_an_unmarked_string_is_seen(template: str) -> None:
    assert unmarked(template) == ["Save changes"]


@pytest.mark.parametrize(
    "template",
    [
        '<p>{% translate "Save changes" %}</p>',
        "<p>{% blocktranslate %}Save <b>changes</b>{% endblocktranslate %}</p>",
        "<code>lumos add tool</code>",
        '<span translate="no">Python</span>',
        '{% include "_components/empty.html" with title=_("Save changes") %}',
    ],
)
def test_a_marked_string_and_code_are_not(template: str) -> None:
    assert unmarked(template) == []


def test_lines_of_templates_have_at_most_120_characters() -> None:
    files = [path for path in ROOT.rglob("*") if path.is_file() and "_icons" not in path.parts]
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert long == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs GNU gettext")
def test_messages_come_from_templates_python_and_marked_tables(tmp_path: Path) -> None:
    (tmp_path / "locale").mkdir()
    (tmp_path / "rules.py").write_text('RULE = N_("Text of a rule")\n')
    (tmp_path / "forms.py").write_text('LABEL = _("Text of a form")\n')
    (tmp_path / "page.html").write_text('{% translate "Text of a page" %}')
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "makemessages", "-l"]
    done = subprocess.run(
        [*command, "en"], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    texts = (tmp_path / "locale/en/LC_MESSAGES/django.po").read_text()
    for source in ("rule", "form", "page"):
        assert f'msgid "Text of a {source}"' in texts


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="needs GNU gettext")
def test_stored_texts_and_lazy_texts_are_translated_when_shown(tmp_path: Path) -> None:
    texts = {
        "Cold import": "Kaltstart",
        "Not scanned.": "Nicht geprüft.",
        "system call filter": "Filter für Systemaufrufe",
        "Invalid input": "Ungültige Eingabe",
        "array of %(type)s": "Liste von %(type)s",
    }
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    entries = (f'msgid "{text}"\nmsgstr "{german}"\n' for text, german in texts.items())
    (folder / "django.po").write_text(head + "\n".join(entries))
    subprocess.run(["msgfmt", "-o", "django.mo", "django.po"], cwd=folder, check=True)
    score = Score("performance", None, 85, (Factor("import", "Cold import", 25, None, NO_SCAN),))
    with override_settings(LOCALE_PATHS=[tmp_path]), translation.override("de"):
        page = render_to_string(
            "marketplace/tool/_measure.html", {"measure": {"icon": "layers"}, "score": score}
        )
        layers = {
            "benchmark": {"layers": ["system call filter"]},
            "quality": {"measured_at": timezone.now()},
        }
        page += render_to_string("marketplace/tool/_benchmark.html", layers)
        page += f"{Invalid.title} {type_label({'type': 'array', 'items': {'type': 'string'}})}"
    shown = ("Kaltstart", "Nicht geprüft.", "Filter für", "Ungültige Eingabe", "Liste von string")
    for text in shown:
        assert text in page


def test_without_gettext_the_command_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match="Debian package gettext"):
        call_command("makemessages", "-l", "en")
