"""Hosts: IP addresses, and domain names by the rules of DNS and IDNA 2008."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from lumos_url_validator.grammar import Notes, check_characters

__all__ = ["Host", "read_host"]

_FUTURE = re.compile(r"v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_LATIN_TWINS = frozenset("авеһіјкӏмнорԛѕтԝхуүԁ")
_MAX_LABEL = 63
_MAX_NAME = 253
_SCOPES = {
    "is_unspecified": "the unspecified address",
    "is_loopback": "a loopback address",
    "is_link_local": "a link-local address",
    "is_multicast": "a multicast address",
    "is_private": "a private address",
}


@dataclass(frozen=True)
class Host:
    """A host: ``name`` for people, ``ascii`` for the network, and the kind of it."""

    name: str
    ascii: str
    kind: str


def read_host(text: str, *, is_domain: bool, notes: Notes) -> Host:
    """The host that ``text`` writes; ``is_domain`` if the scheme looks hosts up in DNS."""
    if text.startswith("["):
        return _bracketed(text, notes)
    if not is_domain:
        check_characters("host", text, notes)
        return Host(text, text.lower(), "name" if text else "none")
    name = unquote(text)
    if "\ufffd" in name:
        notes.errors.append("The host has percent-encoded bytes that are not UTF-8.")
        return Host(text, "", "domain")
    if name != text:
        notes.warnings.append("The host is percent-encoded, which hides its name from readers.")
    labels = name.rstrip(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(name, notes)
    return _domain(name, notes)


def _bracketed(text: str, notes: Notes) -> Host:
    inner = text[1:-1] if text.endswith("]") else ""
    if _FUTURE.fullmatch(inner):
        return Host(text, text.lower(), "ipvfuture")
    address, percent, zone = inner.partition("%25")
    try:
        found = ipaddress.IPv6Address(address)
    except ValueError:
        notes.errors.append(
            f"The host {text[:60]!r} is not an IPv6 address in square brackets, such as [::1]."
        )
        return Host(text, "", "ipv6")
    if percent and not zone:
        notes.errors.append("The zone of the IPv6 address is empty.")
    _note_scope(found, notes)
    written = f"[{found.compressed}{percent}{zone}]"
    return Host(written, written, "ipv6")


def _ipv4(name: str, notes: Notes) -> Host:
    try:
        found = ipaddress.IPv4Address(name)
    except ValueError:
        notes.errors.append(
            f"The host {name[:60]!r} ends in a number, so it must be an IPv4 address: four numbers "
            "from 0 to 255, in decimal and without leading zeros. Other spellings are read "
            "differently by different programs."
        )
        return Host(name, "", "ipv4")
    _note_scope(found, notes)
    return Host(name, str(found), "ipv4")


def _note_scope(address: ipaddress.IPv4Address | ipaddress.IPv6Address, notes: Notes) -> None:
    for attribute, scope in _SCOPES.items():
        if getattr(address, attribute):
            notes.warnings.append(f"The host is {scope}, which the public internet cannot reach.")
            return


def _domain(name: str, notes: Notes) -> Host:
    before = len(notes.errors)
    if name.isascii():
        check_characters("host", name, notes)
        encoded = name.lower()
    else:
        encoded = _encoded(name, notes)
    if len(notes.errors) > before:
        return Host(name, "", "domain")
    labels = encoded.removesuffix(".").split(".")
    for label in labels:
        _check_label(label, notes)
    if len(encoded.removesuffix(".")) > _MAX_NAME:
        notes.errors.append(f"The host has more than {_MAX_NAME} characters, which DNS forbids.")
    shown = name.lower()
    if any(label.startswith("xn--") for label in labels):
        shown = _decoded(encoded, notes)
        _check_scripts(shown, notes)
    if len(labels) == 1:
        scope = "is this machine" if encoded == "localhost" else "has no dot"
        notes.warnings.append(f"The host {scope}, so it means something else on every network.")
    return Host(shown, encoded, "domain")


def _check_label(label: str, notes: Notes) -> None:
    if not label:
        notes.errors.append("The host has an empty part between two dots.")
    elif len(label) > _MAX_LABEL:
        notes.errors.append(
            f"The part {label[:20]!r}… of the host has {len(label)} characters; DNS allows "
            f"{_MAX_LABEL}."
        )
    elif label.startswith("-") or label.endswith("-"):
        notes.errors.append(f"The part {label!r} of the host begins or ends with a hyphen.")
    elif odd := sorted(set(re.findall("[^a-z0-9_-]", label))):
        notes.errors.append(
            f"The host has {' and '.join(odd)}, but names in DNS have letters, digits and hyphens."
        )
    elif "_" in label:
        notes.warnings.append(
            f"The part {label!r} of the host has an underscore, which many programs refuse."
        )


def _encoded(name: str, notes: Notes) -> str:
    """The name in ASCII by UTS 46 and IDNA 2008."""
    import idna  # noqa: PLC0415 - takes long to load and is seldom needed

    try:
        return idna.encode(name, uts46=True).decode()
    except idna.IDNAError as error:
        notes.errors.append(f"The host {name[:60]!r} is not a name by IDNA 2008: {error}.")
        return ""


def _decoded(name: str, notes: Notes) -> str:
    import idna  # noqa: PLC0415 - see _encoded

    try:
        return idna.decode(name)
    except idna.IDNAError as error:
        notes.errors.append(f"The host {name[:60]!r} is not a name by IDNA 2008: {error}.")
        return name


def _check_scripts(name: str, notes: Notes) -> None:
    """Warn of a part that mixes alphabets or looks Latin and is not, as imitations do."""
    for label in name.split("."):
        letters = {unicodedata.name(c, "").partition(" ")[0] for c in label if c.isalpha()}
        mixed = sorted(letters & {"LATIN", "CYRILLIC", "GREEK"})
        if len(mixed) > 1:
            scripts = " and ".join(script.title() for script in mixed)
            notes.warnings.append(
                f"The part {label!r} of the host mixes {scripts} letters, which can imitate "
                "another name."
            )
        elif letters == {"CYRILLIC"} and _LATIN_TWINS.issuperset(c for c in label if c.isalpha()):
            notes.warnings.append(
                f"The part {label!r} of the host is Cyrillic, but every letter looks like a Latin "
                "one."
            )
