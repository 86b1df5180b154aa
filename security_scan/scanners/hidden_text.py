"""Invisible text: bidi, zero-width, tag and control characters, and hidden comments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lumos.package.findings import Finding
from security_scan.guard import Guard
from security_scan.rules.text import RULES
from security_scan.scanners.wording import orders
from security_scan.target import SourceFile, Target

__all__ = ["Hidden", "HiddenTextScanner", "hidden"]

BIDI_OVERRIDE = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
BIDI_END = "\u202c\u2069"
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063"
    "\u2064\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3164\ufeff\uffa0\ufff9\ufffa\ufffb"
)
MARKS = "\u200e\u200f"
SUSPECT = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f" + BIDI_OVERRIDE + BIDI_END + INVISIBLE + MARKS
    + "\ufe00-\ufe0f\U000e0000-\U000e01ef\U0001d173-\U0001d17a]"
)  # fmt: skip
ANSI = re.compile("(\x1b|\x9b)(\\[[0-9;?]*[ -/]*[@-~]|\\][^\x07\x1b]*(\x07|\x1b\\\\)|[@-Z\\\\-_])")
TAGS = re.compile("[\U000e0001\U000e0020-\U000e007f]+")
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}")
FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f")
COMMENT = re.compile(
    r"<!--(.*?)(-->|\Z)|^\[(?://|comment)\]:\s*#?\s*[\(\"'](.*?)[\)\"']\s*$",
    re.DOTALL | re.MULTILINE,
)
#: Scripts in which joiners change the shape of letters, so they are legitimate.
JOINING = re.compile(
    r"ARABIC|SYRIAC|NKO|MONGOLIAN|DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|"
    r"MALAYALAM|SINHALA|KHMER|MYANMAR|TIBETAN|HEBREW|THAANA|MANDAIC|ADLAM|TAI|BALINESE|JAVANESE"
)
#: Scripts without spaces, in which a zero-width space marks where a line may break.
BREAKING = re.compile(r"THAI|LAO|KHMER|MYANMAR|TIBETAN|JAVANESE|BALINESE|TAI|CJK|HIRAGANA|KATAKANA")
RIGHT_TO_LEFT = {"R", "AL", "AN"}
PROSE = {".md", ".markdown", ".rst", ".txt", ".html", ".htm"}


@dataclass(frozen=True, slots=True)
class Hidden:
    """A run of invisible characters: its rule, position and code points."""

    rule: str
    position: int
    shown: str


def hidden(text: str) -> Iterator[Hidden]:
    """The invisible characters in ``text``, one result for each run.

    Not reported: joiners in emoji and in scripts that need them, a single variation selector,
    regional flags, a byte order mark at the start, and direction marks in right-to-left text.
    """
    covered = [match.span() for match in FLAG.finditer(text)]
    for pattern, rule in ((ANSI, "ansi"), (TAGS, "tags"), (SELECTORS, "variation-selectors")):
        for match in pattern.finditer(text):
            if not _within(match.start(), covered):
                covered.append(match.span())
                yield Hidden(f"hidden-text/{rule}", match.start(), _points(match[0]))
    for match in SUSPECT.finditer(text):
        rule = _rule(text, match.start())
        if rule and not _within(match.start(), covered):
            yield Hidden(f"hidden-text/{rule}", match.start(), _points(match[0]))


def _rule(text: str, position: int) -> str:
    character = text[position]
    if character in BIDI_OVERRIDE or character in BIDI_END:
        return "bidi"
    if character in MARKS or character == "\u061c":
        return "" if _near_rtl(text, position) else "invisible"
    if character == "\ufeff" and position == 0:
        return ""
    if character in "\u200b\u200c\u200d" and _joins(text, position):
        return ""
    if character == "\u2800" and _beside_braille(text, position):
        return ""
    if character in INVISIBLE:
        return "" if character == "\u00ad" else "invisible"
    if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return ""
    if character == "\x0c":
        return ""  # a form feed separates pages in many old sources
    return "tags" if character >= "\U000e0000" else "control"


def _joins(text: str, position: int) -> bool:
    """Whether a joiner is between emoji, or after a letter of a script that needs it."""
    before = (
        text[position - 1 : position].replace("\ufe0f", "") or text[position - 2 : position - 1]
    )
    after = text[position + 1 : position + 2]
    if text[position] == "\u200d" and _is_pictograph(before) and _is_pictograph(after):
        return True
    scripts = BREAKING if text[position] == "\u200b" else JOINING
    return bool(before) and bool(scripts.match(unicodedata.name(before, "")))


def _beside_braille(text: str, position: int) -> bool:
    return any("\u2801" <= c <= "\u28ff" for c in text[max(0, position - 8) : position + 9])


def _is_pictograph(character: str) -> bool:
    return bool(character) and (
        unicodedata.category(character) in {"So", "Sk"} or "\U0001f000" <= character <= "\U0001faff"
    )


def _is_rtl(character: str) -> bool:
    return unicodedata.bidirectional(character) in RIGHT_TO_LEFT


def _near_rtl(text: str, position: int) -> bool:
    window = text[max(0, position - 20) : position + 20]
    return any(_is_rtl(character) for character in window if character not in MARKS)


def _within(position: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)


def _points(text: str) -> str:
    shown = " ".join(f"U+{ord(character):04X}" for character in text[:6])
    return f"{shown} …" if len(text) > 6 else shown


class HiddenTextScanner:
    """Scans code, README, summary and title; DescriptionsScanner scans descriptions."""

    name = "hidden-text"
    version = "2"

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """Findings ``hidden-text/…``."""
        yield from guard.each(self.name, target.text_files, self._file)
        for name, text in target.texts.items():
            with guard.step(self.name, name) as wanted:
                findings = list(_text(text, name)) if wanted else []
            yield from findings

    def _file(self, file: SourceFile) -> Iterator[Finding]:
        if file.suffix not in {".js", ".css", ".map", ".svg", ".csv", ".po"}:
            yield from _characters(file.text, file.path)
        if file.suffix in PROSE:
            yield from _comments(file.text, file.path)


#: Characters that no README needs in any script; they can hide words from people but not models.
NEVER_HONEST = frozenset(
    {"hidden-text/bidi", "hidden-text/tags", "hidden-text/variation-selectors"}
)


def _text(text: str, name: str) -> Iterator[Finding]:
    readme = name.lower().startswith("readme")
    yield from _characters(text, name, blocking=NEVER_HONEST if readme else frozenset(RULES))
    yield from _comments(text, name)


def _characters(
    text: str, file: str, *, blocking: frozenset[str] = frozenset()
) -> Iterator[Finding]:
    places: dict[str, list[Hidden]] = {}
    for character in hidden(text):
        places.setdefault(character.rule, []).append(character)
    for rule, all_of_them in places.items():
        first = all_of_them[0]
        line = text.count("\n", 0, first.position) + 1
        weaker = RULES[rule].weaker[-1 if len(all_of_them) < 3 else 0]
        yield RULES[rule].finding(
            f"{RULES[rule].title}: {first.shown}, {len(all_of_them)} places.",
            file,
            line,
            weaker=None if rule in blocking else weaker,
            evidence={"places": len(all_of_them), "first": first.shown},
        )


def _comments(text: str, file: str) -> Iterator[Finding]:
    for match in COMMENT.finditer(text):
        comment = match[1] if match[1] is not None else match[3]
        order = next(iter(orders(comment or "")), None)
        if order is not None:
            line = text.count("\n", 0, match.start()) + 1
            yield RULES["hidden-text/comment"].finding(
                f"A hidden comment addresses the model: {order.quote!r}.",
                file,
                line,
                evidence={"rule": order.rule, "quote": order.quote},
            )
