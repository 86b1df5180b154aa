"""Load over a socket, beside two other index servers in the same minutes: python -m bench.load

Every server holds the same wheels (the official tools) and is asked the same way, one burst after
the other; the rounds are interleaved, so that whatever else runs on the machine slows all alike.
What counts is the ratio. A peer that is not installed is named and left out (see bench/peers.py).
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from bench.peers import (
    INDEX,
    PEERS,
    PIP,
    PROJECT,
    WHEEL,
    Missing,
    Targets,
    behind_nginx,
    index_targets,
    ours,
)
from bench.timing import table
from bench.wrk import Burst, burst, generator

PAGES = {
    "tool page": "/tools/lumos/csv-parser/",
    "search page": "/search?q=csv",
    "API search": "/api/v1/search?q=csv",
    "API tool": "/api/v1/tools/lumos/csv-parser",
}
MAKE_RUN, NGINX = "make run", "nginx"
HEADINGS = ("what", "server", "requests/s", "p50 ms", "p95 ms", "p99 ms", "errors", "ratio")


def main() -> None:
    """Start what there is, ask in rounds, print medians and ratios."""
    options = _options()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lumos-bench-"))
        targets, notes = _start(stack, Path(folder), options.peers)
        measured: dict[tuple[str, str], list[Burst]] = defaultdict(list)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            for what, server, url in _each(targets):
                measured[what, server].append(
                    burst(
                        url,
                        seconds=options.seconds,
                        connections=options.connections,
                        headers={"Accept": PIP if what in (INDEX, PROJECT, WHEEL) else "*/*"},
                    )
                )
    print(_about(options))
    print("\n".join(notes))
    print(table(HEADINGS, list(_rows(measured))))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, default=Path("/tmp/lumos-bench/peers"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="of each burst, at most 30")
    parser.add_argument("--connections", type=int, default=8, help="at a time, at most 64")
    return parser.parse_args()


def _start(stack: ExitStack, folder: Path, peers: Path) -> tuple[dict[str, Targets], list[str]]:
    """What to ask of each server, and who is missing."""
    notes: list[str] = []
    data = folder / "ours"
    web = stack.enter_context(ours(data))
    targets = {MAKE_RUN: {**index_targets(f"{web}/simple/"), **_pages(web)}}
    wheels = sorted((data / "public/files").rglob("*.whl"))
    try:
        front = stack.enter_context(behind_nginx(web, data))
        targets[NGINX] = {**index_targets(f"{front}/simple/"), **_pages(front)}
    except Missing as missing:
        notes.append(f"SKIPPED nginx: {missing}")
    for name, server in PEERS.items():
        peer: Any = server(wheels, folder, peers)
        try:
            targets[name] = index_targets(stack.enter_context(peer))
        except Missing as missing:
            notes.append(f"SKIPPED {name}: {missing}")
    return targets, notes


def _pages(base: str) -> Targets:
    return {name: base + path for name, path in PAGES.items()}


def _each(targets: dict[str, Targets]) -> Iterator[tuple[str, str, str]]:
    for what in (INDEX, PROJECT, WHEEL, *PAGES):
        for server, found in targets.items():
            if what in found:
                yield what, server, found[what]


def _rows(measured: dict[tuple[str, str], list[Burst]]) -> Iterator[tuple[str, ...]]:
    """Medians of the rounds; the ratio is that of `make run` to the peer, round by round."""
    for (what, server), bursts in measured.items():
        own = measured.get((what, MAKE_RUN), [])
        pairs = zip(bursts, own, strict=False)
        ratios = [one.rate / other.rate for one, other in pairs if other.rate]
        yield (
            what,
            server,
            f"{median(each.rate for each in bursts):,.0f}",
            *(f"{_median(bursts, part):.1f}" for part in ("p50", "p95", "p99")),
            str(sum(each.errors for each in bursts)),
            f"{median(ratios):.2f}" if ratios else "",
        )


def _median(bursts: Sequence[Burst], part: str) -> float:
    return median(getattr(each, part) for each in bursts)


def _about(options: argparse.Namespace) -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, load "
        f"{load}; {generator()} with {options.connections} connections, medians of "
        f"{options.rounds} interleaved rounds of {options.seconds:.0f} s; ratio to `make run`.\n"
    )


if __name__ == "__main__":
    main()
