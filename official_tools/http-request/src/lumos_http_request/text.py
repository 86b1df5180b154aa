"""From a body's bytes to text, where they are text."""

from __future__ import annotations

import codecs
import re
from base64 import b64encode

__all__ = ["read_body"]

_TEXT = re.compile(
    r"text/.*|application/(?:.*[+-])?(?:json|xml|javascript|ecmascript|yaml|x-www-form-urlencoded"
    r"|graphql|sql|toml|ndjson)",
    re.IGNORECASE,
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_SAFE_CODEC = re.compile(
    r"ascii|utf-8|utf-8-sig|utf-(?:16|32)(?:-[lb]e)?|iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+"
    r"|shift_jis\w*|euc_\w+|iso2022_\w+|gb\w+|big5\w*|tis-620|hz|johab|ptcp154"
)


def read_body(body: bytes, content_type: str) -> tuple[str, str]:
    """The body as text and its charset; as base64 and an empty charset if it is not text."""
    media_type = content_type.partition(";")[0].strip()
    declared = _declared(content_type)
    for charset in filter(None, (declared, "utf-8-sig")):
        try:
            text = body.decode(charset)
        except UnicodeError:
            continue
        if declared or _TEXT.fullmatch(media_type) or "\0" not in text:
            return text, charset.removesuffix("-sig")
    if _TEXT.fullmatch(media_type):
        return body.decode("cp1252", "replace"), "cp1252"
    return b64encode(body).decode(), ""


def _declared(content_type: str) -> str:
    match = _CHARSET.search(content_type)
    if not match:
        return ""
    try:
        name = codecs.lookup(match[1]).name
    except LookupError:
        return ""
    if name == "utf-8":
        return "utf-8-sig"
    return name if _SAFE_CODEC.fullmatch(name) else ""
