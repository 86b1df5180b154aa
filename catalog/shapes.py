"""The server's documents, each declared once.

``catalog.render`` builds these values and writes them as JSON. The OpenAPI document, the responses
of ``/mcp/`` and the templates use the same classes. The index document is declared in
``lumos.package.index``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from catalog.categories import CATEGORIES
from lumos.package.findings import Finding
from lumos.package.manifest.permissions import Permissions
from lumos.package.quality import SCORES, Scores
from lumos.package.trials import TrialReport

STATUSES = ("active", "deprecated", "quarantined", "deleted")
LEVELS = ("safe", "warning", "dangerous", "malicious")


class Schema:
    """Adds JSON Schema keywords to a field's type, through pydantic's hook."""

    def __init__(self, **keywords: Any) -> None:
        self.keywords = keywords

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        return {**handler(core_schema), **self.keywords}


Time = Annotated[str, Schema(format="date-time")]
JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSummary:
    """The fields of a tool in search results, also for agents; ``url`` is its page."""

    tool: str
    version: str | None
    title: str
    summary: str
    category: Annotated[str, Schema(enum=list(CATEGORIES))]
    license: str
    permissions: Permissions
    verified: bool
    status: Annotated[str, Schema(enum=list(STATUSES))]
    scores: Scores | None
    gate_passed: bool
    downloads: int
    rating: float | None
    rating_count: int
    url: str
    funding_url: str | None = None  # where the authors can be supported; https


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCard(ToolSummary):
    """The fields of a tool in lists; ``downloads_by_week`` has 12 numbers, oldest first."""

    namespace: str
    name: str
    short_name: str
    category_label: str
    keywords: tuple[str, ...]
    downloads_30d: int
    downloads_by_week: tuple[int, ...]
    created_at: Time
    updated_at: Time


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason for a score.

    ``earned`` is 0 to ``weight``, or None if nothing was measured. An unmeasured factor earns
    nothing, and its score cannot pass. ``evidence`` says what was measured; ``improve`` how to
    earn the rest (empty if all is earned).
    """

    key: str
    title: str
    weight: float
    earned: float | None
    evidence: str
    improve: str = ""

    @property
    def measured(self) -> bool:
        """Whether there was evidence."""
        return self.earned is not None


@dataclass(frozen=True, slots=True)
class Score:
    """A score of 0 to 100 and its factors; ``value`` is None if no factor was measured."""

    key: str
    value: int | None
    target: int
    factors: tuple[Factor, ...]
    #: Above the target, with every factor measured.
    passed: bool = False

    def __post_init__(self) -> None:
        above = self.value is not None and self.value > self.target
        passed = above and all(factor.measured for factor in self.factors)
        object.__setattr__(self, "passed", passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityDocument:
    """The five scores of a release, by name, with their factors.

    ``formula`` is the version of the formula; ``environment`` records the Pythons, the sandbox's
    layers and the machine of the measurement. ``trials`` are the marketplace's own calls of the
    functions, one report for each Python, the one that decides first.
    """

    formula: str = ""
    scores: Mapping[str, Score] = field(default_factory=dict)
    environment: JsonObject = field(default_factory=dict)
    trials: tuple[TrialReport, ...] = ()
    #: Whether all five scores are above target with every factor measured.
    gate_passed: bool = False

    def __post_init__(self) -> None:
        scores = [self.scores.get(name) for name in SCORES]
        passed = all(score is not None and score.passed for score in scores)
        object.__setattr__(self, "gate_passed", passed)

    @property
    def values(self) -> dict[str, int | None]:
        """The scores as {name: value}."""
        return {name: score.value for name, score in self.scores.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """The wheel; ``size`` in bytes."""

    name: str
    url: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSetting:
    """A setting that the tool reads from its environment."""

    name: str
    description: str = ""
    required: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDependency:
    """A requirement; ``tool`` is set if it is a tool of this marketplace."""

    distribution: str
    specifier: str
    tool: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFunction:
    """A function of a release; the schemas are JSON Schema 2020-12."""

    name: str
    description: str
    input_schema: JsonObject
    output_schema: JsonObject | None
    hints: Mapping[str, bool]
    examples: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSecurity:
    """The result of the scanners."""

    level: Annotated[str, Schema(enum=list(LEVELS))]
    score: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseYank:
    """The open yank of a release."""

    reason: str
    at: Time


@dataclass(frozen=True, kw_only=True)
class ReleaseSummary:
    """The main fields of a release; ``url`` is its page.

    Has no slots, because the MCP SDK takes them for defaults in a function's return type.
    """

    tool: str
    version: str
    url: str
    title: str
    summary: str
    license: str
    permissions: Permissions
    settings: tuple[ReleaseSetting, ...]
    scores: Scores | None
    gate_passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDocument(ReleaseSummary):
    """One release."""

    requires_python: str
    published_at: Time
    notes: str
    file: ReleaseFile
    dependencies: tuple[ReleaseDependency, ...]
    functions: tuple[ReleaseFunction, ...]
    functions_digest: str
    quality: QualityDocument | None
    security: ReleaseSecurity | None
    yanked: ReleaseYank | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDocument(ToolCard):
    """One tool with its newest release."""

    distribution: str
    deprecation: str | None
    successor: str | None
    install: str
    release: ReleaseDocument | None
    api_url: str
    releases_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    """A page of cards."""

    results: tuple[ToolCard, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePage:
    """The releases of a tool, newest first."""

    results: tuple[ReleaseDocument, ...]
    next: str | None
