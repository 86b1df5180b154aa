import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lumos_url_validator import url_validator


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://example.org:8080/a/b;c=1?x=1&y=%20#frag/?",
        "https://user:pw@sub.example.co.uk/",
        "https://127.0.0.1/",
        "https://[2001:db8::1]:8443/x",
        "https://[v1.fe80]/",
        "https://xn--mnchen-3ya.de/",
        "https://münchen.de/straße",
        "https://example.org./",
        "ws://localhost/socket",
        "ftp://ftp.example.org/file.txt;type=a",
        "mailto:ada@example.org",
        "urn:isbn:0451450523",
        "tel:911",
        "file:///etc/hosts",
        "data:text/plain,hello%20world",
        "soap.beep://stockquoteserver.example.com/StockQuote",
        "a:",
    ],
)
def test_valid_urls_are_valid(url):
    report = url_validator(url)
    assert (report.valid, report.errors) == (True, [])
    assert report.normalized


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "There is no scheme"),
        ("example.org/path", "There is no scheme"),
        ("//example.org", "There is no scheme"),
        ("localhost:8000", "looks like a host with a port"),
        ("example.org:443/x", "looks like a host with a port"),
        ("1http://example.org", "The scheme '1http' is malformed"),
        ("ht tp://example.org", "is malformed"),
        (" https://example.org", "blanks before or after"),
        ("https://example.org\n", "blanks before or after"),
        ("https:/example.org", "need two slashes"),
        ("https:example.org", "need two slashes"),
        ("https://", "There is no host"),
        ("https:///path", "There is no host"),
        ("https://:443/", "There is no host"),
        ("https://a b.org/", "a space, which may not stand there"),
        ("https://example.org/a b", "a space, which must be written %20"),
        ("https://example.org/a\\b", "a backslash, which must be written %5C"),
        ("https://example.org/{id}", "the character {, which must be written %7B"),
        ("https://example.org/?q=\x07", "the control character U\\+0007"),
        ("https://example.org/#a#b", "the character #"),
        ("https://example.org/50%", "Write a literal percent sign as %25"),
        ("https://example.org/%zz", "percent sign"),
        ("https://a@b@example.org/", 'two "@" before the host'),
        ("https://exa..mple.org", "empty part between two dots"),
        ("https://.example.org", "empty part between two dots"),
        ("https://-a.org", "begins or ends with a hyphen"),
        ("https://a-.org", "begins or ends with a hyphen"),
        (f"https://{'a' * 64}.org", "DNS allows 63"),
        (f"https://{'a.' * 130}org", "more than 253 characters"),
        ("https://a,b.org", "letters, digits and hyphens"),
        ("https://256.1.1.1", "must be an IPv4 address"),
        ("https://1.2.3", "must be an IPv4 address"),
        ("https://0x7f.0.0.1", "must be an IPv4 address"),
        ("https://0177.0.0.1", "must be an IPv4 address"),
        ("https://2130706433", "must be an IPv4 address"),
        ("https://[::1", "not an IPv6 address"),
        ("https://[1.2.3.4]", "not an IPv6 address"),
        ("https://[::1]x", "not an IPv6 address"),
        ("https://::1/", "The port .* square brackets"),
        ("https://example.org:65536", "not a number from 0 to 65535"),
        ("https://example.org:80a", "not a number from 0 to 65535"),
        ("https://example.org:٨٠", "not a number from 0 to 65535"),
        ("https://xn--a.org", "IDNA 2008"),
        ("https://☃.net", "IDNA 2008"),
        ("https://a\u200db.org", "IDNA 2008"),
        ("https://ex%ff.org", "not UTF-8"),
        ("https://example.org/" + "a" * 9000, "need not take more than 8,000"),
    ],
)
def test_invalid_urls_say_why(url, reason):
    report = url_validator(url)
    assert not report.valid
    assert report.normalized == ""
    assert any(re.search(reason, error) for error in report.errors)


def test_every_reason_is_told_at_once():
    report = url_validator("https://a..b:99999/%/x y")
    assert len(report.errors) == 4


def test_the_parts_are_told():
    report = url_validator("HTTPS://Ada:pw@Example.ORG:8443/a/b?x=1#top")
    assert (report.scheme, report.username, report.has_password) == ("https", "Ada", True)
    assert (report.host, report.host_type, report.port) == ("example.org", "domain", 8443)
    assert (report.path, report.query, report.fragment) == ("/a/b", "x=1", "top")


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("http://a.org", 80),
        ("https://a.org", 443),
        ("ws://a.org", 80),
        ("ftp://a.org", 21),
        ("urn:x:y", None),
        ("https://a.org:", 443),
        ("https://a.org:0", 0),
    ],
)
def test_the_usual_port_is_told_where_none_is_written(url, port):
    assert url_validator(url).port == port


@pytest.mark.parametrize(
    ("url", "normalized"),
    [
        ("HTTP://EXAMPLE.org:80", "http://example.org/"),
        ("https://example.org:443/%7eada/%c3%a9", "https://example.org/~ada/%C3%A9"),
        ("https://example.org/a/./b/../c/..", "https://example.org/a/"),
        ("https://example.org/../../x", "https://example.org/x"),
        ("https://example.org/%2e%2e/x", "https://example.org/x"),
        ("https://example.org/a%2Fb", "https://example.org/a%2Fb"),
        ("https://example.org?", "https://example.org/?"),
        ("https://münchen.de/ü?ü#ü", "https://xn--mnchen-3ya.de/%C3%BC?%C3%BC#%C3%BC"),
        ("https://faß.de", "https://xn--fa-hia.de/"),
        ("https://ＥＸＡＭＰＬＥ。org", "https://example.org/"),
        ("https://[2001:DB8:0:0:0:0:0:1]/", "https://[2001:db8::1]/"),
        ("https://ex%41mple.org", "https://example.org/"),
        ("URN:ISBN:0451450523", "urn:ISBN:0451450523"),
        ("file:///a/../b", "file:///b"),
    ],
)
def test_the_normal_form_is_that_of_rfc_3986(url, normalized):
    assert url_validator(url).normalized == normalized


def test_international_hosts_are_shown_as_people_read_them():
    report = url_validator("https://XN--MNCHEN-3YA.de/")
    assert (report.host, report.valid) == ("münchen.de", True)


@pytest.mark.parametrize(
    ("url", "warning"),
    [
        ("https://u:p@example.org", "holds a password"),
        ("https://google.com@evil.example", "looks like a host"),
        ("https://localhost/", "is this machine"),
        ("https://intranet/", "has no dot"),
        ("https://127.0.0.1/", "a loopback address"),
        ("https://10.1.2.3/", "a private address"),
        ("https://169.254.169.254/", "a link-local address"),
        ("https://0.0.0.0/", "the unspecified address"),
        ("https://[::1]/", "a loopback address"),
        ("https://[fe80::1%25eth0]/", "a link-local address"),
        ("https://a_b.example.org/", "an underscore"),
        ("https://example.org:/", "no port"),
        ("https://example.org:0/", "port 0"),
        ("https://example.org/ü", "beyond ASCII"),
        ("https://ex%41mple.org", "percent-encoded"),
        ("https://g\u043e\u043egle.com", "mixes Cyrillic and Latin"),
        ("https://xn--80ak6aa92e.com", "every letter looks like a Latin one"),
    ],
)
def test_odd_but_valid_urls_come_with_a_warning(url, warning):
    report = url_validator(url)
    assert report.valid
    assert any(warning in text for text in report.warnings)


def test_names_in_a_foreign_alphabet_need_no_warning():
    assert url_validator("https://пример.рф/").warnings == []
    assert url_validator("https://例え.jp/").warnings == []


@given(st.text(max_size=60))
def test_any_text_gets_a_verdict_with_reasons(text):
    report = url_validator(text)
    assert report.valid == (not report.errors)
    assert bool(report.normalized) == report.valid


parts = st.text(alphabet="ab.-%2e/:@?#[]1é_~ ", max_size=20)


@given(parts, parts, parts)
def test_the_normal_form_is_valid_and_stays_as_it_is(host, path, query):
    report = url_validator(f"https://{host}/{path}?{query}")
    if report.valid:
        again = url_validator(report.normalized)
        assert again.errors == []
        assert again.normalized == report.normalized
        assert urlsplit(report.normalized).hostname
