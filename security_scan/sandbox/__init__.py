"""Runs code of tools in layers that each hold alone; never runs it any other way."""

from security_scan.sandbox.canary import ProbeResult, canary
from security_scan.sandbox.contents import ExampleRun
from security_scan.sandbox.describe import DescriptionFailed, describe_tool
from security_scan.sandbox.install import InstallResult, install_dependencies
from security_scan.sandbox.interpreter import Interpreter, interpreter, interpreters
from security_scan.sandbox.launch import SandboxKilled, SandboxUnavailable
from security_scan.sandbox.limits import Limits
from security_scan.sandbox.measure import run_tool
from security_scan.sandbox.replay import fill
from security_scan.sandbox.report import ExampleResult, Outcome, SandboxReport, StepResult
from security_scan.sandbox.status import SandboxStatus, status

__all__ = [
    "DescriptionFailed",
    "ExampleResult",
    "ExampleRun",
    "InstallResult",
    "Interpreter",
    "Limits",
    "Outcome",
    "ProbeResult",
    "SandboxKilled",
    "SandboxReport",
    "SandboxStatus",
    "SandboxUnavailable",
    "StepResult",
    "canary",
    "describe_tool",
    "fill",
    "install_dependencies",
    "interpreter",
    "interpreters",
    "run_tool",
    "status",
]
