"""Find secrets with detect-secrets' plugins and a check for this marketplace's tokens.

detect-secrets' own scan is not used, because it obeys allow-list comments in the scanned files and
verifies secrets by calling services.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import Any

from lumos.package.credentials import address_credentials
from lumos.package.findings import Finding, Severity
from lumos.package.masking import MASK
from lumos.package.secretvalues import entropy
from security_scan.guard import Guard
from security_scan.rules.secrets import RULES
from security_scan.scanners.named_secrets import likely_lines, looks_random, published_defaults
from security_scan.target import SourceFile, Target

__all__ = ["SecretsScanner", "is_lumos_token"]

LONGEST_LINE = 2000
PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s*(?:\\[nr]|[\"'+,\s])*"
    r"((?:[A-Za-z0-9+/=:\-., ()]|\\[nr]|[\"'+,\\\s])*)"
)
PUTTY = re.compile(r"PuTTY-User-Key-File-[23]: ")
LUMOS = re.compile(r"(?<![0-9A-Za-z])lmt_([0-9A-Za-z]{32})([0-9A-Za-z]{6})(?![0-9A-Za-z])")
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#: detect-secrets' detectors of keys with a fixed form: module -> class.
DETECTORS = {
    "artifactory": "ArtifactoryDetector",
    "aws": "AWSKeyDetector",
    "azure_storage_key": "AzureStorageKeyDetector",
    "github_token": "GitHubTokenDetector",
    "gitlab_token": "GitLabTokenDetector",
    "mailchimp": "MailchimpDetector",
    "npm": "NpmDetector",
    "openai": "OpenAIDetector",
    "pypi_token": "PypiTokenDetector",
    "sendgrid": "SendGridDetector",
    "slack": "SlackDetector",
    "square_oauth": "SquareOAuthDetector",
    "stripe": "StripeDetector",
    "telegram_token": "TelegramBotTokenDetector",
    "twilio": "TwilioKeyDetector",
}
#: Keys with a fixed form that detect-secrets 1.5 does not know.
MORE_KEYS = {
    "Anthropic key": r"\bsk-ant-(?:api|admin)\d\d-[\w-]{80,}",
    "Google API key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "Hugging Face token": r"\bhf_[A-Za-z]{34}\b",
    "GitHub fine-grained token": r"\bgithub_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}\b",
    "DigitalOcean token": r"\bdop_v1_[a-f0-9]{64}\b",
    "Discord webhook": r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{17,20}/[\w-]{60,}",
    "Shopify token": r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b",
}


@dataclass(frozen=True, slots=True)
class _Plugin:
    kind: str
    patterns: tuple[re.Pattern[str], ...]

    def search(self, text: str) -> Iterator[str]:
        """The keys in a text: a pattern's group of 16 or more characters, else the match."""
        for pattern in self.patterns:
            for match in pattern.finditer(text):
                groups = (group for group in match.groups() if group and len(group) >= 16)
                yield next(groups, match[0])


def is_lumos_token(text: str) -> bool:
    """``lmt_`` + 32 base62 + the CRC32 of those 32 as 6 base62 digits."""
    match = LUMOS.fullmatch(text)
    return match is not None and _base62(zlib.crc32(match[1].encode())) == match[2]


def _base62(number: int) -> str:
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return digits


class SecretsScanner:
    """Scans every text file. Keys with the fixed form of a service block; guesses do not."""

    name = "secrets"

    @cached_property
    def version(self) -> str:
        """detect-secrets' version and this module's."""
        return f"{version('detect-secrets')}+3"

    def scan(self, target: Target, guard: Guard) -> Iterable[Finding]:
        """Findings ``secret/…``, which do not contain the secret."""
        _ = self._plugins, self._keywords  # loaded before the first step, so that it does not count
        yield from guard.each(self.name, target.text_files, self._check)
        yield from published_defaults(target.functions)

    @cached_property
    def _plugins(self) -> list[_Plugin]:
        from importlib import import_module  # noqa: PLC0415 - costs 0.2 s

        plugins = []
        for module, name in DETECTORS.items():
            plugin = getattr(import_module(f"detect_secrets.plugins.{module}"), name)()
            plugins.append(_Plugin(plugin.secret_type, tuple(plugin.denylist)))
        own = [_Plugin(kind, (re.compile(pattern),)) for kind, pattern in MORE_KEYS.items()]
        return plugins + own

    @cached_property
    def _keywords(self) -> Any:
        from detect_secrets.plugins.keyword import KeywordDetector  # noqa: PLC0415

        return KeywordDetector()

    def _check(self, file: SourceFile) -> Iterator[Finding]:
        yield from _private_keys(file)
        for match in LUMOS.finditer(file.text):
            if is_lumos_token(match[0]):
                line = _line_at(file.text, match.start())
                yield _finding("secret/lumos-token", "marketplace token", file, line)
        reported_lines: set[int] = set()
        pieces = list(_pieces(file.text))
        for plugin in self._plugins:
            for secret in {str(found) for piece in pieces for found in plugin.search(piece)}:
                for line in _places(file.text, secret):
                    reported_lines.add(line)
                    rule = "secret/possible" if plugin.kind in PUBLIC else "secret/provider-key"
                    yield _finding(rule, plugin.kind, file, line)
        yield from (
            finding for finding in self._guesses(file) if finding.line not in reported_lines
        )

    def _guesses(self, file: SourceFile) -> Iterator[Finding]:
        for credential in address_credentials(file.text):
            at = _line_at(file.text, credential.span[0])
            yield _finding("secret/credential-url", "password", file, at)
        if file.suffix in PROSE:
            return
        guessed: set[int] = set()
        for number, line in enumerate(file.text.split("\n"), 1):
            if len(line) < LONGEST_LINE and QUOTED.search(line) and KEYWORD.search(line):
                for secret in self._keywords.analyze_string(line):
                    if looks_random(secret):
                        guessed.add(number)
                        yield _finding("secret/possible", "value", file, number, confidence="low")
        if not TESTS.search(file.path):
            for number in sorted(likely_lines(file) - guessed):
                yield _finding("secret/possible", "value", file, number, confidence="low")


KEYWORD = re.compile(r"key|pass|pwd|secret|contrase", re.IGNORECASE)
QUOTED = re.compile(r"[\"'][^\"'\s]{16,}[\"']")
PROSE = {".md", ".rst", ".txt", ".html", ".css", ".js", ".svg", ".map", ".ipynb", ".lock"}
#: Keys with a fixed form that are often used in public, by browsers.
PUBLIC = {"Google API key", "Twilio API Key"}
PIECE, OVERLAP = 8000, 300


def _pieces(text: str) -> Iterator[str]:
    """The text in overlapping pieces, because some plugins take quadratic time."""
    for start in range(0, len(text), PIECE):
        yield text[max(0, start - OVERLAP) : start + PIECE]


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, max(position, 0)) + 1


def _places(text: str, secret: str) -> Iterator[int]:
    """The lines that contain the key, except inside a longer run of letters and digits."""
    if not _is_real(secret):
        return
    start = text.find(secret)
    while start >= 0:
        around = (
            text[max(start - 1, 0) : start] + text[start + len(secret) : start + len(secret) + 1]
        )
        if not re.search(
            r"[A-Za-z0-9+/]", around.replace("/", "", 1) if "://" in secret else around
        ):
            yield _line_at(text, start)
        start = text.find(secret, start + len(secret))


def _private_keys(file: SourceFile) -> Iterator[Finding]:
    for match in PRIVATE_KEY.finditer(file.text):
        body = re.sub(r"[^A-Za-z0-9+/=]", "", re.sub(r"\\[nr]", "", match[1]))
        if len(body) >= 100 and entropy(body[:400]) > 4.2:
            line = file.text.count("\n", 0, match.start()) + 1
            yield _finding("secret/private-key", "private key", file, line)
    for match in PUTTY.finditer(file.text):
        if "Private-Lines:" in file.text[match.start() : match.start() + 4000]:
            line = file.text.count("\n", 0, match.start()) + 1
            yield _finding("secret/private-key", "PuTTY key", file, line)


#: Folders of tests and documentation, where keys are usually fake: findings do not block.
TESTS = re.compile(
    r"(^|/)(tests?|testing|test_?data|examples?|demos?|docs?|fixtures|samples?)(/|$)|(^|"
    r"[/_.-])tests?[_.]"
)


#: Exceptions: the marketplace's tokens block in any folder; URLs with a password are held.
SPARED_NOWHERE = ("secret/lumos-token", "secret/credential-url")


def _finding(
    rule: str, kind: str, file: SourceFile, line: int, *, confidence: str = "high"
) -> Finding:
    spared = bool(TESTS.search(file.path)) and rule not in SPARED_NOWHERE
    weaker = Severity.MEDIUM if spared and RULES[rule].weaker else None
    return RULES[rule].finding(
        f"{kind}: {MASK}.",
        file.path,
        line,
        weaker=weaker,
        confidence=confidence,
        evidence={"kind": kind},
    )


def _is_real(secret: str) -> bool:
    """Whether it is no placeholder: no "example", no runs, enough distinct characters."""
    tail = secret[4:]
    if re.search(r"example|sample|dummy|fake|your|placeholder|xxxx|inert|redacted", secret, re.I):
        return False
    if re.search(r"(.)\1{5,}|0123456|1234567|abcdefg", tail, re.I):
        return False
    return entropy(tail) > 2.8 and bool(re.search(r"\d", secret))
