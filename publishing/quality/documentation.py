"""The documentation score: what a person or an agent can read before the first call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from lumos.package.rules import N_
from publishing.quality.evidence import Evidence, Package
from publishing.quality.model import Factor, Score, score_of

__all__ = ["documentation"]

CODE_BLOCK = re.compile(r"^(```|~~~)|^( {4}|\t)\S", re.MULTILINE)
CODE = re.compile(r"^(```|~~~).*?(^\1|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.+)$|^(.+)\n[=-]{3,}\s*$", re.MULTILINE)
USAGE = re.compile(r"\b(usage|use|using|examples?|quick ?start|getting started|how to)\b", re.I)
CHANGES = re.compile(r"(^|/)(changelog|changes|history|news|release[-_ ]?notes)(\.\w+)?$", re.I)
CHANGES_TITLE = re.compile(r"\b(changelog|changes|release notes|what'?s new|history)\b", re.I)
LICENSE = re.compile(r"(^|/)(licen[cs]es?/|licen[cs]e|copying)[^/]*$", re.I)
LINK = re.compile(r"\[[^\]\n]*\]\(\s*<?([^)\s>]*)")
PLAIN_LINK = re.compile(r"\bhttps?://[^\s)>\]\"'`]+")
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.I)
CHANGELOG = N_("Changelog")
README_LENGTH = 300
SENTENCE = 20
WORDING = 3


def documentation(evidence: Evidence) -> Score:
    """0 to 100, from the wheel alone; always measured."""
    package = evidence.package
    return score_of(
        "documentation",
        [
            _readme(package),
            _functions(package),
            _parameters(package),
            _examples(package),
            _license(package),
            _changelog(package),
            _summary(package),
            _links(package),
        ],
    )


def _readme(package: Package) -> Factor:
    readme = package.readme.strip()
    titles = [a or b for a, b in HEADING.findall(readme)]
    steps = [
        (8, len(readme) >= README_LENGTH, f"write at least {README_LENGTH} characters"),
        (9, bool(CODE_BLOCK.search(readme)), "show a call in a code block"),
        (5, any(USAGE.search(title) for title in titles), 'add a heading such as "Usage"'),
        (3, _names_a_function(package), "name the functions"),
    ]
    missing = [advice for _, done, advice in steps if not done]
    evidence = (
        f"{len(readme)} characters, {len(titles)} headings."
        if readme
        else N_("There is no README.")
    )
    earned = float(sum(points for points, done, _ in steps if done))
    hint = f"In the README: {'; '.join(missing)}." if missing else ""
    return Factor("readme", N_("README with usage"), 25, earned, evidence, hint)


def _names_a_function(package: Package) -> bool:
    return any(function.name in package.readme for function in package.functions)


def _functions(package: Package) -> Factor:
    described = {f.name: len((f.description or "").strip()) >= SENTENCE for f in package.functions}
    return _share("functions", N_("Every function is described"), 15, described, "docstring")


def _parameters(package: Package) -> Factor:
    described = {
        f"{function.name}.{name}": len(str(schema.get("description", "")).strip()) >= WORDING
        for function in package.functions
        for name, schema in _properties(function.input_schema)
    }
    title = N_("Every parameter is described")
    return _share("parameters", title, 15, described, "docstring entry")


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, Mapping) else ():
        yield name, inner if isinstance(inner, Mapping) else {}


def _examples(package: Package) -> Factor:
    shown = {
        function.name: package.examples.get(function.name, 0) > 0 for function in package.functions
    }
    return _share("examples", N_("Every function has an example"), 15, shown, "[[examples]] entry")


def _share(key: str, title: str, weight: float, done: Mapping[str, bool], what: str) -> Factor:
    if not done:
        return Factor(key, title, weight, float(weight), N_("Nothing to describe."))
    missing = [name for name, good in done.items() if not good]
    earned = weight * (1 - len(missing) / len(done))
    evidence = f"{len(done) - len(missing)} of {len(done)}."
    names = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
    return Factor(
        key, title, weight, earned, evidence, f"Write a {what} for {names}." * bool(missing)
    )


def _license(package: Package) -> Factor:
    text = bool(package.license_files) or any(LICENSE.search(path) for path in package.files)
    named = bool(package.license_expression)
    steps = [*([] if named else ["name the license in pyproject.toml (SPDX)"])]
    steps += [] if text else ["add the license's text as LICENSE"]
    evidence = f"{package.license_expression or 'No expression'}; {'with' if text else 'no'} text."
    hint = f"{'; '.join(steps).capitalize()}." if steps else ""
    return Factor("license", N_("License text"), 10, 4.0 * named + 6.0 * text, evidence, hint)


def _changelog(package: Package) -> Factor:
    where = next((path for path in package.files if CHANGES.search(path)), "")
    where = where or next(
        (url for label, url in package.urls.items() if CHANGES_TITLE.search(label)), ""
    )
    titles = (a or b for a, b in HEADING.findall(package.readme))
    where = where or next((f'README, "{t}"' for t in titles if CHANGES_TITLE.search(t)), "")
    if where:
        return Factor("changelog", CHANGELOG, 10, 10.0, where)
    return Factor(
        "changelog", CHANGELOG, 10, 0.0, N_("None found."),
        N_(
            "Add CHANGELOG.md to the import package, a Changelog link to project.urls, or a "
            'heading "Changelog" to the README.'
        ),
    )  # fmt: skip


def _summary(package: Package) -> Factor:
    length = len(package.summary.strip())
    if SENTENCE <= length <= 200:
        return Factor("summary", N_("One-sentence summary"), 5, 5.0, package.summary.strip())
    return Factor(
        "summary", N_("One-sentence summary"), 5, 2.0 if length else 0.0,
        f"{length} characters.", f"Describe the tool in {SENTENCE} to 200 characters.",
    )  # fmt: skip


def _links(package: Package) -> Factor:
    links = [*package.urls.values(), *_readme_links(package.readme)]
    bad = [link for link in links if not _well_formed(link)]
    if not links:
        return Factor(
            "links", N_("Links are well-formed"), 5, 2.5, N_("No links."),
            N_("Add Homepage or Source to project.urls."),
        )  # fmt: skip
    earned = 5 * (1 - len(bad) / len(links))
    hint = f"Fix {', '.join(bad[:3])}." if bad else ""
    return Factor("links", N_("Links are well-formed"), 5, earned, f"{len(links)} links.", hint)


def _readme_links(readme: str) -> Iterator[str]:
    prose = CODE.sub("", readme)
    yield from LINK.findall(prose)
    yield from PLAIN_LINK.findall(LINK.sub("", prose))


def _well_formed(link: str) -> bool:
    """Whether it is an http(s) URL with a host, a mailto link or an anchor; no relative links."""
    if link.startswith("#"):
        return len(link) > 1
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
        if parts.scheme == "mailto":
            return "@" in parts.path
        return parts.scheme in {"http", "https"} and bool(HOST.fullmatch(host)) and parts.port != 0
    except ValueError:
        return False
