"""A tool that behaves, with something to measure."""

from __future__ import annotations

import asyncio
import functools
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

time.sleep(0.05)
STATE = {"calls": 0}


@dataclass
class Answer:
    text: str
    length: int


def answer(text: str) -> Answer:
    print(f"answering {text}")
    print("a warning", file=sys.stderr)
    return Answer(text, len(text))


async def slowly(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


def count() -> int:
    STATE["calls"] += 1
    return STATE["calls"]


@functools.cache
def cached() -> int:
    time.sleep(0.03)
    return 1


def allocate(size: int) -> int:
    return len(bytearray(b"x") * size)


def random_value() -> int:
    return time.time_ns()


def read(name: str) -> str:
    return Path(name).read_text()


def folder() -> list[str]:
    Path("made-here").write_text("x")
    return sorted(os.listdir())


def fetch(url: str, method: str = "GET", body: str | None = None) -> dict[str, object]:
    data = body.encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method, headers={"X-Key": "k"})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return {"status": response.status, "body": response.read().decode()}
    except urllib.error.HTTPError as error:
        return {"status": error.code, "body": error.read().decode()}


def fetch_twice(url: str) -> list[str]:
    return [str(fetch(url)["body"]) for _ in range(3)]


def keep_alive(host: str) -> list[int]:
    connection = http.client.HTTPConnection(host.removeprefix("http://"), timeout=5)
    found = []
    for _ in range(3):
        connection.request(
            "POST",
            "/a",
            body=iter([b"1", b"2"]),
            encode_chunked=True,
            headers={"Transfer-Encoding": "chunked"},
        )
        response = connection.getresponse()
        response.read()
        found.append(response.status)
    return found


def flood(host: str) -> str:
    """More connections than the server takes, and nonsense on them."""
    import socket

    name, port = host.removeprefix("http://").split(":")
    found = []
    for _ in range(40):
        each = socket.create_connection((name, int(port)), 2)
        each.sendall(b"\x00\xff nonsense\r\n\r\n" + b"A" * 70_000)
        found.append(each)
    return json.dumps(fetch(host + "/a")["status"])


def describe_me(text: str, times: int = 1) -> list[str]:
    """Repeat a text.

    Args:
        text: What to repeat.
        times: How often.
    """
    return [text] * times
