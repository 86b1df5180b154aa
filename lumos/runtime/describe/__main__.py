"""``python -m lumos.runtime.describe``: one request on stdin, one answer on stdout."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys

from .functions import answer


def main() -> int:
    """Return 0 if the functions were described, 1 if the answer has findings."""
    parser = argparse.ArgumentParser(description="Prints the functions.json of a tool.")
    parser.add_argument("--path", action="append", default=[], help="import from here first")
    parser.add_argument("--dependencies", action="append", default=[], help="import from here last")
    options = parser.parse_args()
    sys.path[:] = [*options.path, *sys.path, *options.dependencies]
    request = json.load(sys.stdin)
    # What the tool prints on import goes to stderr: stdout carries only the answer.
    stdout = os.dup(1)
    os.dup2(2, 1)
    logging.disable(logging.WARNING)
    result = answer(request)
    with os.fdopen(stdout, "w", encoding="utf-8") as stream:
        json.dump(result, stream, ensure_ascii=False)
        stream.write("\n")
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
