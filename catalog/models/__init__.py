"""Tools, their releases, and the columns that other apps fill for all to read.

Who writes what: publishing writes tools, releases, functions, dependencies, reports and yanks;
reviews the ratings; analytics the download figures. Everybody reads.
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
