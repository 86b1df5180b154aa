"""Choose the Pythons of this machine on which a release is tested."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from packaging.specifiers import SpecifierSet
from packaging.tags import compatible_tags, cpython_tags

from lumos.package.wheel import Wheel
from sandbox import Interpreter, interpreter, interpreters


def pythons_for(wheel: Wheel) -> list[Interpreter]:
    """The compatible interpreters, starting with the worker's own, whose result decides."""
    fitting = [python for python in _here() if _fits(wheel, python)]
    return sorted(fitting, key=lambda python: python != interpreter())


def newest_python() -> Path | None:
    """The newest interpreter on this machine; None if it is the worker's own version."""
    known = {*_here(), *interpreters()}
    newest = max(known, key=lambda python: [int(part) for part in python.minor.split(".")])
    return None if newest.minor == interpreter().minor else newest.executable


def _here() -> tuple[Interpreter, ...]:
    named = settings.SANDBOX_PYTHONS
    return tuple(interpreter(name) for name in named) if named else interpreters()


def _fits(wheel: Wheel, python: Interpreter) -> bool:
    """Whether an installer would accept the wheel: Requires-Python and tags match."""
    wanted = SpecifierSet(wheel.metadata.requires_python)
    return wanted.contains(python.version, prereleases=True) and not _tags(python).isdisjoint(
        wheel.tags
    )


def _tags(python: Interpreter) -> set[str]:
    version = [int(part) for part in python.minor.split(".")]
    name = f"cp{python.minor.replace('.', '')}"
    known = {*cpython_tags(version, abis=[name]), *compatible_tags(version, interpreter=name)}
    return {str(tag) for tag in known}
