"""``python -m sandbox.trials``: makes the inputs of a tool's trials; see ``generation``.

Schemas and sources are a stranger's, so this runs in a process of its own with bounded memory,
processor time and wall clock. It runs no code of the tool.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from sandbox.trials.inputs import Generator, Seed
from sandbox.trials.raises import documented_raises

MEMORY = 1 << 30
WARM_UP = {"type": "object", "properties": {"text": {"type": "string"}}}


def main() -> None:
    """Read a request from stdin and write one line of JSON for each function."""
    request = json.load(sys.stdin)
    seconds = float(request["seconds"])
    # Processor time, so that a busy machine makes the same inputs; the parent watches the clock.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 2, int(seconds) + 3))
    Generator(WARM_UP, request["seed"]).trials(1)  # loads what hypothesis loads at first use
    waiting = request["functions"]
    for number, function in enumerate(waiting):
        used = time.process_time()
        share = (seconds - used) / (len(waiting) - number)
        answer = _inputs(function, request["folder"], request["seed"], used + share)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _inputs(function: dict[str, Any], folder: str, seed: str, deadline: float) -> dict[str, Any]:
    seeds = [Seed(item["arguments"], tuple(item["pinned"])) for item in function["examples"]]
    own_seed = hashlib.sha256(f"{seed}:{function['name']}".encode()).hexdigest()
    generator = Generator(function["schema"], own_seed, seeds, deadline)
    trials = generator.trials(function["count"])
    return {
        "name": function["name"],
        "raises": documented_raises(Path(folder), function["entry"]),
        "trials": [[trial.arguments, trial.example] for trial in trials],
    }


if __name__ == "__main__":
    main()
