"""The quality report (design §5): five scores, each the sum of factors with their evidence."""

from publishing.quality.compatibility import compatibility
from publishing.quality.documentation import documentation
from publishing.quality.evidence import Evidence, ExampleRun, Package, PythonRun, Sandbox
from publishing.quality.formula import measure, overall
from publishing.quality.model import (
    FORMULA_VERSION,
    SCORES,
    TARGETS,
    Factor,
    QualityDocument,
    Score,
)
from publishing.quality.performance import performance
from publishing.quality.security import security

__all__ = [
    "FORMULA_VERSION",
    "SCORES",
    "TARGETS",
    "Evidence",
    "ExampleRun",
    "Factor",
    "Package",
    "PythonRun",
    "QualityDocument",
    "Sandbox",
    "Score",
    "compatibility",
    "documentation",
    "measure",
    "overall",
    "performance",
    "security",
]
