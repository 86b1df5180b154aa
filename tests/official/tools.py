"""Where the official tools lie, and how to run Python on one of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lumos.package.manifest.reader import Manifest, parse_manifest

ROOT = Path(__file__).parents[2]
HOME = ROOT / "official_tools"


@dataclass(frozen=True)
class Project:
    """One folder of official_tools/."""

    name: str

    @property
    def folder(self) -> Path:
        return HOME / self.name

    @property
    def import_package(self) -> str:
        return f"lumos_{self.name.replace('-', '_')}"

    @property
    def package(self) -> Path:
        return self.folder / "src" / self.import_package

    @property
    def paths(self) -> list[Path]:
        """Where the tool and the tools it depends on are imported from."""
        needed = ["http-request"] if self.name == "json-api" else []
        return [HOME / name / "src" for name in (self.name, *needed)]

    def manifest(self) -> Manifest:
        text = (self.package / "tool.toml").read_text()
        return parse_manifest(text, import_package=self.import_package)

    def python(
        self, arguments: Sequence[str], *, cwd: Path, text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run this interpreter with the tool importable, and without Django's settings."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")
        }
        environment |= {
            "PYTHONPATH": os.pathsep.join(map(str, self.paths)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )


PROJECTS = [Project(path.parent.name) for path in sorted(HOME.glob("*/pyproject.toml"))]
