"""The single fields of ``METADATA`` and what this registry asks of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from typing import Any
from urllib.parse import urlsplit

from packaging.metadata import RawMetadata
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from lumos.package.findings import Finding, PackageRefused
from lumos.package.metadata import licenses
from lumos.package.names.tools import canonical
from lumos.package.rulebook import RULES
from lumos.package.text import first_hidden

__all__ = ["Notes", "Person"]

METADATA_FILE = "METADATA"
_MAX_SUMMARY = 512
_MAX_LIST = 256
_MAX_URL = 2_000
_MAX_SPECIFIER = 120
_MAX_REQUIREMENT = 400
_MAX_REQUIREMENT_NAME = 128
_MAX_REQUIREMENT_VERSIONS = 200


@dataclass(frozen=True, slots=True)
class Person:
    """An author or maintainer; ``name`` is never empty, ``email`` may be."""

    name: str
    email: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.email else self.name


class Notes:
    """Findings on METADATA."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, rule: str, message: str, *, fix: str = "") -> None:
        """Add a finding of the rule with this id."""
        self.findings.append(RULES[rule].finding(message, METADATA_FILE, fix=fix))

    def raise_if_refused(self) -> None:
        """Raise :class:`PackageRefused` with the blocking findings, if there are any."""
        if blocking := [finding for finding in self.findings if finding.blocking]:
            raise PackageRefused(blocking)


def summary(text: str, notes: Notes) -> str:
    """One line for cards and search results; required."""
    text = text.strip()
    if not text or text == "UNKNOWN" or len(text) > _MAX_SUMMARY:
        notes.add(
            "metadata/summary",
            f"The summary has {len(text)} characters; it must have 1 to {_MAX_SUMMARY}.",
        )
    _plain(text, "The summary", notes)
    return text


def readme_type(raw: RawMetadata, notes: Notes) -> str:
    """The content type of the README, without parameters; Markdown is asked for."""
    given = raw.get("description_content_type", "").partition(";")[0].strip().lower()
    kind = given or "text/x-rst"
    if not raw.get("description", "").strip():
        notes.add("metadata/readme-missing", "The wheel has no README.")
    elif kind != "text/markdown":
        notes.add(
            "metadata/readme-not-markdown",
            f"The README is {given or 'of no stated type'}, not Markdown.",
        )
    return kind


def people(name: str | None, email: str | None, notes: Notes) -> tuple[Person, ...]:
    """The people of ``Author`` and ``Author-email`` in order, each once."""
    found = [Person(part.strip()) for part in (name or "").split(",") if part.strip()]
    for shown, address in _addresses(email or "", notes):
        if shown or address:
            found.append(Person(shown.strip() or address.partition("@")[0], address.strip()))
    for person in found:
        _plain(str(person), "The name of an author", notes)
    with_address = {person.name for person in found if person.email}
    unique = dict.fromkeys(
        person for person in found if person.email or person.name not in with_address
    )
    return tuple(unique)[:_MAX_LIST]


def _addresses(text: str, notes: Notes) -> list[tuple[str, str]]:
    try:
        return getaddresses([text])
    except (RecursionError, ValueError):  # comments within comments within comments
        notes.add(
            "metadata/field",
            "The field author-email or maintainer-email cannot be read.",
            fix='Write authors = [{ name = "Ada", email = "ada@example.org" }] in [project].',
        )
        return []


def license(raw: RawMetadata, notes: Notes) -> str:
    """The SPDX expression; from older fields with a finding, rejected where there is nothing."""
    if expression := raw.get("license_expression", ""):
        try:
            return licenses.spdx(expression)
        except ValueError as error:
            notes.add(
                "metadata/license",
                f"The license {expression[:80]!r} is not an SPDX expression: {error}.",
            )
            return ""
    old = raw.get("license", "").strip()
    classified = [line for line in raw.get("classifiers", []) if line.startswith("License ::")]
    found = licenses.from_text(old) or licenses.from_classifiers(classified)
    if not (old or classified or raw.get("license_files")):
        notes.add("metadata/license-missing", "The wheel says nothing about its license.")
    else:
        notes.add(
            "metadata/license-old",
            "The license is given without an SPDX expression"
            + (f"; read as {found}." if found else "."),
        )
    return found


def keywords(words: Sequence[str], notes: Notes) -> tuple[str, ...]:
    """The keywords, each once."""
    found = tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
    for word in found:
        _plain(word, "A keyword", notes)
    if len(found) > 50 or any(len(word) > 64 for word in found):
        notes.add(
            "metadata/keywords",
            f"There are {len(found)} keywords, or one has more than 64 characters.",
        )
    return tuple(word for word in found if len(word) <= 64)[:50]


def urls(raw: RawMetadata, notes: Notes) -> dict[str, str]:
    """The project's addresses by label; only ``http`` and ``https`` are addresses of pages."""
    given = dict(raw.get("project_urls", {}))
    for label, key in (("Homepage", "home_page"), ("Download", "download_url")):
        address = raw.get(key)
        if isinstance(address, str) and address.strip():
            given.setdefault(label, address)
    found: dict[str, str] = {}
    for label, address in given.items():
        problem = _url_problem(address)
        if problem:
            notes.add("metadata/url", f"The address {address[:120]!a} of {label[:40]!a} {problem}.")
        _plain(label, "The label of an address", notes)
        found[label.strip()[:64]] = address.strip()
    return dict(list(found.items())[:_MAX_LIST])


def requires_python(specifier: SpecifierSet | None, notes: Notes) -> str:
    """The specifier; it must admit some Python that runs tools (3.11 or newer)."""
    if specifier is None or not str(specifier):
        notes.add(
            "metadata/requires-python-missing", "The wheel does not say which Python it needs."
        )
        return ""
    if len(str(specifier)) > _MAX_SPECIFIER:
        notes.add(
            "metadata/requires-python",
            f"requires-python has {len(str(specifier)):,} characters, more than {_MAX_SPECIFIER}.",
            fix='Write requires-python = ">=3.11".',
        )
        return ""
    candidates = (f"3.{minor}.{patch}" for minor in range(11, 31) for patch in range(41))
    if not any(specifier.contains(version, prereleases=True) for version in candidates):
        notes.add(
            "metadata/requires-python",
            f'requires-python "{specifier}" admits no Python from 3.11 on.',
            fix='Write requires-python = ">=3.11".',
        )
    return str(specifier)


def requirements(
    name: str, given: Sequence[str], parsed: Iterable[Requirement] | None, notes: Notes
) -> tuple[str, ...]:
    """The requirements as written; no direct references, not the tool itself."""
    for text in given:
        if len(text) > _MAX_REQUIREMENT:
            notes.add(
                "metadata/requirements",
                f"The requirement {text[:120]!a} has more than {_MAX_REQUIREMENT} characters.",
                fix="Shorten its versions and its marker.",
            )
    for requirement in parsed or ():
        if _is_too_long(requirement):
            notes.add(
                "metadata/requirements",
                f"The requirement {str(requirement)[:120]!a} is too long.",
                fix=f"Use at most {_MAX_REQUIREMENT_NAME} characters for a name and "
                f"{_MAX_REQUIREMENT_VERSIONS} for its versions.",
            )
        if requirement.url:
            notes.add(
                "metadata/direct-reference",
                f"The requirement {str(requirement)[:120]!a} points to an address.",
                fix=f'Require a version from an index, for example "{requirement.name}>=1.0".',
            )
        if canonical(requirement.name) == canonical(name) and not requirement.extras:
            notes.add(
                "metadata/self-requirement",
                f"The tool requires itself: {str(requirement)[:120]!a}.",
            )
    if len(given) > _MAX_LIST:
        notes.add(
            "metadata/requirements",
            f"The tool has {len(given)} requirements, more than {_MAX_LIST}.",
            fix="Require what the tool imports itself.",
        )
    return tuple(given)


def _is_too_long(requirement: Requirement) -> bool:
    return (
        len(requirement.name) > _MAX_REQUIREMENT_NAME
        or len(str(requirement.specifier)) > _MAX_REQUIREMENT_VERSIONS
    )


def classifiers(given: Sequence[str], notes: Notes) -> tuple[str, ...]:
    """The classifiers; ``Private ::`` keeps a package off every registry."""
    for line in given:
        if line.startswith("Private ::"):
            notes.add(
                "metadata/private",
                f"The classifier {line[:80]!a} says that the package is private.",
            )
        _plain(line, "A classifier", notes)
    return tuple(given)[:_MAX_LIST]


def _plain(text: str, what: str, notes: Notes) -> None:
    if hidden := first_hidden(text):
        notes.add("hidden-text/metadata", f"{what} contains the invisible character {hidden}.")


def _url_problem(address: Any) -> str | None:
    text = str(address).strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return "is not an address"
    if parts.scheme not in ("http", "https") or not host or len(text) > _MAX_URL:
        return "is not a whole http or https address"
    if parts.username is not None or re.search(r"[\s\x00-\x1f<>\"\\^`{|}]", text):
        return "contains a user name or characters that no address has"
    return None
