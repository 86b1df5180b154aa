"""What the command says: results on stdout, words on stderr, color only where it is wanted."""

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
    """The switches that every command has, and the ways to speak under them."""

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False

    def say(self, text: str) -> None:
        """Words for people, on stderr; nothing with ``--quiet``."""
        if not self.quiet:
            _print(_without_credentials(text), sys.stderr)

    def detail(self, text: str) -> None:
        """Words that matter only with ``--verbose``."""
        if self.verbose:
            _print(paint(_masked(text), "muted", sys.stderr), sys.stderr)

    def report(self, text: str) -> None:
        """What must be read even with ``--quiet``, on stderr."""
        _print(_without_credentials(text), sys.stderr)

    def step(self, text: str) -> None:
        """What is being done now, where someone watches."""
        if self.verbose or (sys.stderr.isatty() and not self.quiet):
            _print(paint(text, "muted", sys.stderr), sys.stderr)

    def result(self, text: str, data: Any) -> None:
        """The answer: ``data`` as JSON with ``--json``, else ``text``; on stdout."""
        if self.as_json:
            typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        elif text:
            _print(text, sys.stdout)

    def failure(self, lines: Iterable[str], data: dict[str, Any]) -> None:
        """An error: words on stderr, and JSON on stdout where that was asked for."""
        for line in lines:
            _print(line, sys.stderr)
        if self.as_json:
            typer.echo(json.dumps({"error": data}, ensure_ascii=False, indent=2))


out = Output()
"""The output of this process; the common options of the commands set its switches."""

_COLORS: dict[str, dict[str, Any]] = {
    "good": {"fg": "green"},
    "warn": {"fg": "yellow"},
    "bad": {"fg": "red", "bold": True},
    "name": {"fg": "cyan"},
    "strong": {"bold": True},
    "muted": {"dim": True},
}


def plain(text: object) -> str:
    """Someone else's words with nothing in them that a terminal would obey."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in str(text))


def _masked(text: str) -> str:
    from lumos.package.masking import mask  # takes 20 ms

    return mask(text)


def _without_credentials(text: str) -> str:
    """The text without the password of an address (LUMOS_REGISTRY may have one) or a token."""
    return _masked(text) if "@" in text or "lmt_" in text else text


def _print(text: str, stream: TextIO) -> None:
    typer.echo(text, file=stream, color=supports_color(stream))


def supports_color(stream: TextIO) -> bool:
    """Whether to color: a terminal, and neither NO_COLOR nor a dumb one; FORCE_COLOR wins."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str, kind: str, stream: TextIO | None = None) -> str:
    """``text`` in the color of its kind, or as it is."""
    target = stream or sys.stdout
    return typer.style(text, **_COLORS[kind]) if supports_color(target) else text
