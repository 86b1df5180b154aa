"""The inputs of the trials: boundary values, mutations of examples, and random values.

The same function and seed give the same inputs in the same order; a prefix of them has the same
mixture. Every input fits the function's input schema, formats included.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice, zip_longest
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisException

from lumos.package.schema.tree import canonical, sort_key
from lumos.package.trials import NEEDED
from sandbox.trials.formats import fits_schema
from sandbox.trials.mutations import edges, mutated
from sandbox.trials.strategies import values

Input = dict[str, Any]

MUTATIONS_PER_EXAMPLE = 40


@dataclass(frozen=True, slots=True)
class Seed:
    """An example's input. The arguments ``pinned`` name its files or recording, and stay."""

    arguments: Input
    pinned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One input; ``example`` is the index of the example whose files and recording it uses."""

    arguments: Input
    example: int | None = None


class _TimeUp(BaseException):
    """Leaves hypothesis' loop, which catches every Exception."""


@dataclass
class Generator:
    """Makes the trials of one function until ``deadline`` (of time.process_time)."""

    schema: Mapping[str, Any]
    seed: str
    examples: Sequence[Seed] = ()
    deadline: float = float("inf")
    _known: set[str] = field(default_factory=set)

    def trials(self, count: int) -> list[Trial]:
        """At most ``count`` trials; the inputs repeat only where there are hardly any."""
        chance = random.Random(self.seed)  # noqa: S311 - the seed is the point
        pool = self._random(count)
        near = self._mutations(chance)  # twice in turn: functions refuse most of the others
        kinds = [self._edges(pool, chance), near, iter(pool), near]
        found = list(islice(self._fitting(_in_turn(kinds)), count))
        if found and len(found) < NEEDED:
            found = list(islice(cycle(found), min(NEEDED, count)))
        return found

    def _random(self, count: int) -> list[Input]:
        # Arguments have the names of parameters; other keys would only be refused.
        strategy = values({**self.schema, "additionalProperties": False})
        found: list[Input] = []
        now = time.process_time()
        until = now + (self.deadline - now) / 2  # the rest is for choosing among the inputs
        if strategy is None:
            return found

        @seed(int(self.seed[:16], 16))
        @settings(
            database=None,
            deadline=None,
            max_examples=count,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        @given(strategy)
        def collect(value: Any) -> None:
            if time.process_time() > until:
                raise _TimeUp
            found.append(value)

        # What was found before an error is used: a schema may be contradictory.
        with suppress(_TimeUp, HypothesisException, RecursionError, ValueError, OverflowError):
            collect()
        return found

    def _edges(self, pool: Sequence[Input], chance: random.Random) -> Iterator[Input]:
        """The first example or random input with one argument at a boundary, in turn."""
        properties = self.schema.get("properties", {})
        if not pool and not self.examples:
            return
        base = self.examples[0].arguments if self.examples else pool[0]
        required = set(self.schema.get("required", ()))
        yield {name: value for name, value in base.items() if name in required}
        turns: list[Iterator[Input]] = []
        for name, part in properties.items():
            seen = [value[name] for value in (*pool, base) if name in value]
            found = edges(part, self.schema, seen) if isinstance(part, Mapping) else []
            turns.append({**base, name: value} for value in self._shuffled(found, chance))
        yield from _in_turn(turns)

    def _shuffled(self, found: list[Any], chance: random.Random) -> list[Any]:
        chance.shuffle(found)
        return found

    def _mutations(self, chance: random.Random) -> Iterator[Input]:
        for _ in range(MUTATIONS_PER_EXAMPLE):
            for example in self.examples:
                value = mutated(example.arguments, chance)
                yield value if isinstance(value, dict) else {}

    def _fitting(self, candidates: Iterable[Input]) -> Iterator[Trial]:
        """The candidates that fit the schema, each once, with what must stay put back."""
        bound = [(n, example) for n, example in enumerate(self.examples) if example.pinned]
        for number, value in enumerate(candidates):
            if time.process_time() > self.deadline:
                return
            index = None
            if bound:
                index, example = bound[number % len(bound)]
                kept = {name: example.arguments[name] for name in example.pinned}
                value = {**value, **kept}  # noqa: PLW2901 - the same input, made usable
            text = sort_key(canonical(value, unordered=()))
            if text in self._known or not fits_schema(value, self.schema):
                continue
            self._known.add(text)
            yield Trial(value, index)


def _in_turn(sources: Iterable[Iterator[Input]]) -> Iterator[Input]:
    """One of each source, again and again, until all are exhausted."""
    missing: Any = object()
    for row in zip_longest(*sources, fillvalue=missing):
        yield from (value for value in row if value is not missing)
