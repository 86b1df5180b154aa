"""One marketplace for every file that only needs one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.machine import Machine
from tests.support.machines import Machines


@pytest.fixture(scope="session")
def site(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A marketplace with its workers, which holds what it cannot test.

    Files that use it are marked ``slow("site")``, so that one process runs them all; each has
    tools of its own and leaves the marketplace running.
    """
    with machines.machine(tmp_path_factory.mktemp("site"), UNTESTED="hold") as machine:
        machine.start("web")
        machine.start_workers()
        yield machine
        print(machine.logs())
