"""How long a publication takes, step by step: python -m bench.publish [--tools csv-parser …]

Starts a marketplace of its own (web and worker), uploads official tools through the API one after
the other, and watches until each is found by its registry document and by search.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.scratch import REPOSITORY
from bench.timing import table

TOOLS = ("csv-parser", "uuid-generator", "calculator")
TIMEOUT_SECONDS = 120.0


def main() -> None:
    """Publish each tool, print where its seconds went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tools", nargs="+", default=TOOLS)
    chosen = parser.parse_args().tools
    with marketplace() as (machine, person):
        rows = [row for name in chosen for row in publish(machine, person, name)]
    print(table(("tool", "step", "after", "took"), rows))


@contextmanager
def marketplace() -> Iterator[tuple[Any, Any]]:
    """Web and worker in a scratch folder, and who publishes the official tools."""
    from tests.support.machine import Machine
    from tests.support.transports import HttpTransport
    from tests.support.users import Person

    with tempfile.TemporaryDirectory(prefix="lumos-bench-") as folder:
        machine = Machine(Path(folder))
        machine.prepare()
        token = machine.run(sys.executable, "-c", MAKE_TOKEN).strip()
        try:
            machine.start("web")
            machine.start("worker")
            yield machine, Person("official", "", HttpTransport(machine.url), token)
        finally:
            machine.stop()


MAKE_TOKEN = """
import django
django.setup()
from accounts.actions import create_namespace, issue_token
from accounts.models import User
owner = User.objects.create_user("official@bench.example")
create_namespace(by=owner, name="lumos", official=True)
print(issue_token(by=owner, name="bench", scopes=["publish"])[1])
"""


def publish(machine: Any, person: Any, name: str) -> Iterator[tuple[object, ...]]:
    """Rows: what happened, seconds after the upload began, seconds that it took."""
    from core.hatch import build_wheel

    wheel = build_wheel(REPOSITORY / "official_tools" / name, machine.folder / "dist" / name)
    began = time.time()
    answer = person.publish(wheel)
    accepted = time.time()
    if answer.status != 202:
        raise SystemExit(f"The upload of {name} was refused: {answer}")
    yield name, "upload", "0.00", f"{accepted - began:.2f}"
    ended = _until(lambda: _settled(person, answer))
    for step in ended["steps"]:
        start, end = _seconds(step["started_at"], began), _seconds(step["ended_at"], began)
        took = f"{end - start:.2f}" if step["started_at"] and step["ended_at"] else ""
        yield name, step["name"], f"{start or end:.2f}", took
    if ended["state"] != "published":
        raise SystemExit(f"{name} was not published: {json.dumps(ended)[:2000]}")
    live = time.time()
    _until(lambda: person.get(f"/index/lumos/{name}.json").status == 200)
    yield name, "installable", f"{time.time() - began:.2f}", f"{time.time() - live:.2f}"
    _until(lambda: person.get(f"/api/v1/search?q={name}").json()["total"])
    yield name, "found", f"{time.time() - began:.2f}", ""


def _settled(person: Any, answer: Any) -> dict[str, Any] | None:
    found: dict[str, Any] = person.publication(answer)
    return found if found["settled"] else None


def _until(ask: Callable[[], Any]) -> Any:
    end = time.monotonic() + TIMEOUT_SECONDS
    while not (found := ask()):
        if time.monotonic() > end:
            raise SystemExit(f"Nothing after {TIMEOUT_SECONDS:.0f} s.")
        time.sleep(0.02)
    return found


def _seconds(moment: str | None, began: float) -> float:
    return dt.datetime.fromisoformat(moment).timestamp() - began if moment else 0.0


if __name__ == "__main__":
    main()
