import base64
import gzip
import json
import socket
import ssl
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lumos_http_request import connection, exchange, http_request, redirects
from lumos_http_request.limits import Deadline, RequestError
from lumos_http_request.request import read_request, read_target
from lumos_http_request.text import read_body

HTML = ("Content-Type: text/html; charset=utf-8",)


def test_a_get_returns_status_headers_and_text(server):
    server.will_answer("200 OK", [*HTML, "X-Twice: a", "X-Twice: b"], "<p>é</p>".encode())
    response = http_request(f"{server.url}/page?x=1#part")
    assert (response.status, response.reason, response.url) == (200, "OK", f"{server.url}/page?x=1")
    assert (response.body, response.body_encoding, response.charset) == (
        "<p>é</p>",
        "text",
        "utf-8",
    )
    assert response.headers["x-twice"] == "a, b"
    assert (response.size, response.redirects) == (9, [])
    assert response.elapsed_ms > 0
    head = server.requests[0]
    assert head.startswith("GET /page?x=1 HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{server.port}\r\n" in head
    assert "content-length" not in head


def test_an_error_status_is_an_answer_too(server):
    server.will_answer("404 Not Found", HTML, b"nothing here")
    response = http_request(server.url)
    assert (response.status, response.body) == (404, "nothing here")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"name": "é"}', "application/json"),
        ("[1, 2]", "application/json"),
        ("{not json", "text/plain; charset=utf-8"),
        ("name=é", "text/plain; charset=utf-8"),
    ],
)
def test_a_body_is_sent_as_utf_8_with_a_fitting_type(server, body, content_type):
    server.will_answer("201 Created")
    assert http_request(server.url, "POST", body=body).status == 201
    head, _, sent = server.requests[0].partition("\r\n\r\n")
    assert sent.encode("latin-1").decode() == body
    assert f"content-type: {content_type}" in head
    assert f"content-length: {len(body.encode())}" in head


def test_the_callers_headers_replace_the_tools_own(server):
    server.will_answer()
    headers = {"User-Agent": "mine", "CONTENT-TYPE": "text/csv", "X-Name": "wert é"}
    http_request(server.url, "PUT", headers, "a,b")
    head = server.requests[0]
    assert "user-agent: mine\r\n" in head
    assert "content-type: text/csv\r\n" in head
    assert "x-name: wert é\r\n".encode() in head.encode("latin-1")
    assert "lumos" not in head


def test_a_post_without_a_body_says_so(server):
    server.will_answer()
    http_request(server.url, "POST")
    assert "content-length: 0\r\n" in server.requests[0]


def test_a_head_request_has_no_body(server):
    server.answers.append(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    response = http_request(server.url, "head")
    assert (response.status, response.size) == (200, 0)
    assert response.headers["content-length"] == "500"


def test_cookies_are_kept_apart(server):
    server.will_answer("200 OK", ["Set-Cookie: a=1; Expires=Thu, 01 Jan", "Set-Cookie: b=2"])
    assert http_request(server.url).headers["set-cookie"].split("\n")[1] == "b=2"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"long " * 1000)),
        ("x-gzip", gzip.compress(b"long " * 600) + gzip.compress(b"long " * 400)),
        ("deflate", zlib.compress(b"long " * 1000)),
        ("deflate", zlib.compress(b"long " * 1000)[2:-4]),
        ("identity", b"long " * 1000),
    ],
)
def test_compressed_answers_are_unpacked(server, encoding, packed):
    server.will_answer("200 OK", [f"Content-Encoding: {encoding}"], packed)
    assert http_request(server.url).body == "long " * 1000


def test_a_chunked_answer_is_put_together(server):
    server.answers.append(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    assert http_request(server.url).body == "abcde"


def test_an_answer_without_a_length_ends_with_the_connection(server):
    server.answers.append(b"HTTP/1.0 200 OK\r\n\r\nall of it")
    assert http_request(server.url).body == "all of it"


@pytest.mark.parametrize(
    ("status", "method", "followed_by"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
        (301, "DELETE", "DELETE"),
    ],
)
def test_redirects_are_followed_as_browsers_do(server, status, method, followed_by):
    server.will_answer(f"{status} Moved", ["Location: ../next?é"])
    server.will_answer("200 OK", HTML, b"" if method == "HEAD" else b"here")
    body = "data" if method in ("POST", "PUT") else ""
    response = http_request(f"{server.url}/a/b", method, body=body)
    assert response.url == f"{server.url}/next?%C3%A9"
    assert response.redirects == [f"{server.url}/a/b"]
    assert server.requests[1].startswith(f"{followed_by} /next?%C3%A9 ")
    assert server.requests[1].endswith("data") == (followed_by in ("POST", "PUT"))


def test_secrets_stay_with_the_host_they_were_meant_for(server):
    server.will_answer("302 Found", [f"Location: http://localhost:{server.port}/b"])
    server.will_answer("302 Found", [f"Location: http://localhost:{server.port}/c"])
    server.will_answer()
    headers = {"Authorization": "Bearer s", "X-Api-Key": "k", "Accept": "text/x"}
    http_request(f"{server.url}/a", headers=headers)
    assert "authorization: Bearer s" in server.requests[0]
    for request in server.requests[1:]:
        assert "Bearer" not in request
        assert "x-api-key" not in request
        assert "accept: text/x" in request


def test_a_redirect_to_the_same_host_keeps_the_headers(server):
    server.will_answer("302 Found", ["Location: /b"])
    server.will_answer()
    http_request(f"{server.url}/a", headers={"Authorization": "Bearer s"})
    assert "authorization: Bearer s" in server.requests[1]


def test_endless_redirects_are_stopped(server):
    for _ in range(10):
        server.will_answer("302 Found", ["Location: /again"])
    with pytest.raises(ValueError, match="redirects more than 5 times"):
        http_request(server.url)
    assert len(server.requests) == 6


@pytest.mark.parametrize("location", ["ftp://example.org/", "file:///etc/passwd", "http://a b/"])
def test_a_redirect_to_what_is_not_requested_is_refused(server, location):
    server.will_answer("302 Found", [f"Location: {location}"])
    with pytest.raises(ValueError, match=r"not one of http or https|holds blanks"):
        http_request(server.url)


def test_a_redirect_from_https_to_http_is_refused():
    request = read_request("GET", "https://example.org/", None, "")
    with pytest.raises(ValueError, match="redirects from https"):
        redirects._next(request, 302, "http://example.org/")


def test_a_public_server_cannot_redirect_into_a_private_network(server, monkeypatch):
    server.will_answer("302 Found", [f"Location: http://localhost:{server.port}/secret"])
    server.will_answer("200 OK", HTML, b"secret")
    answers = iter([True, False])
    monkeypatch.setattr(redirects, "is_public", lambda _: next(answers))
    with pytest.raises(ValueError, match="inside a private network"):
        http_request(server.url)
    assert len([request for request in server.requests if "secret" in request]) == 0


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("8.8.8.8", True),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("2606:4700::1111", True),
    ],
)
def test_addresses_are_told_apart(address, public):
    class Connected:
        def getpeername(self):
            return (address, 80)

    assert connection.is_public(Connected()) is public


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "not one of http or https"),
        ("example.org", "not one of http or https"),
        ("ftp://example.org/", "not one of http or https"),
        ("file:///etc/passwd", "not one of http or https"),
        ("http://", "names no host"),
        ("http://exa..mple.org/", "names no host"),
        (f"http://{'a' * 64}.org/", "names no host"),
        ("http://exa_mple!.org/", "names no host"),
        ("http://example.org:99999/", "malformed"),
        ("http://[::1/", "malformed"),
        ("http://example.org/a b", "Write a blank as %20"),
        ("http://example.org/\r\nX: y", "blanks or control characters"),
        ("http://example.org/" + "a" * 9000, "longer than 8000"),
        ("http://ada:pw@example.org/", "Authorization"),
    ],
)
def test_a_url_that_cannot_be_requested_is_refused(url, message):
    with pytest.raises(RequestError, match=message):
        read_target(url)


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("http://EXAMPLE.org", "http://example.org/"),
        ("https://example.org:443/x", "https://example.org/x"),
        ("http://example.org:443/x", "http://example.org:443/x"),
        ("http://münchen.de/ü?ü=1%20", "http://xn--mnchen-3ya.de/%C3%BC?%C3%BC=1%20"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
    ],
)
def test_a_url_is_written_in_ascii(url, written):
    assert read_target(url).url == written


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"X-A": "b\r\nX-Injected: c"}, "would begin a header of its own"),
        ({"X-A": "b\nc"}, "line break"),
        ({"X-A": "b\0"}, "control character"),
        ({"X-A": "b" * 9000}, "longer than 8000"),
        ({"X A": "b"}, "malformed"),
        ({"X-A:": "b"}, "malformed"),
        ({"": "b"}, "malformed"),
        ({"Naïve": "b"}, "malformed"),
        ({"Host": "evil.example"}, "belongs to the connection"),
        ({"content-length": "5"}, "belongs to the connection"),
        ({"Transfer-Encoding": "chunked"}, "belongs to the connection"),
        ({f"X-{n}": "" for n in range(101)}, "more than 100 headers"),
    ],
)
def test_headers_that_would_break_the_request_are_refused(headers, message):
    with pytest.raises(RequestError, match=message):
        read_request("GET", "http://example.org", headers, "")


@pytest.mark.parametrize(
    ("method", "body", "message"),
    [
        ("TRACE", "", "cannot be sent. Choose one of"),
        ("GET /x HTTP/1.1\r\nX: y", "", "cannot be sent"),
        ("GET", "data", "has no body"),
        ("POST", "x" * (10 * 1024 * 1024 + 1), "Send it in parts"),
    ],
)
def test_a_method_or_body_that_cannot_be_sent_is_refused(method, body, message):
    with pytest.raises(RequestError, match=message):
        read_request(method, "http://example.org", None, body)


def test_nothing_that_listens_is_told():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ValueError, match=r"Nothing answers at 127.0.0.1:\d+"):
        http_request(f"http://127.0.0.1:{port}/")


def test_a_host_that_does_not_exist_is_told(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ValueError, match=r"'nowhere.invalid' cannot be found"):
        http_request("http://nowhere.invalid/")


def test_an_untrusted_certificate_is_told(monkeypatch, server):
    def refuse(*_, **__):
        error = ssl.SSLCertVerificationError("certificate verify failed")
        error.verify_message = "self-signed certificate"
        raise error

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", refuse)
    with pytest.raises(ValueError, match=r"No secure connection to .*: self-signed certificate"):
        http_request(server.url.replace("http:", "https:"))


def test_a_plain_server_on_an_https_address_is_told(server):
    server.answers.append(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(ValueError, match=r"No secure connection|did not answer|broke"):
        http_request(server.url.replace("http:", "https:"))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"", "does not answer in HTTP|broke"),
        (b"SSH-2.0-OpenSSH\r\n", "does not answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "does not answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000 + b"\r\n\r\n", "does not answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "ended after 3 of 10 bytes"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nabc", "larger than 10,485,760"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nabc", "in the encoding 'br'"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nabc", "not compressed as its headers"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"abc" * 99)[:-9],
            "ends too early",
        ),
    ],
)
def test_an_answer_that_is_broken_is_told(server, answer, message):
    server.answers.append(answer)
    with pytest.raises(ValueError, match=message):
        http_request(server.url)


def test_a_compressed_bomb_is_stopped(server):
    bomb = gzip.compress(b"\0" * (64 * 1024 * 1024))
    server.will_answer("200 OK", ["Content-Encoding: gzip"], bomb)
    with pytest.raises(ValueError, match="larger than"):
        http_request(server.url)


def test_an_endless_answer_is_stopped(server):
    def endless(to):
        to.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            to.sendall(b"x" * 65536)

    server.answers.append(endless)
    with pytest.raises(ValueError, match="larger than"):
        http_request(server.url)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"])
def test_a_server_that_drips_is_cut_off(server, monkeypatch, start):
    def drip(to):
        to.sendall(start)
        for _ in range(100):
            to.sendall(b"H")
            time.sleep(0.05)

    server.answers.append(drip)
    monkeypatch.setattr(redirects, "Deadline", lambda: Deadline(0.4))
    started = time.monotonic()
    with pytest.raises(ValueError, match="did not answer within 30 seconds"):
        http_request(server.url)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("body", "content_type", "text", "charset"),
    [
        ("é".encode(), "text/plain", "é", "utf-8"),
        (b"\xef\xbb\xbfx", "application/json", "x", "utf-8"),
        ("é".encode("latin-1"), "text/html; charset=ISO-8859-1", "é", "iso8859-1"),
        ("日本".encode("shift_jis"), 'text/html; charset="Shift_JIS"', "日本", "shift_jis"),
        ("é".encode("latin-1"), "text/html", "é", "cp1252"),
        ("é".encode(), "text/html; charset=unknown-8bit", "é", "utf-8"),
        (b"abc", "text/html; charset=zlib", "abc", "utf-8"),
        (b"\\ud800", "text/html; charset=unicode_escape", "\\ud800", "utf-8"),
        (b"plain words", "", "plain words", "utf-8"),
        (b'{"a": 1}', "application/problem+json", '{"a": 1}', "utf-8"),
        (b"", "image/png", "", "utf-8"),
    ],
)
def test_text_is_recognized(body, content_type, text, charset):
    assert read_body(body, content_type) == (text, charset)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"\x89PNG\r\n\x1a\n\0", "image/png"), (b"a\0b", "application/octet-stream"), (b"\xff", "")],
)
def test_what_is_not_text_is_given_as_base64(body, content_type):
    text, charset = read_body(body, content_type)
    assert (base64.b64decode(text), charset) == (body, "")


@given(st.binary(max_size=50), st.text(max_size=40))
def test_any_body_becomes_text_that_json_can_hold(body, content_type):
    text, charset = read_body(body, content_type)
    json.dumps(text, ensure_ascii=False).encode()
    assert charset or base64.b64decode(text) == body


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_no_url_or_header_can_break_out_of_its_line(url, name, value):
    try:
        request = read_request("GET", f"http://example.org/{url}", {name: value}, "")
    except RequestError:
        return
    lines = [request.target.url, *exchange._all_headers(request).values()]
    assert not any(character in line for line in lines for character in "\r\n\0")
