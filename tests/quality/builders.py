"""Evidence for the tests: a well-made tool, and ways to spoil it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lumos.package.findings import Finding, Severity
from lumos.package.functions import FunctionSpec
from lumos.package.trials import FunctionTrials, TrialReport
from publishing.quality import Evidence, ExampleRun, Package, PythonRun, Sandbox
from security_scan.report import Evidence as Seen
from security_scan.report import ScanReport

README = """# CSV parser

Reads comma separated text into rows, with quoted fields, other delimiters and a row limit, so
that an agent gets numbers and names instead of one long string. Made for small files; large ones
are cut after max_rows.

## Usage

```python
from lumos_csv_parser import csv_parser
csv_parser("a,b\\n1,2")
```

See [the specification](https://www.rfc-editor.org/rfc/rfc4180).
"""

FUNCTION = FunctionSpec(
    name="csv_parser",
    description="Parse CSV text into a list of rows.",
    input_schema={
        "type": "object",
        "properties": {"csv_data": {"type": "string", "description": "The CSV text"}},
        "required": ["csv_data"],
    },
    output_schema={"type": "object"},
)


def finding(rule: str, severity: Severity = Severity.HIGH, **more: Any) -> Finding:
    return Finding(rule, severity, "something", "a reason", "a remedy", **more)


def scan(*findings: Finding, **more: Any) -> ScanReport:
    return ScanReport(level="safe", score=100, findings=findings, files=3, **more)


def run(latency: float = 12.0, imported: float = 90.0, memory: int = 40_000_000) -> PythonRun:
    examples = (
        ExampleRun("csv_parser", "Quoted field", True, (latency, latency * 1.1)),
        ExampleRun("csv_parser", "Semicolons", True, (latency, latency * 1.2)),
    )
    return PythonRun("3.11", examples, (imported, imported * 1.1), memory)


def tried(accepted: int = 30, failed: int = 0, **more: Any) -> TrialReport:
    total = {"tried": accepted + failed + more.get("refused", 0)}
    row = FunctionTrials(
        function="csv_parser", accepted=accepted, failed=failed, **{**total, **more}
    )
    return TrialReport(python="3.11", seed="5eed" * 16, functions=(row,))


def good(**changes: Any) -> Evidence:
    package = Package(
        summary="Parse CSV text into rows.",
        readme=README,
        urls={"Changelog": "https://example.org/changes", "Source": "https://example.org/src"},
        requires_python=">=3.11",
        license_expression="Apache-2.0",
        license_files=("LICENSE",),
        files=("lumos_csv_parser/__init__.py",),
        functions=(FUNCTION,),
        examples={"csv_parser": 2},
    )
    evidence = Evidence(
        package=package,
        scan=scan(),
        sandbox=Sandbox((run(),), ("bwrap", "seccomp"), {"cpus": 2}, (tried(),)),
        schema_problems=(),
        provider_problems={},
        compatibility_holds=True,
        unresolved=(),
    )
    return replace(evidence, **changes)


def seen(*kinds: str) -> dict[str, tuple[Seen, ...]]:
    return {kind: (Seen("a.py", 1, kind),) for kind in kinds}
