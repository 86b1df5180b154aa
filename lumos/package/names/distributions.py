"""The tool that a distribution's name stands for, with the reasons why it may not be published."""

from __future__ import annotations

from lumos.package.findings import Finding
from lumos.package.names.tools import (
    OFFICIAL_NAMESPACE,
    RESERVED_NAMESPACES,
    InvalidName,
    ToolName,
    check_name,
    is_popular,
)
from lumos.package.rulebook import RULES

__all__ = ["tool_of"]


def tool_of(distribution: str) -> tuple[ToolName | None, list[Finding]]:
    """The tool's name, ``None`` where it is malformed or reserved, and what was found."""
    try:
        tool = ToolName.from_distribution(distribution)
        check_name(tool.name)
    except InvalidName as error:
        return None, [RULES["name/invalid"].finding(str(error))]
    findings: list[Finding] = []
    if is_popular(tool.distribution) or is_popular(tool.import_package):
        message = f"{tool.distribution} is the name of a well-known Python distribution."
        findings.append(RULES["name/popular"].finding(message))
    if tool.namespace in RESERVED_NAMESPACES - {OFFICIAL_NAMESPACE}:
        findings.append(_reserved_namespace(tool.namespace))
    return tool, findings


def _reserved_namespace(namespace: str) -> Finding:
    """Not blocking: an operator may have granted it, and who owns it is checked elsewhere."""
    return RULES["name/reserved-namespace"].finding(
        f"The namespace {namespace} is reserved; only an operator can grant it."
    )
