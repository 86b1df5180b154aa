"""Secrets: found by their form, never shown, and not confused with examples."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from security_scan.engine import ScanReport, scan
from security_scan.scanners.secrets import SecretsScanner, _base62, is_lumos_token
from security_scan.target import Function
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


CHOSEN = "Tr0ub4dor&3-kJ8s"
LITERALS = {
    "a member of a dictionary": ("core.py", 'C = {"user": "bob", "password": "%s"}'),
    "a keyword": ("core.py", 'connect(user="bob", password="%s")'),
    "an assignment": ("core.py", 'API_KEY = "%s"'),
    "a default": ("core.py", 'def f(password: str = "%s"): ...'),
    "a call that signs in": ("core.py", 'smtp.login("bob@example.org", "%s")'),
    "a call over lines": ("core.py", 'smtp.login(\n    user,\n    "%s",\n)'),
    "basic authentication": ("core.py", 'get(url, auth=HTTPBasicAuth("bob", "%s"))'),
    "a pair": ("core.py", 'get(url, auth=("bob", "%s"))'),
    "a password manager": ("core.py", 'manager.add_password(None, url, "bob", "%s")'),
    "YAML": ("config.yaml", "service:\n  api_key: %s\n"),
    "quoted YAML": ("config.yml", 'api_key: "%s"\n'),
    "TOML": ("config.toml", '[service]\napi_key = "%s"\n'),
    "INI": ("config.ini", "[service]\npassword = %s\n"),
    "JSON": ("config.json", '{"service": {"secret": "%s"}}'),
    "an environment file": (".env", "SERVICE_TOKEN=%s\n"),
    "another environment file": (".env.production", "SERVICE_TOKEN=%s\n"),
}


def scanned(folder: Path, name: str, text: str) -> ScanReport:
    (write(folder) / "acme_tool" / name).write_text(text)
    return scan(folder, scanners=[SecretsScanner()])


@pytest.mark.parametrize(("name", "text"), LITERALS.values(), ids=LITERALS)
def test_a_password_in_code_or_settings_is_found_and_not_shown(
    name: str, text: str, tmp_path: Path
) -> None:
    report = scanned(tmp_path, name, text % CHOSEN)
    assert {finding.rule for finding in report.findings} == {"secret/possible"}
    assert not report.blocking
    assert CHOSEN[:6] not in str(report.as_dict())


WORDS = ["changeme", "<your key>", "xxxxxxxx", "${API_KEY}", "{{ key }}", "your-api-key-1"]
WORDS += ["test-Passw0rd!", "dummy-Key-123", "secret", "example-Tok3n-1", "********", "to do"]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(("name", "text"), LITERALS.values(), ids=LITERALS)
def test_placeholders_and_words_of_tests_are_no_passwords(
    name: str, text: str, word: str, tmp_path: Path
) -> None:
    assert scanned(tmp_path, name, text % word).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        'smtp.login(os.environ["USER"], os.environ["SMTP_PASSWORD1"])',
        'password = settings.get("SMTP-Password-1")',
        'TOKEN_URL = "https://api.example.org/v1/Token"',
        'AUTH_HEADER = "X-Api-Key-2"',
        'token_pattern = r"[A-Za-z0-9]+"',
        'key = "Alt+F4"',
        'hash = {"key_algorithm": "HS256"}',
        'login_page = login(request, "accounts/login.html")',
        'token = "("',
        "def f(private_key: x25519.X25519PrivateKey, token: Sha256Token): ...",
    ],
)
def test_look_ups_and_ordinary_values_are_no_passwords(text: str, tmp_path: Path) -> None:
    assert scanned(tmp_path, "core.py", text).findings == ()


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"password": {"type": "string", "default": CHOSEN}}},
        {"properties": {"api_key": {"anyOf": [{"type": "string", "examples": [CHOSEN]}]}}},
        {"properties": {"login": {"$ref": "#/$defs/L"}},
         "$defs": {"L": {"properties": {"secret": {"const": CHOSEN}}}}},
        {"properties": {"login": {"type": "object", "default": {"token": CHOSEN}}}},
    ],
)  # fmt: skip
def test_a_secret_in_a_published_schema_is_held_and_not_shown(
    schema: dict[str, object], tmp_path: Path
) -> None:
    function = Function("send", "Send a text.", schema)
    report = scan(write(tmp_path), functions=[function], scanners=[SecretsScanner()])
    assert [finding.rule for finding in report.blocking] == ["secret/published-default"]
    assert CHOSEN[:6] not in str(report.as_dict())
    harmless = json.loads(json.dumps(schema).replace(CHOSEN, "changeme"))
    function = Function("send", "Send a text.", harmless)
    assert not scan(tmp_path, functions=[function], scanners=[SecretsScanner()]).findings


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
