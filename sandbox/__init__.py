"""Runs code of tools in layers of isolation, and refuses to run it if a layer is missing."""

from sandbox.again import Again, run_again
from sandbox.canary import ProbeResult, canary
from sandbox.contents import ExampleRun
from sandbox.describe import DescriptionFailed, describe_tool
from sandbox.install import InstallResult, install_dependencies
from sandbox.interpreter import Interpreter, interpreter, interpreters
from sandbox.launch import SandboxKilled, SandboxUnavailable
from sandbox.limits import Limits
from sandbox.measure import run_tool
from sandbox.replay import fill
from sandbox.report import ExampleResult, Outcome, SandboxReport, StepResult
from sandbox.status import SandboxStatus, status

__all__ = [
    "Again",
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
    "run_again",
    "run_tool",
    "status",
]
