"""What only a real browser shows: width, requests, keyboard, scripts, accessibility rules."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from accounts.actions import issue_token
from accounts.models import User
from tests.package.wheels import CODE, function_spec
from tests.site.releases import publish_without_checks
from tests.support.cast import make_cast

CHROMIUM = "/usr/bin/chromium"
AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    "/",
    "/search",
    "/tools/demo/hello/",
    "/tools/demo/hello/functions/",
    "/tools/demo/hello/quality/",
    "/tools/demo/hello/security/",
    "/tools/demo/hello/versions/",
    "/tools/demo/hello/reviews/",
    "/publishers/demo/",
    "/publish/",
    "/docs/",
    "/docs/format/",
    "/accounts/login/",
    "/accounts/signup/",
    "/nothing/here",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs Debian's chromium"),
]


@pytest.fixture
def shop(live_server: LiveServer, own_folders: Path, tmp_path: Path) -> str:
    """The address of a shop with one tool."""
    make_cast()
    publish_without_checks(tmp_path)
    return str(live_server.url)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser; what a test sees of it, it sees in a context of its own."""
    from playwright.sync_api import sync_playwright

    # playwright runs an event loop in this thread, in which Django would refuse its database
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    """The browser, which knows nothing of an earlier test."""
    yield chromium
    for context in chromium.contexts:
        context.close()


def test_on_a_phone_nothing_is_wider_than_the_screen(shop: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    for path in PAGES:
        page.goto(shop + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_on_a_phone_long_words_widen_no_page(
    live_server: LiveServer, own_folders: Path, tmp_path: Path, browser: Any
) -> None:
    make_cast()
    names = ["a_function_whose_name_is_as_long_as_a_name_of_a_function_may_be", "hello"]
    long = {**function_spec(names[0]), "description": "Donaudampfschifffahrtsgesellschaft" * 4}
    publish_without_checks(
        tmp_path,
        tool="demo/internationalization-of-measurement-units-for-everyone",
        function="hello",
        functions=[long, function_spec("hello")],
        manifest=two_functions(names),
        code="\n".join(CODE.format(function=name) for name in names),
    )
    client = Client()
    alice = User.objects.get(email="alice@example.org")
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    organization = alice.organizations.first()
    assert organization is not None
    address = "somebody.with.quite.a.long.name@a-long-subdomain.example.org"
    client.post(
        f"/account/organizations/{organization.pk}/invite/", {"email": address, "role": "owner"}
    )
    issue_token(by=alice, name="of the build server", scopes=["publish", "yank"])
    context = browser.new_context(viewport={"width": 360, "height": 740})
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    tool = "/tools/demo/internationalization-of-measurement-units-for-everyone/"
    desk = ("", "profile/", "tokens/", "namespaces/", "organizations/")
    for path in (tool, f"{tool}functions/", f"{tool}versions/", *(f"/account/{p}" for p in desk)):
        page.goto(live_server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert page.locator("main h1").count() == 1, path


def two_functions(names: list[str]) -> str:
    """A manifest of two functions without examples."""
    package = "demo_internationalization_of_measurement_units_for_everyone"
    functions = (
        f'[functions.{name}]\nentry = "{package}:{name}"\nread_only = true\n' for name in names
    )
    head = 'schema = 1\ntitle = "Units"\ncategory = "math"\npermissions = []\n'
    return head + "\n".join(functions)


def test_pages_ask_no_other_host_and_break_no_policy(shop: str, browser: Any) -> None:
    page = browser.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    for path in PAGES:
        page.goto(shop + path, wait_until="networkidle")
    assert asked
    assert [url for url in asked if not url.startswith((shop, "data:"))] == []
    assert complaints == []


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core from npm")
@pytest.mark.parametrize(("scheme", "pages"), [("light", PAGES), ("dark", PAGES[:5])])
def test_axe_finds_nothing_to_complain_about(
    scheme: str, pages: tuple[str, ...], shop: str, browser: Any
) -> None:
    page = browser.new_context(color_scheme=scheme, bypass_csp=True).new_page()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for path in pages:
        page.goto(shop + path)
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
        said = [
            (rule["id"], [node["html"][:120] for node in rule["nodes"][:3]])
            for rule in found["violations"]
        ]
        assert said == [], path


def test_slash_leads_to_the_search_box_and_can_be_switched_off(shop: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(shop)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "home-q"
    page.keyboard.type("a/b")
    assert page.input_value("#home-q") == "a/b"
    page.click("button[name=shortcuts][value=off]")
    page.reload()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "home-q"


def test_tools_are_suggested_while_one_types_and_chosen_by_arrow_keys(
    shop: str, browser: Any
) -> None:
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(shop)
    box = page.locator("#home-q")
    box.press_sequentially("hel")
    option = page.get_by_role("option", name="demo/hello")
    option.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    if AXE.exists():
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run()")["violations"]
        assert [rule["id"] for rule in found] == []
    page.keyboard.press("Escape")
    assert not option.is_visible()
    assert box.input_value() == "hel"
    page.keyboard.press("ArrowDown")
    assert option.get_attribute("aria-selected") == "true"
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tools/demo/hello/")


def test_words_that_are_typed_and_sent_at_once_lead_to_the_results(shop: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(shop)
    page.fill("#home-q", "hello")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=hello")


def test_the_api_reference_is_dark_where_the_site_is(shop: str, browser: Any) -> None:
    page = browser.new_context(color_scheme="dark").new_page()
    page.goto(f"{shop}/api/docs/")
    is_dark = "document.documentElement.classList.contains('dark-mode')"
    assert page.evaluate(is_dark)
    page.click("button[name=theme][value=light]")
    assert not page.evaluate(is_dark)


def test_the_theme_changes_at_once_and_stays(shop: str, browser: Any) -> None:
    page = browser.new_context(color_scheme="light").new_page()
    page.goto(shop)
    day = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.click("button[name=theme][value=dark]")
    night = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert day != night
    page.goto(f"{shop}/docs/")
    assert page.evaluate("document.documentElement.className") == "dark"


def test_the_copy_button_copies_and_says_so(shop: str, browser: Any) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{shop}/tools/demo/hello/")
    button = page.locator("button.copy").first
    button.click()
    assert page.evaluate("navigator.clipboard.readText()") == "lumos add tool demo/hello"
    assert "Copied" in button.inner_text()


def test_without_scripts_one_can_do_everything(shop: str, browser: Any) -> None:
    charlie = User.objects.get(email="charlie@example.org")
    charlie.set_password("a-password-for-charlie")
    charlie.save()
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=charlie, email=charlie.email, verified=True, primary=True)
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{shop}/tools/demo/hello/reviews/")
    page.click("main a:has-text('Sign in')")
    page.fill("[name=login]", charlie.email)
    page.fill("[name=password]", "a-password-for-charlie")
    page.click("main button[type=submit]")
    page.check("input[name=stars][value='5']", force=True)
    page.fill("[name=text]", "It needs no script.")
    page.click("button:has-text('Publish review')")
    assert page.locator("article >> text=It needs no script.").is_visible()
    page.click("button[name=theme][value=dark]")
    assert page.locator("html.dark").count() == 1
    assert page.locator("button.copy:visible").count() == 0


def test_tab_reaches_the_content_first_and_shows_where_one_is(shop: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{shop}/docs/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert width == "2px"


def test_nothing_moves_where_reduced_motion_is_asked(shop: str, browser: Any) -> None:
    page = browser.new_context(reduced_motion="reduce").new_page()
    page.goto(shop)
    assert page.evaluate(
        "getComputedStyle(document.querySelector('.card')).transitionDuration"
    ) in (
        "0s",
        "",
    )
