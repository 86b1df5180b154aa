"""A publisher's words stand on many pages and are markup on none."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.package.wheels import CODE, build_wheel, function_spec
from tests.support import Person, assert_ok, assert_problem
from tests.support.jobs import run_jobs

SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(1)>"
BREAK_OUT = "\"'><svg onload=alert(1)>"
README = f"""# Hello {SCRIPT}

{IMAGE} {BREAK_OUT}

[click](javascript:alert(1)) [data](data:text/html,{SCRIPT}) [other](//evil.invalid/x)
![pixel](http://evil.invalid/pixel.png) <iframe src="//evil.invalid"></iframe>

<a href="jav&#x09;ascript:alert(1)">x</a> <style>body {{ display: none }}</style>

```python
{SCRIPT} # usage
```

| a | b |
|---|---|
| {IMAGE} | {{{{ 7 * 7 }}}} {{% debug %}} |
"""
MANIFEST = f"""schema = 1
title = "Hello {IMAGE.replace('"', "")}"
category = "utility"
permissions = []

[functions.hello]
entry = "demo_hello:hello"
read_only = true

[[functions.hello.examples]]
title = '''{BREAK_OUT.replace("'", "")}'''
input = {{ name = '''{SCRIPT}''' }}
output = {{ text = '''Hello {SCRIPT}''' }}
"""
PAGES = [
    "/", "/search", "/search?q=hello", "/publishers/demo/", "/tools/demo/hello/",
    *(f"/tools/demo/hello/{tab}/" for tab in (
        "functions", "versions", "quality", "security", "dependencies", "reviews",
    )),
    "/tools/demo/hello/1.0.0/", "/api/v1/tools/demo/hello", "/simple/", "/simple/demo-hello/",
]  # fmt: skip


class Found(HTMLParser):
    """What a browser would run or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and not (values.get("src") or "").startswith("/static/"):
            self.bad.append(f"<script {values}>")
        if tag in ("iframe", "object", "embed", "base", "style"):
            self.bad.append(f"<{tag} {values}>")
        for name, value in attrs:
            address = re.sub(r"[\s\x00-\x1f]", "", value or "").lower()
            if name.startswith("on"):
                self.bad.append(f"{tag} {name}={value}")
            if name in ("href", "src", "action", "formaction", "srcset", "poster"):
                if address.startswith(("javascript:", "data:text", "vbscript:", "//")):
                    self.bad.append(f"{tag} {name}={value}")
                if name == "src" and address.startswith("http"):
                    self.bad.append(f"{tag} {name}={value}")


@pytest.fixture
def hostile(alice: Person, tmp_path: Path) -> dict[str, Any]:
    """demo/hello 1.0.0, live, with markup in every text that a publisher writes."""
    wheel = build_wheel(
        tmp_path,
        code=CODE.format(function="hello").replace("Greet someone.", f"Greet someone. {IMAGE}"),
        manifest=MANIFEST,
        functions=[function_spec("hello", description=f"Greet someone. {IMAGE}")],
        readme=README,
        metadata={
            "Summary": f"Greets people {BREAK_OUT}",
            "Author": f"Ada {IMAGE}",
            "Keywords": f"greeting,{BREAK_OUT}",
            "Project-URL": [
                "Home, https://example.org/?a=1&b=%22%3E",
                f"{IMAGE}, https://example.org/",
            ],
        },
    )
    begun = assert_ok(alice.publish(wheel, notes=f"New: {SCRIPT} [x](javascript:alert(1))"), 202)
    run_jobs()
    ended = alice.publication(begun)
    assert ended["state"] == "published", ended
    return ended


def _bad(page: str) -> list[str]:
    parser = Found()
    parser.feed(page)
    return parser.bad


@pytest.mark.sandbox
def test_no_page_runs_or_fetches_what_a_publisher_wrote(
    hostile: dict[str, Any], visitor: Person
) -> None:
    for path in PAGES:
        answer = visitor.get(path)
        assert answer.status == 200, path
        if "json" in answer.headers["content-type"]:
            assert answer.headers["x-content-type-options"] == "nosniff"
            continue
        assert _bad(answer.text) == [], path
        assert "49 " not in re.findall(r"\{\{.*", answer.text), path


@pytest.mark.sandbox
def test_the_words_themselves_are_shown(hostile: dict[str, Any], visitor: Person) -> None:
    page = visitor.get("/tools/demo/hello/").text
    assert "Greets people &quot;&#x27;&gt;&lt;svg onload=alert(1)&gt;" in page
    functions = visitor.get("/tools/demo/hello/functions/").text
    assert "&lt;img src=x onerror=alert(1)&gt;" in functions


@pytest.mark.sandbox
def test_the_outsider_cannot_add_words_of_theirs(hostile: dict[str, Any], charlie: Person) -> None:
    assert_problem(charlie.yank("demo/hello", "1.0.0", SCRIPT), 403, "namespace_not_yours")
