"""The text of an API token: ``lmt_``, 32 base62 characters, 6 base62 characters of CRC32.

With the prefix and the checksum, secret scanners recognize a leaked token without a request to the
server (the format that GitHub introduced in 2021).
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "lmt_"
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_FORM = re.compile(r"lmt_[0-9A-Za-z]{38}")


def make_token() -> str:
    """A new token with 190 bits of entropy."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(32))
    return PREFIX + body + checksum(body)


def checksum(body: str) -> str:
    """The CRC32 of the body, as six base62 digits."""
    number, digits = zlib.crc32(body.encode("ascii")), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _ALPHABET[digit] + digits
    return digits


def is_well_formed(text: str) -> bool:
    """Whether the text has the form and the checksum of a token."""
    return bool(_FORM.fullmatch(text)) and checksum(text[4:36]) == text[36:]


def hash_token(text: str) -> str:
    """The stored SHA-256, used for look-ups. With 190 bits of entropy, no salt is needed."""
    return hashlib.sha256(text.encode()).hexdigest()
