"""Strategies for strings: plain ones, those of a format, and those that match a pattern."""

from __future__ import annotations

import base64
import datetime
import string
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

Text = st.SearchStrategy[str]

#: Fixed, because building hypothesis' own tables of Unicode categories takes seconds.
UNICODE = "\u00e9\u00df\u00f8\u0141\u0130\u0131\u017f\ufb01\u00c5\u6f22\u5b57\u304b\u306a"
UNICODE += "\ud55c\uae00\u0627\u0644\u05e2\u05d1\u0e44\u0e17\u092f\u200b\u200d\u202e\u0301\ufeff"
UNICODE += "\u2028\u00a0\u2212\uff11\u0663\U0001f642\U0001f469\U0010ffff\ufffd"
ALPHABET = string.printable + "\0" + UNICODE
LONGEST = 40
WORDS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)


def texts(schema: Mapping[str, Any]) -> Text:
    """Strings that fit ``minLength``, ``maxLength`` and ``pattern`` or ``format``."""
    low = schema.get("minLength", 0)
    high = schema.get("maxLength", low + LONGEST)
    if "pattern" in schema:
        return _matching(schema["pattern"]).filter(lambda text: low <= len(text) <= high)
    known = FORMATS.get(schema.get("format", ""))
    if known is not None:
        return known.filter(lambda text: low <= len(text) <= high)
    if schema.get("contentEncoding") == "base64":
        return st.binary(max_size=LONGEST).map(lambda data: base64.b64encode(data).decode())
    return st.text(ALPHABET, min_size=low, max_size=min(high, low + LONGEST))


def _matching(pattern: str) -> Text:
    exact = st.from_regex(pattern, alphabet=ALPHABET)
    try:
        exact.validate()
    except InvalidArgument:  # it needs a character that the alphabet does not have
        return st.from_regex(pattern)
    return exact


def _moment(value: datetime.datetime) -> str:
    return value.isoformat() + "Z"


def _address(parts: tuple[str, str, str, str]) -> str:
    scheme, host, path, query = parts
    return f"{scheme}://{host}.example/{quote(path)}" + (f"?q={quote(query)}" if query else "")


_HOSTS = st.lists(WORDS, min_size=1, max_size=3).map(lambda parts: ".".join(parts) + ".example")
_MAIL = st.tuples(WORDS, _HOSTS).map("@".join)
_URI = st.tuples(
    st.sampled_from(["https", "http"]), WORDS, st.text(ALPHABET, max_size=12), WORDS | st.just("")
).map(_address)
_PATHS = st.lists(WORDS, min_size=1, max_size=3).map("/".join)
_IPV4, _IPV6 = st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str)
_DURATIONS = st.tuples(st.integers(0, 999), st.integers(0, 23), st.integers(0, 59)).map(
    lambda parts: "P{}DT{}H{}M".format(*parts)
)

FORMATS: Mapping[str, Text] = {
    "date": st.dates().map(datetime.date.isoformat),
    "date-time": st.datetimes().map(_moment),
    "time": st.times().map(lambda value: value.isoformat() + "Z"),
    "duration": _DURATIONS,
    "uuid": st.uuids().map(str),
    "email": _MAIL,
    "idn-email": _MAIL,
    "hostname": _HOSTS,
    "idn-hostname": _HOSTS,
    "ipv4": _IPV4,
    "ipv6": _IPV6,
    "ipvanyaddress": _IPV4 | _IPV6,
    "ipv4network": _IPV4.map(lambda text: f"{text}/32"),
    "ipv6network": _IPV6.map(lambda text: f"{text}/128"),
    "uri": _URI,
    "iri": _URI,
    "url": _URI,
    "uri-reference": _URI | _PATHS,
    "json-pointer": _PATHS.map(lambda path: f"/{path}"),
    "regex": st.sampled_from(["", "a", "^a+$", "[0-9]{2}", "(a|b)c?", r"\d+\s"]),
    "json-string": st.sampled_from(["null", "1", '"a"', "[]", '{"a": [1, 2.5]}']),
    "path": _PATHS,
    "file-path": _PATHS,
    "directory-path": _PATHS,
}
