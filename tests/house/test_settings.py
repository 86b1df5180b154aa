"""One settings file, environment only, whose errors say how to mend them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def _load(
    tmp_path: Path, expression: str = "'fine'", **env: str
) -> subprocess.CompletedProcess[str]:
    code = f"from django.conf import settings; print({expression})"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": str(tmp_path / "data"), **env,
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def _refusal(tmp_path: Path, **env: str) -> str:
    done = _load(tmp_path, "settings.DEBUG", **env)
    assert done.returncode != 0, done.stdout
    return done.stderr.strip().splitlines()[-1]


def test_without_any_setting_it_fits_one_machine(tmp_path: Path) -> None:
    done = _load(tmp_path, "settings.DEBUG, settings.PRODUCTION, settings.BROKER")
    assert done.stdout.strip() == "False False False", done.stderr


def test_data_dir_holds_all_that_is_written(tmp_path: Path) -> None:
    names = "PUBLIC_DIR PRIVATE_DIR SEARCH_DIR DOWNLOAD_LOG_DIR STATIC_ROOT FILE_UPLOAD_TEMP_DIR"
    listed = ", ".join(f"settings.{name}" for name in names.split())
    done = _load(tmp_path, f"*({listed})")
    assert done.returncode == 0, done.stderr
    for path in done.stdout.split():
        assert path.startswith(str(tmp_path / "data"))
    database = _load(tmp_path, "settings.DATABASES['default']['NAME']").stdout
    assert database.startswith(str(tmp_path / "data"))


def test_the_local_secret_is_made_once_and_readable_by_us_alone(tmp_path: Path) -> None:
    first = _load(tmp_path, "settings.SECRET_KEY").stdout
    assert len(first.strip()) > 40
    assert _load(tmp_path, "settings.SECRET_KEY").stdout == first
    assert (tmp_path / "data/secret_key").stat().st_mode & 0o077 == 0


def test_production_asks_for_what_it_needs(tmp_path: Path) -> None:
    assert "SECRET_KEY" in _refusal(tmp_path, PRODUCTION="1")
    assert "ALLOWED_HOSTS" in _refusal(tmp_path, PRODUCTION="1", SECRET_KEY="x" * 50)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUALITY_GATE", "strict"),
        ("UNTESTED", "maybe"),
        ("PORT", "http"),
        ("PRODUCTION", "ture"),
        ("RATE_ANON", "fast"),
        ("LOG_LEVEL", "loud"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://root:secret@db/lumos"),
        ("EMAIL_URL", "mail.example.org:secret"),
        ("DATA_DIR", "/dev/null/data"),
    ],
)
def test_a_value_that_means_nothing_is_refused(tmp_path: Path, name: str, value: str) -> None:
    said = _refusal(tmp_path, **{name: value})
    assert name in said
    assert "secret" not in said


def test_the_terminal_gets_the_sentence_and_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path), "PRODUCTION": "ture"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "PRODUCTION='ture' is neither on nor off. Use PRODUCTION=1 or PRODUCTION=0"
    ]


def test_production_is_strict(tmp_path: Path) -> None:
    production = {
        "PRODUCTION": "1", "SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "tools.example.org",
        "SITE_URL": "https://tools.example.org",
    }  # fmt: skip
    expression = (
        "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.UNTESTED, "
        "settings.ALLOWED_HOSTS, settings.SECURE_HSTS_SECONDS > 31536000"
    )
    done = _load(tmp_path, expression, **production)
    assert done.stdout.strip() == "True True hold ['tools.example.org'] True", done.stderr


def test_no_file_is_read_for_settings() -> None:
    text = (ROOT / "config/settings.py").read_text()
    assert "read_env" not in text
    assert "import *" not in text
