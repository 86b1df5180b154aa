"""Reads the registry's index documents, ``/index/{namespace}/{name}.json`` (design §6)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from lumos.client import untrusted
from lumos.client.errors import LumosError, NetworkError, NotFound
from lumos.client.retry_after import retry_hint
from lumos.package.index import SCHEMA, IndexDocument, IndexMark, IndexRelease
from lumos.package.keys import index_key
from lumos.package.names.tools import OFFICIAL_NAMESPACE, InvalidName, ToolName
from lumos.package.values import read
from lumos.package.versions import Version

if TYPE_CHECKING:
    import httpx2

    from lumos.client.transport import Transport

__all__ = ["Registry", "Release", "ToolDependency", "ToolIndex", "short_name"]


@dataclass(frozen=True, slots=True)
class ToolDependency:
    """A dependency on another tool; ``specifier`` is PEP 440, empty for any version."""

    tool: ToolName
    specifier: str


@dataclass(frozen=True, slots=True)
class Release:
    """A release: its index ``entry``, and the parsed forms of some fields.

    ``url`` is absolute. File name, hash, size and requirements of ``entry`` have been checked.
    """

    tool: ToolName
    version: Version
    url: str
    tools: tuple[ToolDependency, ...]
    entry: IndexRelease

    @property
    def yanked(self) -> str | None:
        """The reason of its yank, not empty; None if it is not yanked."""
        return _reason(self.entry.yanked)

    @property
    def quarantined(self) -> str | None:
        """The reason of its quarantine, not empty; None if it is not quarantined."""
        return _reason(self.entry.quarantined)


@dataclass(frozen=True, slots=True)
class ToolIndex:
    """A tool's index document, and its releases, newest first."""

    tool: ToolName
    document: IndexDocument
    releases: tuple[Release, ...]

    @property
    def title(self) -> str:
        """Its title, or its name if it has none."""
        return self.document.title or short_name(self.tool)

    def release(self, version: Version) -> Release | None:
        """The release with this version, or None."""
        return next((release for release in self.releases if release.version == version), None)

    def newest(self, *, prereleases: bool = False) -> Release | None:
        """The highest installable release; stable ones first unless ``prereleases``."""
        usable = [
            release
            for release in self.releases
            if release.yanked is None and not release.quarantined
        ]
        stable = [release for release in usable if prereleases or not release.version.is_prerelease]
        return max(stable or usable, key=lambda release: release.version, default=None)


class Registry:
    """Reads index documents, each once per command."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._read: dict[ToolName, ToolIndex] = {}

    @property
    def root(self) -> str:
        """The registry's root URL."""
        return self.transport.root

    def tool(self, name: ToolName) -> ToolIndex:
        """The index of one tool; raises :class:`NotFound` with the nearest names."""
        if name not in self._read:
            self._read[name] = self._fetch(name)
        return self._read[name]

    def lists(self, name: ToolName) -> bool:
        """Whether the registry has, or had, a tool of this name."""
        if name in self._read:
            return True
        path = f"/index/{name.namespace}/{name.name}.json"
        response = self.transport.get(path)
        if response.status_code not in (200, 404, 410):
            raise self._no_answer(name, path, response)
        return response.status_code != 404

    def _no_answer(self, name: ToolName, path: str, response: httpx2.Response) -> NetworkError:
        return NetworkError(
            f"The registry could not return {short_name(name)}.",
            why=f"{self.transport.url(path)} responded with status {response.status_code}.",
            hint=retry_hint(response),
        )

    def _fetch(self, name: ToolName) -> ToolIndex:
        path = f"/{index_key(name.namespace, name.name)}"
        response = self.transport.get(path)
        if response.status_code in (404, 410):
            raise self._unknown(name)
        if response.status_code != 200:
            raise self._no_answer(name, path, response)
        try:
            return _parse(name, response.json(), str(response.request.url))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise NetworkError(
                f"The registry's entry of {short_name(name)} cannot be read.",
                why=f"{self.transport.url(path)}: {type(error).__name__}: {error}",
                hint="Is LUMOS_REGISTRY the root of a Lumos registry? Newer entries may need a "
                "newer lumos-cli.",
            ) from error

    def _unknown(self, name: ToolName) -> NotFound:
        near = self.nearest(name)
        similar = f"; the nearest names are {', '.join(near)}." if near else "."
        guess = f"Did you mean {near[0]}? lumos tools info {near[0]}" if near else ""
        return NotFound(
            f"There is no tool {short_name(name)}.",
            why=f"{self.root} has no {name}{similar}",
            hint=guess or f"lumos tools search {name.name}",
            details={"tool": str(name), "nearest": list(near)},
        )

    def nearest(self, name: ToolName) -> tuple[str, ...]:
        """Up to three similar names: first the same name in other namespaces, then by spelling."""
        known = self._known_names(name)
        same = [tool for tool in known if tool.name == name.name and tool != name]
        by_text = {short_name(tool): tool for tool in known}
        close = get_close_matches(short_name(name), by_text, n=3, cutoff=0.6)
        close += get_close_matches(name.name, by_text, n=3, cutoff=0.6)
        return tuple(dict.fromkeys([*map(short_name, same), *close]))[:3]

    def _known_names(self, name: ToolName) -> list[ToolName]:
        """Names from the search API if it responds, and from the static list of distributions."""
        try:
            response = self.transport.send(
                "GET", "/api/v1/search", retry=False, params={"q": name.name}, seconds=3.0
            )
            cards = response.json()["results"] if response.status_code == 200 else []
        except (LumosError, ValueError, KeyError, TypeError, RecursionError):
            cards = []
        names = [card.get("tool") or card.get("name") for card in cards if isinstance(card, dict)]
        return [*_names(names, ToolName.parse), *self._simple_names()]

    def _simple_names(self) -> list[ToolName]:
        try:
            page = self.transport.send("GET", "/simple/", retry=False, seconds=5.0)
        except LumosError:
            return []
        links = re.findall(r'href="(?:[^"]*/)?([a-z0-9-]+)/"', page.text[:4_000_000])
        return _names(links, ToolName.from_distribution)


def short_name(tool: ToolName) -> str:
    """The name to show: official tools without their namespace."""
    return tool.name if tool.namespace == OFFICIAL_NAMESPACE else str(tool)


def _names(texts: Iterable[Any], parse: Any) -> list[ToolName]:
    names = []
    for text in texts:
        try:
            names.append(parse(text))
        except (InvalidName, TypeError, AttributeError):
            continue
    return names


def _parse(name: ToolName, data: Any, base: str) -> ToolIndex:
    if data["schema"] != SCHEMA:
        raise ValueError(f"this lumos-cli does not support schema {data['schema']}")
    document = read(IndexDocument, data)
    if document.tool != str(name):
        raise ValueError(f"it is about {document.tool}")
    releases = [_release(name, entry, base) for entry in document.releases]
    newest_first = sorted(releases, key=lambda release: release.version, reverse=True)
    return ToolIndex(name, document, tuple(newest_first))


def _release(name: ToolName, entry: IndexRelease, base: str) -> Release:
    untrusted.file_name(entry.file)
    untrusted.sha256(entry.sha256)
    untrusted.size(entry.size)
    untrusted.requirements(entry.dependencies.python)
    return Release(
        tool=name,
        version=Version.parse(entry.version),
        url=urljoin(base, entry.url),
        tools=tuple(
            ToolDependency(ToolName.parse(need.tool), untrusted.specifier(need.specifier))
            for need in entry.dependencies.tools
        ),
        entry=entry,
    )


def _reason(mark: IndexMark | None) -> str | None:
    return None if mark is None else mark.reason or "no reason was given"
