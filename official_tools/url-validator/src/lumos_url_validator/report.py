"""The function: a URL in, whether it is valid and why not out."""

from __future__ import annotations

from dataclasses import dataclass

from lumos_url_validator.grammar import Notes, Parts, check_characters, split
from lumos_url_validator.host import Host, read_host
from lumos_url_validator.normal import normal_path, normal_text

__all__ = ["MAX_LENGTH", "UrlReport", "url_validator"]

MAX_LENGTH = 8000
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
_MAX_PORT = 65535


@dataclass(frozen=True)
class UrlReport:
    """What there is to say about a URL.

    Attributes:
        valid: Whether it is a valid absolute URL.
        errors: Why it is not; empty if it is.
        warnings: What is allowed but odd or risky.
        normalized: The URL in its normal form, with the host in ASCII; empty if it is not valid.
        scheme: The scheme in lower case.
        username: The name before the host, as it is written.
        has_password: Whether a password stands there too.
        host: The host as people read it, in lower case.
        host_type: domain, ipv4, ipv6, ipvfuture, name (of a scheme without DNS) or none.
        port: The port that is written, or else the usual one of the scheme.
        path: The path as it is written.
        query: The query without its question mark.
        fragment: The fragment without its number sign.
    """

    valid: bool
    errors: list[str]
    warnings: list[str]
    normalized: str
    scheme: str
    username: str
    has_password: bool
    host: str
    host_type: str
    port: int | None
    path: str
    query: str
    fragment: str


@dataclass(frozen=True)
class _Authority:
    user: str
    host: Host
    port: int | None


def url_validator(url: str) -> UrlReport:
    """Check whether a text is a valid absolute URL, and say why not.

    Follows RFC 3986. Hosts of http, https, ws, wss and ftp must be IP addresses or names by the
    rules of DNS and IDNA 2008. Characters beyond ASCII are accepted with a warning, because
    programs encode them; nothing is looked up in the network.

    Args:
        url: The text that should be a URL, such as https://example.org/path.

    Returns:
        The verdict with its reasons, the parts of the URL and its normal form.
    """
    notes = Notes([], [])
    if len(url) > MAX_LENGTH:
        notes.errors.append(
            f"The URL has {len(url):,} characters; servers need not take more than {MAX_LENGTH:,}."
        )
        url = url[:MAX_LENGTH]
    if url != url.strip():
        notes.errors.append("There are blanks before or after the URL. Remove them.")
        url = url.strip()
    parts = split(url, notes)
    scheme = parts.scheme.lower()
    authority = _read_authority(scheme, parts, notes)
    for name, text in (("path", parts.path), ("query", parts.query), ("fragment", parts.fragment)):
        check_characters(name, text or "", notes)
    if parts.authority is None and scheme in _DEFAULT_PORTS:
        notes.errors.append(f"{scheme} URLs need two slashes and a host: {scheme}://example.org.")
    name, colon, _ = authority.user.partition(":")
    return UrlReport(
        valid=not notes.errors,
        errors=notes.errors,
        warnings=notes.warnings,
        normalized="" if notes.errors else _normalized(scheme, parts, authority),
        scheme=scheme,
        username=name,
        has_password=bool(colon),
        host=authority.host.name,
        host_type=authority.host.kind,
        port=authority.port if authority.port is not None else _DEFAULT_PORTS.get(scheme),
        path=parts.path,
        query=parts.query or "",
        fragment=parts.fragment or "",
    )


def _read_authority(scheme: str, parts: Parts, notes: Notes) -> _Authority:
    if parts.authority is None:
        return _Authority("", Host("", "", "none"), None)
    user, at, rest = parts.authority.rpartition("@")
    if at:
        _check_user(user, notes)
    host, port = _split_port(rest)
    is_domain = scheme in _DEFAULT_PORTS
    if not host and is_domain:
        notes.errors.append(f"There is no host. Write one: {scheme}://example.org.")
        return _Authority(user, Host("", "", "none"), _read_port(port, notes))
    found = read_host(host, is_domain=is_domain, notes=notes)
    return _Authority(user, found, _read_port(port, notes))


def _check_user(user: str, notes: Notes) -> None:
    if "@" in user:
        notes.errors.append('There are two "@" before the host. Write the first one as %40.')
    check_characters("user information", user.replace("@", ""), notes)
    if ":" in user:
        notes.warnings.append("The URL holds a password, which logs and histories will show.")
    if "." in user:
        notes.warnings.append(
            'What stands before the "@" is a user name, though it looks like a host.'
        )


def _split_port(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        host, bracket, rest = text.partition("]")
        return host + bracket + (rest if not rest.startswith(":") else ""), (
            rest[1:] if rest.startswith(":") else None
        )
    host, colon, port = text.partition(":")
    return host, port if colon else None


def _read_port(text: str | None, notes: Notes) -> int | None:
    if text is None:
        return None
    if not text:
        notes.warnings.append("There is a colon behind the host, but no port.")
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 10 or int(text) > _MAX_PORT:
        notes.errors.append(
            f"The port {text[:20]!r} is not a number from 0 to {_MAX_PORT}. IPv6 addresses need "
            "square brackets."
        )
        return None
    if int(text) == 0:
        notes.warnings.append("The port 0 cannot be connected to.")
    return int(text)


def _normalized(scheme: str, parts: Parts, authority: _Authority) -> str:
    text = f"{scheme}:"
    path = normal_text(parts.path)
    if parts.authority is not None:
        user = f"{normal_text(authority.user)}@" if authority.user else ""
        port = authority.port
        shown = "" if port in (None, _DEFAULT_PORTS.get(scheme)) else f":{port}"
        text += f"//{user}{authority.host.ascii}{shown}"
        path = normal_path(parts.path) or ("/" if scheme in _DEFAULT_PORTS else "")
    text += path
    text += "" if parts.query is None else f"?{normal_text(parts.query)}"
    return text + ("" if parts.fragment is None else f"#{normal_text(parts.fragment)}")
