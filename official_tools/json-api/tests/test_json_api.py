import json

import pytest
from lumos_json_api import json_api
from lumos_json_api.outgoing import with_query


def test_an_answer_is_parsed(api):
    api.will_answer({"items": [1, 2.5, None, "é"]})
    response = json_api(f"{api.url}/items")
    assert (response.status, response.ok) == (200, True)
    assert response.data == {"items": [1, 2.5, None, "é"]}
    assert (response.text, response.url) == ("", f"{api.url}/items")
    method, path, headers, _ = api.calls[0]
    assert (method, path, headers["accept"]) == ("GET", "/items", "application/json")
    assert "authorization" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("data", [{"name": "é"}, [1, 2], "text", 0, False])
def test_data_is_sent_as_json(api, method, data):
    json_api(api.url, method, data)
    sent_method, _, headers, body = api.calls[0]
    assert (sent_method, json.loads(body)) == (method, data)
    assert headers["content-type"] == "application/json"


def test_without_data_nothing_is_sent(api):
    json_api(api.url, "POST")
    _, _, headers, body = api.calls[0]
    assert (body, headers["content-length"]) == ("", "0")
    assert "content-type" not in headers


def test_with_get_data_becomes_the_query(api):
    json_api(f"{api.url}/search?sort=up", data={"q": "a b&c", "tag": ["x", "y"], "deep": True})
    assert api.calls[0][1] == "/search?sort=up&q=a+b%26c&tag=x&tag=y&deep=true"


@pytest.mark.parametrize(
    ("data", "url"),
    [
        ({}, "https://a.org/"),
        ({"a": None}, "https://a.org/"),
        ({"a": 1.5}, "https://a.org/?a=1.5"),
        ({"ä": "ö"}, "https://a.org/?%C3%A4=%C3%B6"),
    ],
)
def test_queries_are_encoded(data, url):
    assert with_query("https://a.org/", data) == url


@pytest.mark.parametrize("token", ["abc.DEF-123", "Bearer abc.DEF-123", "  bearer abc.DEF-123 "])
def test_a_token_is_sent_as_bearer(api, token):
    json_api(api.url, auth_token=token)
    assert api.calls[0][2]["authorization"] == "Bearer abc.DEF-123"


def test_an_error_status_is_an_answer_with_its_data(api):
    api.will_answer({"title": "Not found"}, 404, "application/problem+json")
    response = json_api(api.url)
    assert (response.status, response.ok) == (404, False)
    assert response.data == {"title": "Not found"}


def test_an_error_that_is_no_json_gives_its_text(api):
    api.will_answer(b"<h1>Bad gateway</h1>" + b"x" * 5000, 502, "text/html")
    response = json_api(api.url)
    assert (response.ok, response.data) == (False, None)
    assert response.text.startswith("<h1>Bad gateway</h1>")
    assert len(response.text) == 2000


def test_an_error_that_is_not_even_text_is_left_out(api):
    api.will_answer(b"\xff\0", 500, "image/png")
    assert json_api(api.url).text == ""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_empty_answer_is_null(api, method):
    api.will_answer(b"", 200)
    assert json_api(api.url, method).data is None


def test_headers_of_the_answer_are_told(api):
    assert json_api(api.url).headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("answer", "content_type", "message"),
    [
        (b"<!doctype html>", "text/html", "answers 200 with text/html, which is not JSON"),
        (b'{"a": 1', "application/json", r"not JSON .*Check the URL"),
        (b"[NaN]", "application/json", "JSON has no NaN"),
        (b"[1e999]", "application/json", "larger than any double"),
        (b'["\\ud800"]', "application/json", "half of a surrogate pair"),
        (b"[" * 200_000, "application/json", "not JSON"),
        (b"\xff\0", "image/png", "it is not text"),
    ],
)
def test_a_success_that_is_no_json_is_an_error(api, answer, content_type, message):
    api.will_answer(answer, 200, content_type)
    with pytest.raises(ValueError, match=message):
        json_api(api.url)


def test_json_in_another_encoding_is_read(api):
    api.will_answer('"é"'.encode("utf-16"), 200, "application/json; charset=utf-16")
    assert json_api(api.url).data == "é"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"url": "example.org"}, "not one of http or https"),
        ({"url": "https://[::1", "data": {}}, "malformed"),
        ({"url": "https://[::1", "auth_token": "abc"}, "malformed"),
        ({"url": "https://a.org", "method": "TRACE"}, "Choose one of"),
        ({"url": "https://a.org", "data": [1]}, "must be an object"),
        ({"url": "https://a.org", "data": {"a": {"b": 1}}}, "Flatten it"),
        ({"url": "https://a.org", "data": {"a": [[1]]}}, "Flatten it"),
        ({"url": "https://a.org", "method": "POST", "data": {1, 2}}, "as JSON"),
        ({"url": "https://a.org", "method": "POST", "data": float("nan")}, "as JSON"),
        ({"url": "https://a.org", "auth_token": "a b"}, "copied whole"),
        ({"url": "https://a.org", "auth_token": "a\r\nX: y"}, "copied whole"),
        ({"url": "https://a.org", "auth_token": "clé"}, "copied whole"),
        ({"url": "http://a.org", "auth_token": "abc"}, "Use https"),
        ({"url": "http://127.0.0.1.a.org", "auth_token": "abc"}, "Use https"),
    ],
)
def test_a_call_that_cannot_be_made_is_refused_before_anything_is_sent(arguments, message):
    with pytest.raises(ValueError, match=message):
        json_api(**arguments)


def test_the_token_is_never_repeated_in_an_error():
    with pytest.raises(ValueError, match="Use https") as error:
        json_api("http://a.org", auth_token="very-secret")
    assert "very-secret" not in str(error.value)
