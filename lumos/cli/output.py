"""Output: results on stdout, messages on stderr, color only on a terminal that wants it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TextIO

import typer

__all__ = ["Output", "out", "paint", "plain", "supports_color"]


@dataclass(slots=True)
class Output:
    """Prints messages and results as ``--json``, ``--quiet`` and ``--verbose`` ask for."""

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False

    def say(self, text: str) -> None:
        """Print a message on stderr; nothing with ``--quiet``."""
        if not self.quiet:
            _print(_without_credentials(text), sys.stderr)

    def detail(self, text: str) -> None:
        """Print a message on stderr only with ``--verbose``."""
        if self.verbose:
            _print(paint(_masked(text), "muted", sys.stderr), sys.stderr)

    def report(self, text: str) -> None:
        """Print a message on stderr even with ``--quiet``."""
        _print(_without_credentials(text), sys.stderr)

    def step(self, text: str) -> None:
        """Print the current step on stderr: on a terminal, or with ``--verbose``."""
        if self.verbose or (sys.stderr.isatty() and not self.quiet):
            _print(paint(text, "muted", sys.stderr), sys.stderr)

    def result(self, text: str, data: Any) -> None:
        """Print the result on stdout: ``data`` as JSON with ``--json``, otherwise ``text``."""
        if self.as_json:
            typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        elif text:
            _print(text, sys.stdout)

    def failure(self, lines: Iterable[str], data: dict[str, Any]) -> None:
        """Print an error on stderr, and as JSON on stdout with ``--json``."""
        for line in lines:
            _print(line, sys.stderr)
        if self.as_json:
            typer.echo(json.dumps({"error": data}, ensure_ascii=False, indent=2))


out = Output()
"""The output of this process; the common options of the commands set its fields."""

_COLORS: dict[str, dict[str, Any]] = {
    "good": {"fg": "green"},
    "warn": {"fg": "yellow"},
    "bad": {"fg": "red", "bold": True},
    "name": {"fg": "cyan"},
    "strong": {"bold": True},
    "muted": {"dim": True},
}


def plain(text: object) -> str:
    """Untrusted text without the control characters that a terminal would interpret."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in str(text))


def _masked(text: str) -> str:
    from lumos.package.masking import mask  # takes 20 ms

    return mask(text)


def _without_credentials(text: str) -> str:
    """``text`` without API tokens and passwords in URLs (LUMOS_REGISTRY may contain one)."""
    return _masked(text) if "@" in text or "lmt_" in text else text


def _print(text: str, stream: TextIO) -> None:
    typer.echo(text, file=stream, color=supports_color(stream))


def supports_color(stream: TextIO) -> bool:
    """Whether to print colors: NO_COLOR and FORCE_COLOR decide, otherwise the terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str, kind: str, stream: TextIO | None = None) -> str:
    """``text`` in the color of its kind, or unchanged if the stream has no colors."""
    target = stream or sys.stdout
    return typer.style(text, **_COLORS[kind]) if supports_color(target) else text
