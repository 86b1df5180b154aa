"""Every page that a visitor can reach, over tools that went live through the pipeline."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from catalog import render
from catalog.models import Release, Tool, ToolStatus
from catalog.shapes import ToolCard
from lumos.package.quality import SCORES, Scores
from marketplace.guide import PAGES
from marketplace.queries import new_to
from tests.site.releases import publish_without_checks
from tests.support import Person
from tests.support.jobs import live_tool

TABS = ("", "functions/", "versions/", "quality/", "security/", "dependencies/", "reviews/")


def text_of(response: Any) -> str:
    """The words of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_home_page_shows_rows_totals_and_categories(hello: Release, visit: Client) -> None:
    Tool.objects.update(downloads_30d=1)
    page = text_of(visit.get("/"))
    for words in ("Trending", "Recently published", "Best measured", "1 Tools", "Utilities 1"):
        assert words in page


def test_nothing_trends_that_nobody_installed(hello: Release, visit: Client) -> None:
    page = text_of(visit.get("/"))
    assert "Trending" not in page
    assert "Recently published" in page


def test_an_empty_marketplace_names_the_next_step(visit: Client) -> None:
    assert "No tools yet" in text_of(visit.get("/"))


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_of_a_tool_has_its_own_address(tab: str, hello: Release, visit: Client) -> None:
    response = visit.get(f"/tools/demo/hello/{tab}")
    assert response.status_code == 200
    assert re.search(
        rf'href="/tools/demo/hello/{tab}" aria-current="page"', response.content.decode()
    )


def test_a_tool_page_shows_what_one_needs_to_judge_it(hello: Release, visit: Client) -> None:
    page = text_of(visit.get("/tools/demo/hello/"))
    for words in (
        "lumos add tool demo/hello",
        "uv add --index http://127.0.0.1:8000/simple/ demo-hello",
        "pip install --index-url http://127.0.0.1:8000/simple/ demo-hello",
        "mcpServers",
        "It declares none, and needs none.",
        "SHA-256",
        "MIT",
    ):
        assert words in page, words


def test_a_tool_page_names_others_for_the_same_work(
    hello: Release, visit: Client, tmp_path: Path
) -> None:
    publish_without_checks(tmp_path, tool="demo/greeter")
    page = visit.get("/tools/demo/hello/").content.decode()
    rail = page[page.index("Similar tools") :]
    assert 'href="/tools/demo/greeter/"' in rail
    assert 'href="/tools/demo/hello/"' not in rail


def test_a_wide_table_can_be_scrolled_with_the_keyboard(
    cast: dict[str, Person], visit: Client, tmp_path: Path
) -> None:
    publish_without_checks(tmp_path, readme="# Hello\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert '<table tabindex="0">' in visit.get("/tools/demo/hello/").content.decode()


def test_pip_is_never_sent_to_two_indexes_for_a_tool_with_packages_from_elsewhere(
    cast: dict[str, Person], tmp_path: Path, visit: Client
) -> None:
    release = publish_without_checks(tmp_path, dependencies=["openpyxl>=3.1"])
    page = text_of(visit.get("/tools/demo/hello/"))
    assert f"pip install {settings.SITE_URL}/{release.file_key}#sha256={release.sha256}" in page
    assert "--extra-index-url" not in page


def test_functions_are_documented_with_signature_parameters_and_examples(
    hello: Release, visit: Client
) -> None:
    page = text_of(visit.get("/tools/demo/hello/functions/"))
    for words in ("Whom to greet.", "required", "default 1", "One greeting", "read-only"):
        assert words in page, words


def test_the_quality_tab_shows_every_factor_with_its_evidence(
    alice: Person, visit: Client, tmp_path: Path
) -> None:
    live_tool(alice, tmp_path)
    page = text_of(visit.get("/tools/demo/hello/quality/"))
    report = Tool.objects.get(name="hello").latest.quality.report  # type: ignore[union-attr]
    for score in report["scores"].values():
        for factor in score["factors"]:
            assert factor["title"] in page
            assert factor["evidence"][:40] in page.replace("&#x27;", "'")
    for words in ("How it was measured", "Cold start", "One greeting", "Passed in the sandbox"):
        assert words in page + text_of(visit.get("/tools/demo/hello/functions/")), words


def test_each_release_keeps_its_own_page(hello: Release, visit: Client, tmp_path: Path) -> None:
    publish_without_checks(tmp_path, version="1.1.0")
    old = text_of(visit.get("/tools/demo/hello/1.0.0/"))
    assert "You are viewing 1.0.0" in old
    assert "lumos add tool demo/hello@1.0.0" in old
    assert "demo-hello==1.0.0" in old
    assert visit.get("/tools/demo/hello/1.0.0/quality/").status_code == 200
    assert visit.get("/tools/demo/hello/9.9.9/").status_code == 404


def test_a_yank_shows_its_reason(hello: Release, alice: Person, visit: Client) -> None:
    alice.yank("demo/hello", "1.0.0", "It greets the wrong person.")
    assert "It greets the wrong person." in text_of(visit.get("/tools/demo/hello/"))
    assert "It greets the wrong person." in text_of(visit.get("/tools/demo/hello/versions/"))


@pytest.mark.parametrize("status", [ToolStatus.QUARANTINED, ToolStatus.DELETED])
def test_a_hidden_tool_looks_like_one_that_never_was(
    status: str, hello: Release, visit: Client
) -> None:
    Tool.objects.update(status=status)
    for path in ("/tools/demo/hello/", "/tools/demo/hello/quality/", "/publishers/demo/"):
        assert visit.get(path).status_code == 404


def test_a_misspelled_name_leads_to_the_nearest(hello: Release, visit: Client) -> None:
    response = visit.get("/tools/demo/helo/")
    assert response.status_code == 404
    assert "There is no tool demo/helo." in text_of(response)
    assert "/tools/demo/hello/" in response.content.decode()


def test_search_finds_by_words_and_filters_by_category(hello: Release, visit: Client) -> None:
    assert "demo/ hello" in text_of(visit.get("/search?q=hello"))
    assert "demo/ hello" in text_of(visit.get("/search?category=utility&sort=created"))
    assert "No tools found" in text_of(visit.get("/search?q=zzzqqq"))
    assert visit.get("/search?category=nonsense").status_code == 422
    assert visit.get("/search?page=abc&sort=downloads").status_code == 200


def test_a_misspelled_search_asks_whether_the_nearest_name_was_meant(
    hello: Release, visit: Client
) -> None:
    for typed in ("helllo", "demo/helllo"):
        page = visit.get("/search", {"q": typed}).content.decode()
        assert re.search(r'Did you mean <a class="mono" href="/tools/demo/hello/">', page), typed
    for typed in ("hello", "zzzqqq", ""):
        assert "Did you mean" not in visit.get("/search", {"q": typed}).content.decode()


def test_a_search_without_result_leads_to_the_categories(hello: Release, visit: Client) -> None:
    page = visit.get("/search", {"q": "zzzqqq"}).content.decode()
    assert 'href="/search?category=utility"' in page
    assert 'aria-current="true"' not in page.split("</nav>")[1]


def test_the_best_measured_are_others_than_the_trending_where_they_are_as_good(
    hello: Release,
) -> None:
    shape = render.card(hello.tool)

    def card(name: str, overall: int) -> ToolCard:
        scores = Scores(**{**dict.fromkeys(SCORES), "overall": overall})
        return replace(shape, tool=name, gate_passed=True, scores=scores)

    found = [card(name, 100) for name in "abcdef"]
    assert [row.tool for row in new_to(found[:3], found)] == ["d", "e", "f"]
    worse = [card("a", 100), *(card(name, 90) for name in "bcdef")]
    assert [row.tool for row in new_to(worse[:3], worse)] == ["a", "b", "c"]
    assert new_to([], []) == []


def test_a_search_says_back_what_was_sought_and_no_more(visit: Client) -> None:
    page = visit.get("/search", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_a_publisher_page_lists_the_tools_and_not_the_addresses(
    hello: Release, visit: Client
) -> None:
    page = visit.get("/publishers/demo/")
    assert "1 tool" in text_of(page)
    assert "@example.org" not in page.content.decode()


def test_a_namespace_without_tools_is_seen_by_its_owner_alone(
    browse: Callable[[str], Client], visit: Client
) -> None:
    assert visit.get("/publishers/charlie/").status_code == 404
    assert browse("charlie").get("/publishers/charlie/").status_code == 200


@pytest.mark.parametrize("name", [name for name, _, _ in PAGES])
def test_every_page_of_the_guide_is_there(name: str, visit: Client) -> None:
    response = visit.get(f"/docs/{name}/")
    assert response.status_code == 200
    assert "{SITE_URL}" not in response.content.decode()


def test_links_within_the_guide_lead_somewhere(visit: Client) -> None:
    for name, _, _ in PAGES:
        page = visit.get(f"/docs/{name}/").content.decode()
        for path in set(re.findall(r'href="(/docs/[^"#]*)', page)):
            assert visit.get(path).status_code == 200, (name, path)


def test_every_error_code_has_its_place_in_the_guide(visit: Client) -> None:
    page = visit.get("/docs/errors/").content.decode()
    raised = re.compile(r'\b(?:Invalid|Conflict|Forbidden|NotFound|TooLarge)\(\s*"([a-z_]+)"')
    apps = ("accounts", "catalog", "core", "marketplace", "publishing", "registry", "search")
    sources = [path for app in apps for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]
    codes = {code for path in sources for code in raised.findall(path.read_text("utf-8"))}
    assert codes
    missing = {code for code in codes if f'id="{code}"' not in page}
    assert not missing


def test_every_rule_has_a_page(visit: Client) -> None:
    rules = set(
        re.findall(r'href="(/docs/rules/[^"]+)"', visit.get("/docs/rules/").content.decode())
    )
    assert len(rules) > 5
    for path in rules:
        assert visit.get(path).status_code == 200
    assert visit.get("/docs/rules/archive/duplicate-name").status_code == 200
    assert visit.get("/docs/rules/nonsense/rule").status_code == 404


def test_machines_find_their_files(hello: Release, visit: Client) -> None:
    assert "Sitemap:" in visit.get("/robots.txt").content.decode()
    sitemap = visit.get("/sitemap.xml").content.decode()
    assert "/tools/demo/hello/</loc>" in sitemap
    assert "/docs/quality/</loc>" in sitemap
    text = visit.get("/.well-known/security.txt").content.decode()
    assert "Contact: " in text
    assert "Expires: " in text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_is_remembered_without_a_script(theme: str, visit: Client) -> None:
    answer = visit.post("/preferences/", {"theme": theme, "next": "/docs/"})
    assert answer.headers["Location"] == "/docs/"
    assert f'<html lang="en" class="{theme}">' in visit.get("/docs/").content.decode()


def test_preferences_send_nobody_elsewhere_and_take_no_nonsense(visit: Client) -> None:
    answer = visit.post("/preferences/", {"theme": '"><b>', "next": "//evil.example/"})
    assert answer.headers["Location"] == "/"
    assert not answer.cookies


def test_every_page_forbids_inline_code_and_other_hosts(hello: Release, visit: Client) -> None:
    for path in ("/", "/tools/demo/hello/", "/search", "/nothing/here", "/accounts/login/"):
        policy = visit.get(path).headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy


def test_a_fault_of_ours_shows_a_calm_page_with_the_request_id(
    monkeypatch: pytest.MonkeyPatch, db: None, own_folders: Path
) -> None:
    def fail() -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr("marketplace.queries.home", fail)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    page = text_of(answer)
    assert "Something went wrong on our side." in page
    assert answer.headers["X-Request-Id"] in page
    assert "RuntimeError" not in page


def test_a_form_from_elsewhere_is_refused_with_words(visit: Client) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a"})
    assert answer.status_code == 403
    assert "This form has expired." in text_of(answer)


@pytest.mark.parametrize("path", ["/", *(f"/tools/demo/hello/{tab}" for tab in TABS), "/search"])
def test_a_page_asks_the_database_a_few_questions_only(
    path: str, hello: Release, visit: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(16):
        assert visit.get(path).status_code == 200


def test_the_api_reference_stands_in_our_own_frame(visit: Client) -> None:
    page = visit.get("/api/docs/", headers={"Accept": "text/html"}).content.decode()
    assert "<style" not in page
    assert 'id="swagger-ui"' in page
    assert "Lumos<span" in page
