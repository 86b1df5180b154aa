"""Values that show every component of the style guide in all of its states."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from lumos.package.findings import Effect, Finding, Severity

FULL = {
    "security": 96,
    "performance": 91,
    "compatibility": 100,
    "documentation": 94,
    "overall": 95,
}
MIXED = {
    "security": 72,
    "performance": None,
    "compatibility": 97,
    "documentation": 55,
    "overall": 74,
}
START = date(2026, 9, 1)


def card(name: str, scores: dict[str, Any] | None, **other: Any) -> dict[str, Any]:
    """A card's context."""
    return {
        "url": f"/tools/lumos/{name}/",
        "namespace": "lumos",
        "name": name,
        "version": "1.2.0",
        "summary": "Reads CSV text with quoted fields and any delimiter, and answers rows as "
        "objects with the types that the columns have throughout.",
        "publisher": "Lumos",
        "publisher_verified": True,
        "scores": scores,
        "gate_passed": scores is FULL,
        "downloads": 18_423,
        "trend": [3, 5, 4, 9, 12, 11, 16, 14, 22, 25, 21, 30],
        "rating_average": 4.6,
        "rating_count": 27,
        "license": "Apache-2.0",
        "price": "",
        **other,
    }


SCHEMA = {
    "type": "object",
    "required": ["csv_data"],
    "properties": {
        "csv_data": {"type": "string", "description": "The CSV text, with or without a header."},
        "delimiter": {
            "type": "string",
            "default": ",",
            "maxLength": 1,
            "description": "What separates two fields.",
        },
        "has_headers": {
            "type": "boolean",
            "default": True,
            "description": "Whether the first row names the columns.",
        },
        "max_rows": {
            "type": "integer",
            "default": 1000,
            "minimum": 1,
            "maximum": 100000,
            "description": "Rows after which reading stops.",
        },
        "dialect": {
            "anyOf": [{"$ref": "#/$defs/Dialect"}, {"type": "null"}],
            "default": None,
            "description": "How fields are quoted.",
        },
    },
    "$defs": {
        "Dialect": {
            "type": "object",
            "title": "Dialect",
            "required": ["quote"],
            "properties": {
                "quote": {"enum": ['"', "'"], "description": "The quote character."},
                "skip_blank": {"type": "boolean", "description": ""},
            },
        }
    },
}
FINDINGS = (
    Finding(
        rule="permissions/undeclared-network",
        severity=Severity.HIGH,
        message="The code opens connections, but tool.toml declares no network permission.",
        why="Whoever installs a tool decides by its permissions; nobody can judge a hidden one.",
        fix='Add "network:api.example.org" to permissions in tool.toml, or drop the request.',
        file="acme_web_search/client.py",
        line=14,
        evidence={
            "first_line": 12,
            "source": "def fetch(query: str) -> bytes:\n"
            '    url = f"https://api.example.org/?q={query}"\n'
            "    with urllib.request.urlopen(url) as answer:\n"
            "        return answer.read()",
        },
    ),
    Finding(
        rule="schema/breaking-change",
        severity=Severity.CRITICAL,
        message="1.2.1 breaks what agents could call in 1.2.0; it needs to be 2.0.0.",
        why="An agent that calls the function as it was would fail after an update.",
        fix="Publish this as 2.0.0, or give the new input a default value.",
        evidence={
            "changes": [
                {
                    "level": "major",
                    "function": "search",
                    "path": "input.region",
                    "before": None,
                    "after": "string, required",
                    "message": "A required input was added.",
                },
                {
                    "level": "minor",
                    "function": "search",
                    "path": "input.page",
                    "before": None,
                    "after": "integer",
                    "message": "An optional input was added.",
                },
            ],
        },
        effect=Effect.REJECT,
    ),
    Finding(
        rule="bandit/B110",
        severity=Severity.LOW,
        message="An exception is caught and dropped.",
        why="A failure that nobody sees gives wrong results instead of an error.",
        fix="Catch the exception you expect, and answer it.",
        file="acme_web_search/cache.py",
        line=40,
    ),
)


def context() -> dict[str, Any]:
    """The context of the style guide."""
    return {
        "full": FULL,
        "mixed": MIXED,
        "nothing": None,
        "cards": [
            card("csv-parser", FULL),
            card("excel-reader", MIXED, rating_count=0, trend=[], downloads=3),
            card(
                "a-tool-with-a-very-long-name-indeed-that-does-not-fit-anywhere",
                None,
                namespace="internationalresearch",
                publisher="International Research Group of Long Names",
                publisher_verified=False,
                license="LicenseRef-Proprietary-With-Long-Name",
                price="$4 / month",
                summary="Short.",
            ),
        ],
        "downloads": [
            (START + timedelta(weeks=week), count)
            for week, count in enumerate([0, 4, 12, 9, 30, 44, 38, 61, 80, 72, 95, 120])
        ],
        "histogram": [(5, 18), (4, 6), (3, 2), (2, 0), (1, 1)],
        "findings": list(FINDINGS),
        "schema": SCHEMA,
        "permissions": [
            "network:api.example.org",
            "environment:SEARCH_API_KEY",
            "file-read",
            "system-command",
        ],
        "steps": [
            {
                "name": "validating",
                "state": "passed",
                "message": "14 files, 3 functions",
                "seconds": 0.4,
            },
            {"name": "scanning", "state": "passed", "message": "2 findings", "seconds": 1.8},
            {
                "name": "testing",
                "state": "running",
                "message": "Running the examples on Python 3.11",
            },
            {"name": "scoring", "state": "waiting", "message": ""},
            {"name": "publishing", "state": "waiting", "message": ""},
        ],
        "failed_steps": [
            {
                "name": "validating",
                "state": "failed",
                "message": "1 finding refuses this",
                "seconds": 0.4,
            },
            {"name": "scanning", "state": "skipped", "message": ""},
        ],
        "tabs": [
            {"key": "readme", "label": "README", "url": "#", "count": None},
            {"key": "functions", "label": "Functions", "url": "#", "count": 3},
            {"key": "versions", "label": "Versions", "url": "#", "count": 12},
            {"key": "quality", "label": "Quality", "url": "#", "count": None},
            {"key": "security", "label": "Security", "url": "#", "count": 2},
            {"key": "dependencies", "label": "Dependencies", "url": "#", "count": 1},
            {"key": "reviews", "label": "Reviews", "url": "#", "count": 27},
        ],
        "crumbs": [("Tools", "/search"), ("Data", "/search?category=data")],
        "example": {
            "title": "A quoted field with a comma",
            "input_json": '{\n  "csv_data": "a,b\\n1,\\"x,y\\""\n}',
            "output_json": '[\n  {"a": 1, "b": "x,y"}\n]',
            "offline": True,
            "passed": True,
        },
        "source": "from lumos_csv_parser import csv_parser\n\n# one row\n"
        'rows = csv_parser("a,b\\n1,2")\nprint(len(rows), True)',
    }
