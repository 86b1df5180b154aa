"""Every rule that the package library checks, in one table.

Server code takes the table of ``publishing.rulebook``, which has the scanners' rules and those
that only the registry can check as well.
"""

from __future__ import annotations

from lumos.package import function_rules, version_rules
from lumos.package.archive import content_rules, entry_rules, record_rules, zip_rules
from lumos.package.manifest import example_rules
from lumos.package.manifest import function_rules as manifest_functions
from lumos.package.manifest import rules as manifest
from lumos.package.metadata import rules as metadata
from lumos.package.metadata import wheel_rules
from lumos.package.names import rules as names
from lumos.package.rules import merged
from lumos.package.schema import code_rules, provider_rules
from lumos.package.schema import rules as schema

__all__ = ["RULES"]

RULES = merged(
    zip_rules.RULES,
    entry_rules.RULES,
    record_rules.RULES,
    content_rules.RULES,
    wheel_rules.RULES,
    metadata.RULES,
    manifest.RULES,
    manifest_functions.RULES,
    example_rules.RULES,
    function_rules.RULES,
    schema.RULES,
    code_rules.RULES,
    provider_rules.RULES,
    names.RULES,
    version_rules.RULES,
)
