"""The index document, ``/index/{namespace}/{name}.json``: the registry writes it, clients read it.

Declared here once for both. It is data from elsewhere to whoever reads it: file names, hashes and
requirements are checked where they are used (``lumos.client.untrusted``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lumos.package.manifest.permissions import Permissions
from lumos.package.quality import Scores

__all__ = [
    "SCHEMA",
    "IndexDependencies",
    "IndexDocument",
    "IndexMark",
    "IndexRelease",
    "IndexToolDependency",
]

#: Raised only where older clients would install something wrong; new fields do not need it.
SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexMark:
    """Why and since when a release is yanked or quarantined; the time is RFC 3339 in UTC."""

    reason: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexToolDependency:
    """Another tool that a release needs, ``namespace/name``; ``specifier`` is PEP 440."""

    tool: str
    specifier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDependencies:
    """What a release needs: tools of this registry, and requirements from the Python index."""

    tools: tuple[IndexToolDependency, ...] = ()
    python: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRelease:
    """A release. ``url`` is relative to the document, ``size`` in bytes, ``version`` SemVer."""

    version: str
    file: str
    url: str
    sha256: str
    size: int
    requires_python: str = ""
    uploaded_at: str = ""
    dependencies: IndexDependencies = field(default_factory=IndexDependencies)
    permissions: Permissions = field(default_factory=Permissions)
    functions: tuple[str, ...] = ()
    functions_digest: str = ""
    scores: Scores = field(default_factory=Scores)
    gate_passed: bool = False
    yanked: IndexMark | None = None
    quarantined: IndexMark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDocument:
    """A tool with every release that was not deleted, newest first."""

    schema: int = SCHEMA
    tool: str
    distribution: str = ""
    title: str = ""
    summary: str = ""
    category: str = "custom"
    status: str = "active"
    deprecation: str | None = None
    successor: str | None = None
    funding_url: str | None = None  # where the authors can be supported; https
    releases: tuple[IndexRelease, ...]
