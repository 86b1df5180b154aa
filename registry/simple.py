"""The package index for pip, uv and mirrors, built from values without the database.

PEP 503 pages, their PEP 691 JSON, PEP 592 yank, PEP 658 and 714 metadata files, PEP 700 versions,
sizes and times, PEP 792 status. Links are relative, so that any static server can serve them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import orjson

from catalog.models import ToolStatus
from lumos.package.names.tools import canonical
from registry.values import Artifact, Listing

#: The version of the API that the pages follow: 1.4 has PEP 792's project status.
API_VERSION = "1.4"


@dataclass(frozen=True, slots=True)
class Project:
    """A distribution as pip sees it. ``status`` is one of PEP 792's."""

    name: str
    artifacts: tuple[Artifact, ...]
    status: str = "active"
    status_reason: str = ""


def project(listing: Listing) -> Project:
    """A tool as a distribution.

    A hidden tool keeps an empty page. Without it, installers would look for its name in the
    upstream index, where anyone could have registered it.
    """
    status, reason = "active", ""
    tool = listing.tool
    if tool.status == ToolStatus.QUARANTINED:
        status, reason = "quarantined", "Under review by the moderators."
    elif tool.status == ToolStatus.DELETED:
        status, reason = "archived", "Deleted by its owner or a moderator."
    elif tool.status == ToolStatus.DEPRECATED:
        status, reason = "deprecated", tool.deprecation or ""
    artifacts = tuple(entry.artifact for entry in listing.offered)
    return Project(canonical(tool.distribution), artifacts, status, reason)


def project_html(project: Project) -> bytes:
    """``/simple/{distribution}/index.html``."""
    head = [
        f"<title>Links for {escape(project.name)}</title>",
        f'<meta name="pypi:project-status" content="{escape(project.status)}">',
    ]
    if project.status_reason:
        reason = escape(project.status_reason)
        head.append(f'<meta name="pypi:project-status-reason" content="{reason}">')
    body = [f"<h1>Links for {escape(project.name)}</h1>", *map(_link, _oldest_first(project))]
    return _page(head, body)


def project_json(project: Project) -> bytes:
    """``/simple/{distribution}/index.json``."""
    artifacts = _oldest_first(project)
    status = {"status": project.status}
    if project.status_reason:
        status["reason"] = project.status_reason
    return _json(
        {
            "meta": {"api-version": API_VERSION},
            "name": project.name,
            "project-status": status,
            "versions": list(dict.fromkeys(artifact.version for artifact in artifacts)),
            "files": [_file(artifact) for artifact in artifacts],
        }
    )


def root_html(names: Iterable[str]) -> bytes:
    """``/simple/index.html``: every distribution."""
    links = [f'<a href="{escape(name)}/">{escape(name)}</a><br>' for name in sorted(names)]
    return _page(["<title>Simple index</title>"], links)


def root_json(names: Iterable[str]) -> bytes:
    """``/simple/index.json``."""
    return _json(
        {
            "meta": {"api-version": API_VERSION},
            "projects": [{"name": name} for name in sorted(names)],
        }
    )


def artifacts_of(project_document: bytes) -> tuple[Artifact, ...]:
    """The artifacts listed in a document that :func:`project_json` wrote."""
    return tuple(
        Artifact(
            filename=file["filename"],
            sha256=file["hashes"]["sha256"],
            size=file["size"],
            version=file["filename"].split("-")[1],
            requires_python=file.get("requires-python", ""),
            metadata_sha256=file["core-metadata"]["sha256"],
            uploaded_at=file["upload-time"],
            yanked=file["yanked"] or None,
        )
        for file in orjson.loads(project_document)["files"]
    )


def _oldest_first(project: Project) -> Sequence[Artifact]:
    return tuple(reversed(project.artifacts))


def _link(artifact: Artifact) -> str:
    # Both spellings of the metadata attribute: the newer (PEP 714) and the one of older clients.
    digest = f"sha256={artifact.metadata_sha256}"
    attributes = {
        "href": f"../../{artifact.key}#sha256={artifact.sha256}",
        "data-core-metadata": digest,
        "data-dist-info-metadata": digest,
    }
    if artifact.requires_python:
        attributes["data-requires-python"] = artifact.requires_python
    if artifact.yanked is not None:
        attributes["data-yanked"] = artifact.yanked
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return f"<a {written}>{escape(artifact.filename)}</a><br>"


def _file(artifact: Artifact) -> dict[str, Any]:
    # Only PEP 714's key: pip 22.3 to 23.1 fail on the older one in JSON.
    entry: dict[str, Any] = {
        "filename": artifact.filename,
        "url": f"../../{artifact.key}",
        "hashes": {"sha256": artifact.sha256},
        "core-metadata": {"sha256": artifact.metadata_sha256},
        "size": artifact.size,
        "upload-time": artifact.uploaded_at,
        "yanked": artifact.yanked or artifact.yanked is not None,
    }
    if artifact.requires_python:
        entry["requires-python"] = artifact.requires_python
    return entry


def _page(head: Iterable[str], body: Iterable[str]) -> bytes:
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta name="pypi:repository-version" content="{API_VERSION}">',
        *head,
        "</head>",
        "<body>",
        *body,
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(lines).encode()


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
