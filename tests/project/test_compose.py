"""docker-compose.yml fits the code: every queue has a worker, every setting is one."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def _queues_in_code() -> set[str]:
    """Every ``queue=…`` and every queue of a table, as the code writes them."""
    from config.celery import app
    from publishing import followups, pipeline

    found = {queue for _, queue in pipeline.STEPS.values()}
    found |= {route["queue"] for route in app.conf.task_routes.values()}
    found |= {queue for _, queue in (*followups.AFTER_CHANGE, *followups.AFTER_RELEASE)}
    for package in (
        "accounts",
        "analytics",
        "core",
        "marketplace",
        "publishing",
        "registry",
        "search",
    ):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.keyword) and node.arg == "queue":
                    value = node.value
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        found.add(value.value)
    return found


def _queues_worked_on() -> list[str]:
    commands = [str(service.get("command", "")) for service in OURS.values()]
    return [
        queue
        for command in commands
        if (given := re.search(r"-Q (\S+)", command))
        for queue in given[1].split(",")
    ]


def test_every_queue_has_exactly_one_worker() -> None:
    assert sorted(_queues_worked_on()) == sorted(_queues_in_code())


def test_the_clock_ticks_once() -> None:
    beats = [
        name for name, one in OURS.items() if "celery -A config beat" in str(one.get("command"))
    ]
    assert beats == ["beat"]


def test_only_the_sandbox_goes_without_the_engines_profile() -> None:
    loose = [name for name, service in SERVICES.items() if "security_opt" in service]
    assert loose == ["sandbox"]
    assert not any(service.get("privileged") for service in SERVICES.values())


def test_all_share_one_data_folder_and_wait_until_it_is_prepared() -> None:
    for name, service in OURS.items():
        assert "data:/data" in service["volumes"], name
    for name in ("web", "worker", "scan", "sandbox", "beat"):
        waits = SERVICES[name]["depends_on"]
        assert waits["prepare"] == {"condition": "service_completed_successfully"}
    assert "data:/data" in SERVICES["nginx"]["volumes"]


def test_every_variable_is_one_that_the_settings_read() -> None:
    text = (ROOT / "config/settings.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|number|switch|one_of|rate)\(\s*"([A-Z_]+)"', text))
    given = {name for service in OURS.values() for name in service["environment"]}
    assert given - read == set()
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "SITE_URL"} <= given


def test_secrets_are_asked_for_and_never_written_down() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert re.search(rf"\$\{{{name}:\?", text), f"{name} has a default"
    assert re.findall(r"^\s+(?:ports):.*", text, re.MULTILINE) == [
        '    ports: ["${PORT:-8000}:80"]'
    ]


def test_every_placeholder_of_nginx_is_given() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)\}", (ROOT / "deploy/nginx.conf").read_text()))
    assert asked == set(SERVICES["nginx"]["environment"])


def test_the_image_runs_as_an_unprivileged_user_with_the_locked_requirements() -> None:
    lines = (ROOT / "deploy/Dockerfile").read_text().splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1] not in ("USER root", "USER 0")
    assert any("--require-hashes -r requirements.txt" in line for line in lines)
    assert any("bubblewrap" in line for line in lines)
