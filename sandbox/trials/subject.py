"""What a trial needs to know of a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lumos.package.functions import FunctionSpec
from sandbox.contents import ExampleRun
from sandbox.replay import PLACEHOLDER


@dataclass(frozen=True, slots=True)
class Needs:
    """What the tool declares and a sandbox cannot offer: network, files, required settings."""

    network: bool = False
    files: bool = False
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A function to try; ``examples`` are those that run offline.

    ``not_tried`` says why it cannot be tried at all; empty where it can. ``deterministic``: the
    author promises the same result for the same input.
    """

    spec: FunctionSpec
    entry: str
    examples: Sequence[ExampleRun] = ()
    needs: Needs = Needs()
    deterministic: bool = False
    not_tried: str = ""

    @property
    def name(self) -> str:
        """The function's name."""
        return self.spec.name

    def kept(self, example: int | None) -> dict[str, Any]:
        """The arguments of an example that must stay, as the author wrote them."""
        if example is None:
            return {}
        source = self.examples[example]
        return {name: source.arguments[name] for name in pinned(source)}


def pinned(example: ExampleRun) -> tuple[str, ...]:
    """The arguments that name the example's files or recording, without which it cannot work."""
    names = [name for name, _ in example.files]
    wanted = [PLACEHOLDER] if example.http is not None else []
    return tuple(
        key
        for key, value in example.arguments.items()
        if any(mark in text for text in _texts(value) for mark in (*wanted, *names))
    )


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in inner for text in _texts(item)]
