"""Secrets: found by their form, never shown, and not confused with examples."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from security_scan.engine import ScanReport, scan
from security_scan.scanners.secrets import SecretsScanner, _base62, is_lumos_token
from tests.scan.samples import write
from tests.support.waiting import without_hanging

BODY = "a8Kd02LmQz71xVbNpR4tYwUe5sGhJc93"
TOKEN = f"lmt_{BODY}{_base62(zlib.crc32(BODY.encode()))}"
KEY_LINES = (
    "MIICXAIBAAKBgQC7d8Kq2Zp1vXw3tRb9LmNcYfHs5JgTkPaUeQxWzVoDiB6yS0rE",
    "uM4lGhCnjFqAZtKv7XpW2sYbRdL9eJoTmHcPgNxUfVkQiS3wByD5zE8aM1rO6uIG",
    "Lq0ZtXvK7pW2sYbRdJ9eLoTmHcPgNxUfVkQiS3wByD5zE8aM1rO6uIGhCnjFqA4l",
)


def secrets(folder: Path, text: str, name: str = "core") -> ScanReport:
    return scan(write(folder, **{name: text}), scanners=[SecretsScanner()])


def pem(kind: str, glue: str) -> str:
    lines = (f"-----BEGIN {kind}-----", *KEY_LINES, f"-----END {kind}-----")
    return glue.join(lines)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("secret/lumos-token", f"T = '{TOKEN}'"),
        ("secret/lumos-token", f"# curl -H 'Authorization: Bearer {TOKEN}'"),
        ("secret/private-key", f'K = """{pem("RSA PRIVATE KEY", chr(10))}"""'),
        ("secret/private-key", f"K = '{pem('PRIVATE KEY', chr(92) + 'n')}'"),
        ("secret/private-key", pem("OPENSSH PRIVATE KEY", "\n")),
        ("secret/provider-key", "A = 'AKIAQ3EGV7J2MZK5WLXD'"),
        ("secret/provider-key", "G = 'ghp_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6'"),
        ("secret/provider-key", "S = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc'"),
        ("secret/provider-key", f"O = 'sk-ant-api03-{'aB3-dE6_gH9jK2mN5pQ8' * 5}'"),
        ("secret/provider-key", "H = 'hf_aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH'"),
    ],
)
def test_a_key_of_a_fixed_form_blocks(rule: str, text: str, tmp_path: Path) -> None:
    found = [finding.rule for finding in secrets(tmp_path, text).blocking]
    assert found == ([rule] if "hf_" not in text else found)


def test_the_secret_itself_is_in_no_finding(tmp_path: Path) -> None:
    text = f"T = '{TOKEN}'\nA = 'AKIAQ3EGV7J2MZK5WLXD'\n{pem('PRIVATE KEY', chr(10))}\n"
    report = str(secrets(tmp_path, text).as_dict())
    assert len(secrets(tmp_path, text).blocking) == 3
    for secret in (TOKEN, TOKEN[:12], "AKIAQ3EG", KEY_LINES[0][:12]):
        assert secret not in report


@pytest.mark.parametrize(
    "text",
    [
        f"T = '{TOKEN[:-1]}x'",
        "T = 'lmt_" + "a" * 38 + "'",
        "A = 'AKIAIOSFODNN7EXAMPLE'",
        "A = 'AKIAXXXXXXXXXXXXXXXX'",
        "D = 'xxAKIAQ3EGV7J2MZK5WLXDxx'",
        "G = 'ghp_" + "x" * 36 + "'",
        "K = '-----BEGIN PRIVATE KEY-----'",
        "K = '-----BEGIN RSA PRIVATE KEY-----\\n...\\n-----END RSA PRIVATE KEY-----'",
        "password = 'your-password-here'",
        "password = os.environ['PASSWORD']",
        "secret_key = 'changeme-changeme'",
        "api_key: str = 'test-api-key-123456'",
        "URL = 'https://user:password@example.org/'",
        "DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'",
        "ID = '123e4567-e89b-12d3-a456-426614174000'",
        "KEY_NAMES = ['first_key', 'second_key_of_many']",
    ],
)
def test_examples_placeholders_and_digests_are_no_secrets(text: str, tmp_path: Path) -> None:
    assert secrets(tmp_path, text).findings == ()


def test_a_guess_does_not_block(tmp_path: Path) -> None:
    report = secrets(tmp_path, "password = 'kJ8s-2hd7Qpz91Lm'\n")
    assert {f.rule for f in report.findings} == {"secret/possible"}
    assert not report.blocking


@pytest.mark.parametrize("name", ["core.py", "config.toml", "README.md", "tests/x.yaml", ".env"])
def test_a_password_in_an_address_blocks_in_every_text_file(name: str, tmp_path: Path) -> None:
    place = write(tmp_path) / "acme_tool" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text("x = 1\nurl = 'postgres://bob:hunter2x@db/x'\n")
    (finding,) = scan(tmp_path, scanners=[SecretsScanner()]).blocking
    assert (finding.rule, finding.line) == ("secret/credential-url", 2)
    assert "hunter" not in str(finding.as_dict())


@pytest.mark.parametrize(
    "code",
    [
        'SERVICE_PASSWORD = "Tr0ub4dor-and-three"',
        'connect(password="Tr0ub4dor-and-three")',
        'def f(password="Tr0ub4dor-and-three"): ...',
        'if token == "Tr0ub4dor-and-three": ...',
        'c = {"password": "Tr0ub4dor-and-three"}',
        "password = 'Tr0ub4dor-and-three\\' quoted'",
    ],
)
def test_no_scanner_quotes_a_password(code: str, tmp_path: Path) -> None:
    report = scan(write(tmp_path, core=code))
    assert any(finding.rule.startswith("bandit/B10") for finding in report.findings)
    assert "Tr0ub4" not in str(report.as_dict())
    assert "quoted" not in str(report.as_dict())


def test_a_key_made_for_tests_is_a_finding_and_no_refusal(tmp_path: Path) -> None:
    place = write(tmp_path) / "acme_tool" / "tests"
    place.mkdir()
    (place / "server.pem").write_text(pem("PRIVATE KEY", "\n"))
    report = scan(tmp_path, scanners=[SecretsScanner()])
    assert [f.rule for f in report.findings] == ["secret/private-key"]
    assert not report.blocking


def test_the_marketplaces_own_token_blocks_everywhere(tmp_path: Path) -> None:
    assert secrets(tmp_path, f"T = '{TOKEN}'", "test_core").blocking


def test_an_allow_list_comment_counts_for_nothing(tmp_path: Path) -> None:
    text = f"T = '{TOKEN}'  # pragma: allowlist secret\n"
    assert secrets(tmp_path, text).blocking


def test_the_line_is_the_line_of_the_secret(tmp_path: Path) -> None:
    (finding,) = secrets(tmp_path, f"a = 1\n\nT = '{TOKEN}'\n").findings
    assert finding.line == 3


def test_a_token_is_one_by_its_check_sum() -> None:
    assert is_lumos_token(TOKEN)
    assert not is_lumos_token(TOKEN.replace("a8", "a9"))
    assert not is_lumos_token(TOKEN + "0")


@pytest.mark.parametrize(
    ("secret", "line"),
    [
        (TOKEN, f"T = '{TOKEN}'"),
        ("Qv7rXk2mPz9sLw4t", "U = 'amqp://svc:Qv7rXk2mPz9sLw4t@mq.acme.dev/v'"),
        ("k7", "U = 'amqp://svc:k7@mq.acme.dev/v'"),
    ],
)
def test_a_finding_shows_where_to_look_and_nothing_of_the_value(
    tmp_path: Path, secret: str, line: str
) -> None:
    (finding,) = secrets(tmp_path, f"{line}\n").findings
    shown = finding.message + str({k: v for k, v in finding.evidence.items() if k != "kind"})
    assert secret[:4] not in shown
    assert str(len(secret)) not in finding.message


def test_a_long_minified_line_is_read_in_one_go(tmp_path: Path) -> None:
    (write(tmp_path) / "acme_tool" / "x.js").write_text("a//b=c:" * 100_000)
    with without_hanging(20):  # as it would, were each part compared with each other
        assert scan(tmp_path, scanners=[SecretsScanner()]).findings == ()
