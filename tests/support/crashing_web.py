"""A web process that kills itself inside a change: ``python -m tests.support.crashing_web ACTION``.

SIGKILL comes when the audit row of ACTION was written, in the open transaction of the change.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any
from wsgiref.simple_server import make_server


def main() -> None:
    """Serve the whole application on PORT until the action comes."""
    from config.wsgi import application
    from core import audit

    record = audit.record

    def record_and_die(*, action: str, **values: Any) -> None:
        record(action=action, **values)
        if action == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGKILL)

    audit.record = record_and_die
    make_server("127.0.0.1", int(os.environ["PORT"]), application).serve_forever()


if __name__ == "__main__":
    main()
