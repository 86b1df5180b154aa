"""One command at a time changes a project, whatever process it runs in."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lumos.client.errors import Refused
from lumos.client.installer import exclusive
from lumos.client.project import Project

HOLDS = """
import sys, time
from pathlib import Path
from lumos.client.installer import exclusive
from lumos.client.project import Project

with exclusive(Project(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_change_is_refused_until_the_first_ends_or_is_killed(tmp_path: Path) -> None:
    project = Project(tmp_path)
    command = [sys.executable, "-c", HOLDS, str(project.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Refused, match="Another lumos command"), exclusive(project):
            raise AssertionError("two changes at once")
        holder.send_signal(signal.SIGKILL)
    with exclusive(project), pytest.raises(Refused), exclusive(project):
        raise AssertionError("two changes at once")
    with pytest.raises(ZeroDivisionError), exclusive(project):
        raise ZeroDivisionError
    with exclusive(project):
        pass
