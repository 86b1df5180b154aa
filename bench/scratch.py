"""A folder for made-up data alone, and Django pointed at it before it reads its settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
MARK = "only-for-benchmarks"


def use(folder: Path) -> None:
    """Make ``folder`` the DATA_DIR of this process, with tables in it.

    Refuses a folder that holds anything else than a benchmark's data.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / MARK).exists():
        raise SystemExit(
            f"{folder} holds something that no benchmark wrote, so nothing is measured there.\n"
            "Benchmarks fill their folder with made-up tools.\n"
            "Try an empty folder: --folder /tmp/lumos-bench"
        )
    (folder / MARK).touch()
    os.environ |= environment(folder)
    sys.path.insert(0, str(REPOSITORY))
    import django

    django.setup()
    from django.core.management import call_command

    from config.prepare import make_folders

    make_folders()
    call_command("migrate", verbosity=0, interactive=False)


def environment(folder: Path) -> dict[str, str]:
    """The settings of a benchmark's processes."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(folder),
        "REQUIRE_OFFICIAL_TOOLS": "0",
        "STATIC_FROM_SOURCE": "1",
        "LOG_LEVEL": "ERROR",
    }
