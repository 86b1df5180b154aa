"""Where a text holds a credential: what masking hides, and what the scanner reports in addresses.

Recognition works on plain text, so that it covers Python, JSON, TOML, YAML, ``.env`` files, README
code blocks, tracebacks and log lines alike, also where only a few lines of a file are at hand.
Every pattern is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lumos.package.namedsecrets import Span, called_values, named_values, values_on_named_lines
from lumos.package.secretvalues import is_filled_in_later, is_placeholder, looks_random, matches

__all__ = ["AddressCredential", "address_credentials", "secret_spans"]

# Keys with a fixed form. Masking may be broader than the scanner's rules: it refuses nothing.
_FIXED = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}"
    r"|lmt_[0-9A-Za-z]{6,}"
    r"|gh[pousr]_[0-9A-Za-z]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|(?:sk|pk|rk)[-_](?:live|test|ant|proj|svcacct|or)[-_][\w-]{8,}|sk-[0-9A-Za-z]{20,}"
    r"|xox[a-z]-[0-9A-Za-z-]{10,}|xapp-[0-9A-Za-z-]{10,}"
    r"|hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{20,}|pypi-[\w-]{20,}|dop_v1_[a-f0-9]{20,}"
    r"|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{20,}|sq0[a-z]{3}-[\w-]{20,}|AIza[\w-]{20,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?"
    r"|(?:AC|SK)[0-9a-f]{32}|AKC[A-Za-z0-9]{10,}"
    r")"
)
_FIXED_STEMS = (
    "a3t", "akia", "asia", "abia", "acca", "lmt_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
    "github_pat_", "glpat-", "sk", "pk", "rk", "xox", "xapp-", "hf_", "npm_", "pypi-", "dop_v1_",
    "shp", "sq0", "aiza", "sg.", "eyj", "ac", "akc",
)  # fmt: skip
_NUMBERED = re.compile(r"\d{8,10}:[\w-]{35}")
_WEBHOOK = re.compile(
    r"(?:hooks\.slack\.com/(?:services|workflows)/|discord(?:app)?\.com/api/(?:v\d+/)?webhooks/)"
    r"([\w/-]{10,})"
)
_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d")
_END = re.compile(r"-----END |Private-MAC:")
_BASE64_LINES = re.compile(r"(?:(?:\s|\\[nr]|[\"'+,()])*[A-Za-z0-9+/=]{30,})*")
LONGEST_KEY = 20_000
_RUN = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_SHORT_RUN = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")

_ADDRESS = re.compile(
    r"://(?P<user>[^\s:/?#@\"'`<>\\]{0,200}):(?P<password>[^\s/\"'`<>\\]{1,400})"
    r"@(?P<host>\[[0-9a-fA-F:.]{2,40}\]|[^\s/:?#\"'`<>\\,;)]{1,253})"
)
_OWN_MACHINE = re.compile(
    r"localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\]|host\.docker\.internal|host|hostname"
    r"|(?:.+\.)?(?:localhost|test|invalid|example)|(?:.+\.)?example\.(?:com|org|net)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AddressCredential:
    """A password in an address. ``span`` is the password's place in the text."""

    password: str
    span: Span


def address_credentials(text: str) -> Iterator[AddressCredential]:
    """The passwords in addresses (``postgres://user:password@host``), but no honest placeholders.

    A placeholder is filled in later (``${DB_PASSWORD}``, ``{password}``, ``<password>``), is a word
    that says so (``password``, ``changeme``), or repeats the user's name; on the reader's own
    machine or a host reserved for examples every value is one that does not look random.
    """
    for match in matches(_ADDRESS, text, ("://",)):
        user, password, host = match["user"], unquote(match["password"]), match["host"]
        if is_filled_in_later(password) and not looks_random(password):
            continue
        if is_placeholder(password) or (user.isalpha() and user == password):
            continue
        if _OWN_MACHINE.fullmatch(host) and not looks_random(password):
            continue
        yield AddressCredential(match["password"], match.span("password"))


def secret_spans(text: str, *, source: bool = False) -> list[Span]:
    """Where secrets stand in a text, sorted and without overlaps.

    ``source`` is for lines of code: there every literal on a line that names a credential counts,
    which would hide too much of a sentence.
    """
    runs = (_SHORT_RUN if source else _RUN).finditer(text)
    spans = [
        *(match.span() for match in matches(_FIXED, text, _FIXED_STEMS)),
        *(match.span() for match in _NUMBERED.finditer(text)),
        *(match.span(1) for match in matches(_WEBHOOK, text, ("hooks.slack", "discord"))),
        *(match.span() for match in runs if looks_random(match[0])),
        *(credential.span for credential in address_credentials(text)),
        *_key_blocks(text),
        *named_values(text),
        *called_values(text),
        *(values_on_named_lines(text) if source else ()),
    ]
    return merged(spans)


def merged(spans: list[Span]) -> list[Span]:
    """The spans in order, with those that overlap or touch joined."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _key_blocks(text: str) -> Iterator[Span]:
    """The bodies of private keys, to their end line or as far as lines of base64 go."""
    position, end = 0, _END.search(text)
    while begin := _BEGIN.search(text, position):
        start = begin.end()
        while end is not None and end.start() < start:
            end = _END.search(text, end.end())
        if end is not None and end.start() - start <= LONGEST_KEY:
            stop = end.start()
        else:
            lines = _BASE64_LINES.match(text, start, start + LONGEST_KEY)
            stop = lines.end() if lines else start
        if stop > start:
            yield start, stop
        position = max(stop, start)
