"""One settings file, environment only, whose errors say how to fix them."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from config.environment import MAKE_SECRET
from tests.environment import SETTINGS
from tests.support.machine import free_port

ROOT = Path(settings.BASE_DIR)
SECRET = SETTINGS["SECRET_KEY"]
CHECK, RUN, PREPARE = (["manage.py", name] for name in ("check", "run", "prepare"))
#: A value that each setting must not have, and a word of the fix.
WRONG = {
    "REDIS_URL": ("foo", "redis://"),
    "SECRET_KEY": ("short", "token_urlsafe"),
    "JOB_SECONDS": ("0", "at least 1"),
    "WEB_THREADS": ("-1", "at least 1"),
    "SANDBOX_PYTHONS": ("/nope", "unset it"),
    "SITE_URL": ("tools.example.org", "https://tools.example.org"),
    "DATABASE_URL": ("nonsense", "postgresql://"),
    "PORT": ("abc", "PORT=8000"),
    "EMAIL_URL": ("mail", "smtp+tls://"),
    "UPSTREAM_INDEX": ("index.example.org", "https://index.example.org/simple"),
    "SECURITY_CONTACT": ("us", "mailto:"),
}


def _load(
    tmp_path: Path, expression: str = "'fine'", **env: str
) -> subprocess.CompletedProcess[str]:
    return _run(tmp_path, ["-c", f"from django.conf import settings; print({expression})"], **env)


def _run(tmp_path: Path, command: list[str], **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
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


def test_reading_the_settings_writes_nothing(tmp_path: Path) -> None:
    for command in (["-c", "from django.conf import settings; settings.DEBUG"], CHECK):
        done = _run(tmp_path, command)
        assert done.returncode == 0, done.stderr
        assert list(tmp_path.iterdir()) == []


def test_the_local_secret_is_made_once_and_readable_by_us_alone(tmp_path: Path) -> None:
    prepare = (
        "import django; django.setup(); from config.prepare import make_folders as make; make()"
    )
    assert _run(tmp_path, ["-c", prepare]).returncode == 0
    first = _load(tmp_path, "settings.SECRET_KEY").stdout
    assert len(first.strip()) > 40
    assert _run(tmp_path, ["-c", prepare]).returncode == 0
    assert _load(tmp_path, "settings.SECRET_KEY").stdout == first
    assert (tmp_path / "data/secret_key").stat().st_mode & 0o077 == 0


def test_production_asks_for_what_it_needs(tmp_path: Path) -> None:
    assert "SECRET_KEY" in _load(tmp_path, "settings.DEBUG", PRODUCTION="1").stderr
    assert "ALLOWED_HOSTS" in _refusal(tmp_path, PRODUCTION="1", SECRET_KEY=SECRET)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUALITY_GATE", "strict"),
        ("UNTESTED", "maybe"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "8000.5"),
        ("NUM_PROXIES", "-1"),
        ("WORKER_THREADS", "0"),
        ("JOB_LEASE_SECONDS", "0"),
        ("CONN_MAX_AGE", "9" * 30),
        ("REDIS_URL", "amqp://guest:secret@queue//"),
        ("REDIS_URL", "redis://"),
        ("REDIS_URL", "redis://:secret@host:port/0"),
        ("SITE_URL", "ftp://tools.example.org"),
        ("SITE_URL", "https://"),
        ("SITE_URL", "https://host:port"),
        ("SANDBOX_PYTHONS", "python3,/nope"),
        ("PRODUCTION", "ture"),
        ("SITE_URL", "https://tools.example.org/marketplace"),
        ("SITE_URL", "https://tools.example.org?a=b"),
        ("SITE_URL", "https://tools.example.org/#top"),
        ("SITE_URL", "https://alice:secret@tools.example.org"),
        ("HOST", "not a host"),
        ("HOST", "http://127.0.0.1"),
        ("HOST", "127.0.0.1:8000"),
        ("HOST", "256.0.0.1"),
        ("HOST", "[::1]"),
        ("ALLOWED_HOSTS", "http://tools.example.org"),
        ("ALLOWED_HOSTS", "tools.example.org:443"),
        ("ALLOWED_HOSTS", "tools.example.org/path"),
        ("ALLOWED_HOSTS", "tools.example.org,*.example.org"),
        ("ALLOWED_HOSTS", "::1"),
        ("ALLOWED_HOSTS", "tools.example.org other.example.org"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY", "secret-" * 20),
        ("SECRET_KEY", "01" * 40),
        ("RATE_ANON", "fast"),
        ("RATE_ANON", "0/min"),
        ("RATE_USER", "-1/min"),
        ("RATE_USER", "000/min"),
        ("RATE_PUBLISH", "1.5/min"),
        ("RATE_PUBLISH", "10/month"),
        ("RATE_PUBLISH", "\u0661/min"),
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
    assert re.search(r"\b(use|for example|list|choose|generate)\b", said, re.I), "it names a fix"
    assert "secret" not in said.replace(MAKE_SECRET, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", "0.0.0.0"),
        ("HOST", "::"),
        ("HOST", "localhost"),
        ("ALLOWED_HOSTS", "tools.example.org, .example.net,10.0.0.1,[::1],*,my_host"),
        ("RATE_ANON", "1/day"),
        ("SECRET_KEY", "0123456789abcdef" + "fedcba9876543210" * 2 + "0f1e2d"),
        ("SITE_URL", "https://tools.example.org:8443/"),
        ("SITE_URL", "http://[::1]:8000"),
        ("UPSTREAM_INDEX", "https://index.example.org/a/b/simple"),
        ("PYTHON_INDEX", "https://alice:word@index.example.org/simple"),
        ("SITE_URL", ""),
    ],
)
def test_a_value_that_means_something_is_taken(tmp_path: Path, name: str, value: str) -> None:
    done = _load(tmp_path, **{name: value})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [RUN, PREPARE], ids=lambda command: command[1])
def test_a_program_that_is_no_python_is_refused_at_the_start(
    tmp_path: Path, command: list[str]
) -> None:
    pythons = f"{sys.executable},/bin/true"
    done = _run(tmp_path, command, SANDBOX_PYTHONS=pythons, PORT=str(free_port()))
    assert done.returncode == 1
    assert "SANDBOX_PYTHONS" in done.stderr
    assert "/bin/true" in done.stderr
    assert "unset it" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_a_host_that_is_not_of_this_machine_is_blamed_and_not_the_port(
    tmp_path: Path, host: str
) -> None:
    done = _run(tmp_path, RUN, HOST=host, PORT=str(free_port()))
    assert done.returncode == 1
    assert f"HOST={host} cannot be used" in done.stderr
    assert "Use HOST=" in done.stderr
    assert "PORT=" not in done.stderr
    assert "Traceback" not in done.stderr


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


@pytest.mark.parametrize("command", [CHECK, RUN, PREPARE], ids=lambda command: command[1])
def test_all_that_is_wrong_is_said_at_once_with_its_fix(tmp_path: Path, command: list[str]) -> None:
    done = _run(tmp_path, command, **{name: value for name, (value, _) in WRONG.items()})
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == len(WRONG), done.stderr
    for name, (_, fix) in WRONG.items():
        assert [line for line in lines if line.startswith(name) and fix in line], name


@pytest.mark.parametrize("host", ["tools.example.org", "10.0.0.1"])
def test_a_production_site_is_https(tmp_path: Path, host: str) -> None:
    production = {"PRODUCTION": "1", "SECRET_KEY": SECRET, "ALLOWED_HOSTS": host}
    said = _refusal(tmp_path, **production, SITE_URL=f"http://{host}")
    assert f"SITE_URL=https://{host}" in said
    done = _load(tmp_path, **production, SITE_URL="http://localhost:8000")
    assert done.returncode == 0, "the production shape can be tried on one machine"


@pytest.mark.parametrize("command", [RUN, PREPARE], ids=lambda command: command[1])
def test_a_database_that_is_away_is_said_in_a_sentence(tmp_path: Path, command: list[str]) -> None:
    port = free_port()
    url = f"postgresql://lumos:hidden-word@127.0.0.1:{port}/lumos"
    done = _run(tmp_path, command, DATABASE_URL=url, PORT=str(free_port()))
    assert done.returncode == 1
    assert f"DATABASE_URL: the database at 127.0.0.1:{port} cannot be used" in done.stderr
    assert "Start it, or correct DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hidden-word" not in done.stderr + done.stdout


def test_a_port_that_is_taken_is_said_beside_the_other_problems(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        url = f"postgresql://lumos@127.0.0.1:{free_port()}/lumos"
        done = _run(tmp_path, RUN, PORT=str(port), DATABASE_URL=url)
    assert done.returncode == 1
    assert f"PORT={port} cannot be used" in done.stderr
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_is_strict(tmp_path: Path) -> None:
    production = {
        "PRODUCTION": "1", "SECRET_KEY": SECRET, "ALLOWED_HOSTS": "tools.example.org",
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
