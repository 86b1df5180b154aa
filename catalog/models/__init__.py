"""Tools, their releases and their reports.

publishing writes tools, releases, functions, dependencies, reports and yanks; reviews writes the
ratings; analytics writes the download figures. Every app may read all of them.
"""

from catalog.models.releases import Dependency, Function, Release, ReleaseQuerySet, Yank
from catalog.models.reports import QualityReport, SecurityReport
from catalog.models.tools import FUNDING_LABELS, POPULAR, Tool, ToolQuerySet, ToolStatus

__all__ = [
    "FUNDING_LABELS",
    "POPULAR",
    "Dependency",
    "Function",
    "QualityReport",
    "Release",
    "ReleaseQuerySet",
    "SecurityReport",
    "Tool",
    "ToolQuerySet",
    "ToolStatus",
    "Yank",
]
