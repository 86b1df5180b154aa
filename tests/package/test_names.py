"""Names: their form, what is reserved, what they resemble."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from lumos.package.names.tools import (
    _POPULAR,
    RESERVED_NAMES,
    RESERVED_NAMESPACES,
    InvalidName,
    ToolName,
    canonical,
    check_name,
    check_namespace,
    fold,
    is_popular,
)

ORDINARY = """
    demo acme alice bob charlie carol eve mallory example hello my team company corp widgets
    globex initech weather search9 contoso partner studio labs dev data math foo bar evil
"""

TAKEN = """
    lumos django google scikit aws azure flask pytest requests numpy pandas types
    opentelemetry microsoft openai api admin simple files index static docs tools accounts
    login mcp
"""

OFFICIAL = """
    http-request web-scraper json-api url-validator web-search file-reader file-writer
    directory-lister file-info file-manager json-parser csv-parser data-transformer
    excel-reader pdf-parser data-validator data-cleaner enhanced-data-transformer
    schema-generator datetime uuid-generator hash-generator code-executor calculator
    statistics image-analyzer text-summarizer sentiment-analyzer translation-tool ocr-tool
    sql-executor mongodb-client redis-client elasticsearch-client email-sender
    slack-messenger webhook-caller sms-sender
"""


def test_a_name_is_one_thing_in_every_form() -> None:
    tool = ToolName.parse("acme/web-search")
    assert (tool.namespace, tool.name) == ("acme", "web-search")
    assert tool.distribution == "acme-web-search"
    assert tool.import_package == "acme_web_search"
    assert str(tool) == "acme/web-search"
    assert ToolName.from_distribution(tool.distribution) == tool
    assert ToolName.from_distribution("Acme_Web.search") == tool


def test_a_bare_name_is_official() -> None:
    assert ToolName.parse("web-search") == ToolName("lumos", "web-search")


def test_names_are_ordered_and_hashable() -> None:
    names = {ToolName.parse(text) for text in ("bb/a", "aa/c", "aa/b", "aa/b")}
    assert [str(name) for name in sorted(names)] == ["aa/b", "aa/c", "bb/a"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "acme/",
        "/web",
        "a/web",
        "Acme/web",
        "ac-me/web",
        "1acme/web",
        "acme/Web",
        "acme/web_search",
        "acme/-web",
        "acme/web-",
        "acme/web--search",
        "acme/1web",
        "acme/web/search",
        "acme/web search",
        "acme/wéb",
        "acme/web\n",
        "acme/" + "a" * 65,
        "a" * 40 + "/web",
    ],
)
def test_malformed_names_are_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(InvalidName, match="Try"):
        ToolName.parse(text)


def test_a_distribution_without_a_hyphen_has_no_namespace() -> None:
    with pytest.raises(InvalidName, match="namespace"):
        ToolName.from_distribution("websearch")


@pytest.mark.parametrize("text", ["acme/" + "a" * 64, "ab/x", "a" * 39 + "/x", "acme/a1-2-b"])
def test_names_at_the_limits_are_accepted(text: str) -> None:
    assert str(ToolName.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ORDINARY.split(),
)
def test_ordinary_namespaces_may_be_taken(text: str) -> None:
    assert check_namespace(text) == text


@pytest.mark.parametrize(
    "text",
    TAKEN.split(),
)
def test_words_of_ours_and_of_popular_packages_are_reserved(text: str) -> None:
    assert text in RESERVED_NAMESPACES
    with pytest.raises(InvalidName, match="reserved"):
        check_namespace(text)


def test_the_official_namespace_is_for_the_marketplace() -> None:
    assert check_namespace("lumos", official=True) == "lumos"
    with pytest.raises(InvalidName):
        check_namespace("django", official=True)


@pytest.mark.parametrize(
    "text", ["cli", "sdk", "search", "tools", "publish", "api", "new", "healthz"]
)
def test_words_of_routes_and_commands_are_no_tools(text: str) -> None:
    assert text in RESERVED_NAMES
    with pytest.raises(InvalidName, match="reserved"):
        check_name(text)


@pytest.mark.parametrize(
    "text",
    OFFICIAL.split(),
)
def test_the_official_tools_may_have_their_names(text: str) -> None:
    tool = ToolName.parse(check_name(text))
    assert not is_popular(tool.distribution)
    assert not is_popular(tool.import_package)


@pytest.mark.parametrize(
    "name",
    ["requests", "Requests", "google-auth", "google_auth", "scikit.learn", "python-dateutil"],
)
def test_popular_distributions_are_known_in_every_spelling(name: str) -> None:
    assert is_popular(name)


def test_the_committed_list_is_canonical() -> None:
    lines = _POPULAR.read_text("utf-8").splitlines()
    names = [line for line in lines if not line.startswith("#")]
    assert len(names) > 10_000
    assert all(name == canonicalize_name(name) for name in names)


def test_unknown_distributions_are_not_popular() -> None:
    assert not is_popular("acme-web-search")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("web-search", "websearch"),
        ("web-search", "web_search"),
        ("web-search", "Web.Search"),
        ("tool1", "tooll"),
        ("tooi", "tool"),
        ("c0de", "code"),
        ("rnodern", "modern"),
        ("vveb", "web"),
        ("pаypal", "paypal"),
        ("раураӏ", "paypal"),
        ("ｗｅｂ", "web"),
        ("café", "cafe"),
    ],
)
def test_names_that_the_eye_takes_for_one_another_fold_to_one(first: str, second: str) -> None:
    assert fold(first) == fold(second)


@pytest.mark.parametrize(
    ("first", "second"), [("web-search", "web-research"), ("a/bc", "ab/c"), ("cat", "car")]
)
def test_other_names_stay_apart(first: str, second: str) -> None:
    assert fold(first) != fold(second)


@pytest.mark.parametrize("spelled", ["Acme_Hello", "acme.hello", "ACME--hello", "acme-hello"])
def test_names_are_normalized_as_pep_503_says(spelled: str) -> None:
    assert canonical(spelled) == "acme-hello"
