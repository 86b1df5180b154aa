"""A bounded burst of requests at one address of this machine: by wrk, or by threads of our own."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.timing import percentile

MOST_SECONDS, MOST_CONNECTIONS = 30.0, 64
_REPORT = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\\nREPORT {"count": %d, "us": %d, "p50": %d, "p95": %d, "p99": %d, ' ..
    '"errors": %d}\\n', summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(95), latency:percentile(99), e.connect + e.read + e.write + e.status +
    e.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Burst:
    """Requests a second, milliseconds that so many percent took at most, and failed requests."""

    rate: float
    p50: float
    p95: float
    p99: float
    errors: int


def generator() -> str:
    """Which of the two sends the requests."""
    return "wrk" if shutil.which("wrk") else "Python threads (slower than wrk: apt-get install wrk)"


def burst(
    url: str, *, seconds: float = 3, connections: int = 8, headers: Mapping[str, str] = {}
) -> Burst:
    """Ask again and again; raises ValueError for an address that is not of this machine."""
    if urlsplit(url).hostname not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError(f"{url} is not on this machine: load is only ever sent to itself")
    seconds, connections = min(seconds, MOST_SECONDS), min(connections, MOST_CONNECTIONS)
    send = _by_wrk if shutil.which("wrk") else _by_threads
    return send(url, seconds, connections, headers)


def _by_wrk(url: str, seconds: float, connections: int, headers: Mapping[str, str]) -> Burst:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_REPORT)
        script.flush()
        asked = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "-s", script.name, *asked, url],
            capture_output=True, text=True, check=True, timeout=seconds + 30,
        )  # fmt: skip
    found = json.loads(done.stdout.rpartition("REPORT ")[2])
    rate = found["count"] / (found["us"] / 1e6)
    return Burst(rate, *(found[each] / 1000 for each in ("p50", "p95", "p99")), found["errors"])


def _by_threads(url: str, seconds: float, connections: int, headers: Mapping[str, str]) -> Burst:
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    took: list[float] = []
    errors: list[int] = []
    end = time.monotonic() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        while (began := time.monotonic()) < end:
            try:
                connection.request("GET", path, headers=dict(headers))
                answer = connection.getresponse()
                answer.read()
                took.append((time.monotonic() - began) * 1000)
                if answer.status >= 400:
                    errors.append(answer.status)
            except (OSError, http.client.HTTPException):
                errors.append(0)
                connection.close()

    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not took:
        return Burst(0, 0, 0, 0, len(errors))
    times = (percentile(took, part) for part in (50, 95, 99))
    return Burst(len(took) / seconds, *times, len(errors))
