"""What a public site sets: cookies, proxies, transport, limits; asked of a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.environment import SETTINGS

NAMES = [
    "DEBUG",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SECURE_HSTS_SECONDS",
    "NUM_PROXIES",
    "ALLAUTH_TRUSTED_PROXY_COUNT",
    "SECURE_PROXY_SSL_HEADER",
    "UPLOADS_IN_FLIGHT",
]
CODE = (
    "import json; from django.conf import settings as s;"
    f"print(json.dumps({{name: getattr(s, name, None) for name in {NAMES!r}}}))"
)


def _settings(folder: Path, **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATA_DIR": str(folder),
            **environment,
        },
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_a_public_site_trusts_its_proxy_and_protects_its_cookies(tmp_path: Path) -> None:
    found = _settings(
        tmp_path,
        PRODUCTION="1",
        SECRET_KEY=SETTINGS["SECRET_KEY"],
        ALLOWED_HOSTS="tools.example.org",
        SITE_URL="https://tools.example.org",
    )
    assert found["DEBUG"] is False
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SESSION_COOKIE_HTTPONLY"]
    assert found["SECURE_HSTS_SECONDS"] >= 31536000
    assert found["NUM_PROXIES"] == found["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
    assert found["UPLOADS_IN_FLIGHT"] <= 100


def test_without_a_proxy_nobody_is_believed_about_addresses(tmp_path: Path) -> None:
    found = _settings(tmp_path)
    assert found["NUM_PROXIES"] == found["ALLAUTH_TRUSTED_PROXY_COUNT"] == 0
    assert not found["SECURE_PROXY_SSL_HEADER"]


def test_a_flood_of_names_does_not_push_counted_limits_out() -> None:
    cache = settings.CACHES["default"]
    if cache["BACKEND"].endswith("LocMemCache"):
        assert cache["OPTIONS"]["MAX_ENTRIES"] >= 100_000
