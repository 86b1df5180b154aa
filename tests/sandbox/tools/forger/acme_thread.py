"""A thread beside the runner that answers whatever is asked."""

import contextlib
import os
import threading
import time

from acme_forger import option


def babble() -> None:
    with contextlib.suppress(OSError):
        while True:
            os.write(option("--out"), b'{"id": "x", "ok": true, "value": "forged"}\n')
            time.sleep(0.001)


threading.Thread(target=babble, daemon=True).start()


def honest() -> str:
    return "honest"
