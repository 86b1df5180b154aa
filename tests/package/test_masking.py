"""No secret is left in a masked text, and what is no secret stays readable."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lumos.package.credentials import address_credentials
from lumos.package.excerpts import excerpt
from lumos.package.findings import Finding, Severity
from lumos.package.masking import MASK, Masker, mask

CHARACTERS = string.ascii_letters + string.digits + "-_.~!#^&*+="
KEY = "\n".join(
    [
        "-----BEGIN PRIVATE KEY-----",
        "MIICXAIBAAKBgQC7d8Kq2Zp1vXw3tRb9LmNcYfHs5JgTkPaUeQxWzVoDiB6yS0rE",
        "uM4lGhCnjFqAZtKv7XpW2sYbRdL9eJoTmHcPgNxUfVkQiS3wByD5zE8aM1rO6uIG",
        "Lq0ZtXvK7pW2sYbRdJ9e==",
        "-----END PRIVATE KEY-----",
    ]
)


OWN_WORDS = {word[start : start + 6] for word in ("password", "passwd") for start in range(3)}


def pieces(secret: str) -> set[str]:
    """Every run of six characters of a secret."""
    return {secret[start : start + 6] for start in range(len(secret) - 5)}


def leaks(secret: str, text: str) -> list[str]:
    return sorted(piece for piece in pieces(secret) if piece in text and piece not in OWN_WORDS)


@st.composite
def passwords(draw: st.DrawFn) -> str:
    """Generated passwords: ten or more characters, a letter and a digit among them."""
    text = draw(st.text(CHARACTERS, min_size=8, max_size=40))
    return f"{draw(st.sampled_from('BCDGHJKQ'))}{text}{draw(st.sampled_from('23456789'))}"


NAMED = [
    'SERVICE_PASSWORD = "{}"',
    "db_passwd = '{}'",
    'password: str = "{}"',
    'self._api_key = r"{}"',
    'TOKEN = b"{}"',
    'secret = f"{}"',
    'password = "{}" "and more"',
    'password = "and more" + "{}"',
    'password = (\n    "{}"\n)',
    'password = \\\n    "{}"',
    'config = {{"password": "{}"}}',
    'config = {{"user": "bob", "password": "{}", "port": 1}}',
    'connect("db", password="{}")',
    'def connect(host: str, password: str = "{}") -> None: ...',
    'if password == "{}":',
    'hmac.compare_digest(token, "{}")',
    'os.environ.get("SERVICE_TOKEN", "{}")',
    'os.environ["SERVICE_PASSWORD"] = "{}"',
    'set_password("{}")',
    'PASSWORDS = ["{}", "Another1-of-them"]',
    '("password", "{}")',
    '"client_secret" : "{}",',
    'client_secret = "{}"  # TOML',
    "password: '{}'",
    "password: {}",
    "SERVICE_TOKEN={}",
    "export SERVICE_TOKEN={}",
    'password = """{}"""',
    '{{\\"password\\": \\"{}\\"}}',
    "Authorization: Bearer {}",
    'headers = {{"Authorization": "Bearer {}"}}',
    "curl --token {} https://api.acme.org/",
    "curl --token={} https://api.acme.org/",
    "Possible hardcoded password: '{}'",
]
SAFE_BARE = set("-_.~=+") | set(string.ascii_letters + string.digits)


@pytest.mark.parametrize("position", NAMED)
@settings(max_examples=25)
@given(password=passwords())
@example(password="Correct-horse-battery-staple-7")
def test_a_value_beside_a_credentials_name_is_masked(position: str, password: str) -> None:
    password = "".join(character for character in password if character in SAFE_BARE)
    if len(password) < 8:
        return
    assert not leaks(password, mask(position.format(password)))


@pytest.mark.parametrize(
    "position",
    [
        'if "{}" == password:',
        'password: Annotated[str, Field(description="Yours")] = "{}"',
        'login(user, "{}", token)',
        'lookup("{}", key=secret_key)',
    ],
)
@settings(max_examples=25)
@given(password=passwords())
def test_in_source_every_literal_on_such_a_line_is_masked(position: str, password: str) -> None:
    assert not leaks(password, Masker().text(position.format(password), source=True))


@pytest.mark.parametrize(
    "address",
    [
        "postgres://admin:{}@db/x",
        "https://user:{}@host.acme.org/path?x=1",
        "redis://:{}@cache:6379/0",
        "amqp://worker:{}@queue.acme.org//",
        "mongodb+srv://root:{}@cluster0.acme.net/x",
        'f"postgresql+psycopg://admin:{}@{{host}}/x"',
    ],
)
@settings(max_examples=25)
@given(password=passwords())
def test_a_password_in_an_address_is_masked_and_found(address: str, password: str) -> None:
    text = address.format(password)
    assert not leaks(password, mask(text))
    assert [found.password for found in address_credentials(text)] == [password]


@pytest.mark.parametrize(
    "address",
    [
        "postgres://user:password@localhost/db",
        "postgres://postgres:postgres@localhost",
        "https://user:pass@example.com",
        "postgres://app:${DB_PASSWORD}@db/app",
        "postgres://app:$DB_PASSWORD@db/app",
        'f"postgres://{user}:{password}@{host}/db"',
        "postgres://%s:%s@%s/db",
        "https://<user>:<password>@host.acme.org",
        "https://user:changeme@host.acme.org",
        "https://user:your-token@host.acme.org",
        "https://user:***@host.acme.org",
        "https://user:...@host.acme.org",
        "amqp://guest:guest@queue//",
        "http://localhost:8000/@scope/name",
        "https://cdn.acme.org/npm/tool:1.0@2/x",
        "ssh://git@host.acme.org:22/x",
    ],
)
def test_an_honest_placeholder_in_an_address_is_none(address: str) -> None:
    assert list(address_credentials(address)) == []
    assert mask(address) == address


@pytest.mark.parametrize(
    "text",
    [
        'token = "("',
        "password: str",
        "password: SecretStr = Field(min_length=8)",
        'password = os.environ["SERVICE_PASSWORD"]',
        "token = get_token()",
        "connect(password=password)",
        "connect(token=settings.token)",
        'TOKEN_URL = "https://api.example.org/token"',
        'key = "function"',
        "The parameter api_key of search looks like a secret.",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "123e4567-e89b-12d3-a456-426614174000",
        "demo_hello-1.0.0-py3-none-any.whl",
        "lumos_csv_parser/Tests/data2/v2File",
        "Send the header 'Authorization: Bearer lmt_…'.",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(text) == text


@settings(max_examples=25)
@given(password=passwords())
def test_a_masker_hides_what_the_package_calls_a_secret_wherever_it_is_printed(
    password: str,
) -> None:
    masker = Masker([f'API_PASSWORD = "{password}"\n'])
    for text in (
        password,
        f"it returned {password} instead of 4",
        f"ValueError: {password[:-2]}…",
        f"…{password[3:]} was refused",
        repr({"x": [password]}),
    ):
        assert not leaks(password, masker.text(text))


@settings(max_examples=25)
@given(password=passwords())
def test_masking_twice_changes_nothing(password: str) -> None:
    masker = Masker([f'PASSWORD = "{password}"'])
    once = masker.text(f'PASSWORD = "{password}"  # {password}', source=True)
    assert masker.text(once, source=True) == once


def test_evidence_is_masked_at_any_depth_and_keeps_its_keys() -> None:
    finding = Finding(
        "x/y",
        Severity.LOW,
        "m",
        "w",
        "f",
        evidence={"input": {"password": "Tr0ub4dor&3", "n": [1]}},
    )
    masked = Masker().finding(finding)
    assert masked.evidence == {"input": {"password": MASK, "n": [1]}}


@pytest.mark.parametrize("line", range(1, 8))
def test_an_excerpt_shows_no_line_of_a_private_key(line: int) -> None:
    lines = ["x = 1", *f'K = """{KEY}"""'.split("\n"), "y = 2"]
    shown = excerpt(lines, line)["source"]
    assert not any(leaks(part, shown) for part in KEY.split("\n")[1:-1])
    assert len(shown.split("\n")) == len(lines[max(line - 4, 0) : line + 3])


def test_an_excerpt_masks_a_secret_that_goes_on_beyond_the_shown_length() -> None:
    password = "kJ8s2hd7Qpz91Lm" * 4
    shown = excerpt([f'{"x" * 150}; password = "{password}"'], 1)["source"]
    assert not leaks(password, shown)
