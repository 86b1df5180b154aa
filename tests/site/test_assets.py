"""The committed assets: small, complete, and asking nobody else for anything."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
FIRST_PAGE_LIMIT = 100_000


def test_style_and_scripts_together_stay_below_100_kb() -> None:
    files = [STATIC / "css" / "site.css", *(STATIC / "js").glob("*.js")]
    assert sum(path.stat().st_size for path in files) < FIRST_PAGE_LIMIT


def test_the_style_sheet_asks_no_other_host() -> None:
    addresses = re.findall(r"url\(([^)]+)\)", (STATIC / "css" / "site.css").read_text())
    assert all(address.strip("\"'").startswith("../fonts/") for address in addresses)
    assert "@import" not in (STATIC / "css" / "site.css").read_text()


def test_every_font_that_the_style_sheet_names_is_there() -> None:
    for name in re.findall(r"\.\./fonts/([\w.-]+)", (STATIC / "css" / "site.css").read_text()):
        assert (STATIC / "fonts" / name).exists()


def test_scripts_are_modules_that_touch_no_other_host() -> None:
    for path in (STATIC / "js").glob("*.js"):
        text = path.read_text()
        assert "http" not in text.replace("https:", "", 1).replace('"https:"', ""), path
        assert "innerHTML =" not in text or path.name == "progress.js", path


def test_the_icons_are_those_that_are_listed() -> None:
    listed = (ROOT / "marketplace/assets/icons.txt").read_text().split()
    found = {path.stem for path in (ROOT / "templates/_icons").glob("*.svg")}
    assert found == set(listed)
    assert listed == sorted(listed)


def test_the_lock_file_records_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]


@pytest.mark.skipif(not (ROOT / "node_modules").exists(), reason="needs the npm packages")
def test_the_committed_assets_are_what_their_sources_build() -> None:
    done = subprocess.run(
        ["sh", "deploy/assets.sh", "--check"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
