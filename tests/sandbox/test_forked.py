"""A worker's child that is forked while the canary runs elsewhere asks the sandbox itself."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import importlib, os, threading
status = importlib.import_module("sandbox.status")
status.look = lambda: "asked"
running, forked = threading.Event(), threading.Event()

def canary():
    with status.lock:
        running.set()
        forked.wait()

threading.Thread(target=canary, daemon=True).start()
running.wait()
child = os.fork()
if child == 0:
    os._exit(0 if status.status() == "asked" else 1)
_, ended = os.waitpid(child, 0)
forked.set()
print(os.waitstatus_to_exitcode(ended))
"""


def test_a_lock_that_the_parent_holds_keeps_no_child_waiting() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() == "0"
