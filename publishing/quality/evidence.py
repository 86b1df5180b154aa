"""The input of the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lumos.package.findings import Finding
from lumos.package.functions import FunctionSpec
from lumos.package.trials import TrialReport
from lumos.package.values import read
from security_scan.report import ScanReport

__all__ = ["Evidence", "ExampleRun", "Package", "PythonRun", "Sandbox"]


@dataclass(frozen=True, slots=True)
class ExampleRun:
    """One offline example on one Python; latencies in ms, measured outside the sandbox."""

    function: str
    title: str
    ok: bool
    latencies_ms: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PythonRun:
    """All offline examples on one Python.

    ``import_ms`` are cold imports in milliseconds; ``peak_memory_bytes`` the largest resident
    size of the whole sandbox, None if it could not be read.
    """

    python: str
    examples: tuple[ExampleRun, ...]
    import_ms: tuple[float, ...] = ()
    peak_memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The sandbox's measurements, its isolation layers and the machine.

    ``trials`` are the marketplace's own calls: all of them on the first Python, few on others.
    """

    runs: tuple[PythonRun, ...]
    layers: tuple[str, ...] = ()
    machine: Mapping[str, Any] = field(default_factory=dict)
    trials: tuple[TrialReport, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any] | None) -> Sandbox | None:
        """Read ``{"runs": [{"python", "import_ms", "peak_memory_bytes", "examples":
        [{"function", "title", "ok", "latencies_ms"}]}], "layers", "machine", "trials"}``; None
        stays None.
        """
        if not data or not data.get("runs"):
            return None
        return cls(
            runs=tuple(_run(run) for run in data["runs"]),
            layers=tuple(data.get("layers", ())),
            machine=dict(data.get("machine", {})),
            trials=tuple(read(TrialReport, report) for report in data.get("trials", ())),
        )


def _run(data: Mapping[str, Any]) -> PythonRun:
    return PythonRun(
        python=data["python"],
        examples=tuple(
            ExampleRun(
                function=item["function"],
                title=item.get("title", ""),
                ok=bool(item["ok"]),
                latencies_ms=tuple(item.get("latencies_ms", ())),
            )
            for item in data.get("examples", ())
        ),
        import_ms=tuple(data.get("import_ms", ())),
        peak_memory_bytes=data.get("peak_memory_bytes"),
    )


@dataclass(frozen=True, slots=True)
class Package:
    """The contents of the wheel.

    ``examples`` counts the examples of each function, including those that need the network.
    ``files`` are the paths inside the wheel.
    """

    summary: str = ""
    readme: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    requires_python: str = ""
    license_expression: str = ""
    license_files: Sequence[str] = ()
    files: Sequence[str] = ()
    functions: Sequence[FunctionSpec] = ()
    examples: Mapping[str, int] = field(default_factory=dict)
    permissions: Sequence[str] = ()
    requirements: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """All input for the scores of a release; None means "not measured".

    ``schema_problems`` are findings on JSON Schema 2020-12, ``provider_problems`` those on the
    providers' function-calling subsets, by function. ``compatibility_holds`` compares with
    ``compared_with`` (None: the first release). ``unresolved`` are requirements without a match.
    """

    package: Package
    scan: ScanReport | None = None
    sandbox: Sandbox | None = None
    schema_problems: Sequence[Finding] | None = None
    provider_problems: Mapping[str, Sequence[Finding]] | None = None
    compatibility_holds: bool | None = None
    compared_with: str | None = None
    unresolved: Sequence[str] | None = None
