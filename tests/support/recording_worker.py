"""A worker with recorded checks: ``python -m tests.support.recording_worker PROGRAM ARGUMENTS``.

PROGRAM is a file of Python: ``manage.py`` or the script ``celery``.
"""

from __future__ import annotations

import runpy
import sys

import django
import pytest

from tests.support.recorded_checks import use_recorded_checks


def main() -> None:
    """Run the program; its checks are recorded as in the tests' own process."""
    django.setup()
    use_recorded_checks(pytest.MonkeyPatch())
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
