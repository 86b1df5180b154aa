"""``tool.toml``: what a tool says about itself that a wheel cannot say (design §3)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from lumos.package.excerpts import excerpt
from lumos.package.findings import PackageRefused
from lumos.package.manifest.examples import MISSING, Example, read_example
from lumos.package.manifest.permissions import InvalidPermission, Permission
from lumos.package.manifest.tables import Report, Table
from lumos.package.rulebook import RULES

__all__ = [
    "CATEGORIES",
    "HINTS",
    "MANIFEST_FILE",
    "MCP_HINTS",
    "MISSING",
    "Example",
    "FunctionEntry",
    "Manifest",
    "Permission",
    "Setting",
    "parse_manifest",
]

MANIFEST_FILE = "tool.toml"
SCHEMA = 1
CATEGORIES: tuple[str, ...] = (
    "web",
    "file",
    "data",
    "ai",
    "system",
    "math",
    "crypto",
    "database",
    "api",
    "utility",
    "custom",
)
#: The hints that MCP knows; ``deterministic`` is ours.
MCP_HINTS: tuple[str, ...] = ("read_only", "destructive", "idempotent", "open_world")
HINTS: tuple[str, ...] = (*MCP_HINTS, "deterministic")
FUNCTION_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")

_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_MAX_CHARACTERS = 256 * 1024
_MAX_FUNCTIONS = 128
_MAX_EXAMPLES = 64


@dataclass(frozen=True, slots=True)
class Setting:
    """What a user must supply, as an environment variable; never a value."""

    name: str
    description: str
    required: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True)
class FunctionEntry:
    """A function's place in the code, its hints (``None`` where unsaid) and its examples.

    ``deterministic``: the author promises the same output for the same input.
    """

    name: str
    entry: str
    read_only: bool | None = None
    destructive: bool | None = None
    idempotent: bool | None = None
    open_world: bool | None = None
    deterministic: bool | None = None
    examples: tuple[Example, ...] = ()

    @property
    def hints(self) -> dict[str, bool]:
        """The hints that the author gave."""
        return {name: value for name in HINTS if (value := getattr(self, name)) is not None}

    @property
    def module(self) -> str:
        """The dotted module of the entry."""
        return self.entry.partition(":")[0]

    @property
    def attribute(self) -> str:
        """The function's name in its module."""
        return self.entry.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A parsed ``tool.toml``."""

    schema: int
    title: str
    category: str
    permissions: tuple[Permission, ...]
    settings: Mapping[str, Setting]
    functions: Mapping[str, FunctionEntry]


def parse_manifest(text: str, *, import_package: str) -> Manifest:
    """Read a ``tool.toml``; raises :class:`PackageRefused` with every finding and its line."""
    file = f"{import_package}/{MANIFEST_FILE}"
    data = _parse_toml(text, file)
    report = Report(file, text)
    table = Table(data, (), report)
    table.only(("schema", "title", "category", "permissions", "settings", "functions"), _ELSEWHERE)
    manifest = Manifest(
        schema=_schema(table),
        title=table.text("title", limit=80, required=True),
        category=_category(table),
        permissions=_permissions(table),
        settings={name: _setting(name, inner) for name, inner in table.tables("settings")},
        functions=_functions(table, import_package),
    )
    report.raise_if_any()
    return manifest


_ELSEWHERE = dict.fromkeys(
    ("name", "version", "description", "license", "authors", "readme", "keywords", "dependencies"),
    "Remove it: the wheel's own metadata (pyproject.toml, [project]) says this.",
)


def _parse_toml(text: str, file: str) -> dict[str, object]:
    if len(text) > _MAX_CHARACTERS:
        message = f"{file} has {len(text)} characters, more than {_MAX_CHARACTERS}."
        fix = "Move large inputs of examples into files of the package."
        raise PackageRefused([RULES["manifest/too-large"].finding(message, fix=fix, file=file)])
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        match = re.search(r"at line (\d+)", str(error))
        line = int(match[1]) if match else None
        finding = RULES["manifest/not-toml"].finding(
            f"{file} is not valid TOML: {error or 'nested too deeply'}.",
            file=file,
            line=line,
            evidence=excerpt(text.splitlines(), line),
        )
        raise PackageRefused([finding]) from None


def _schema(table: Table) -> int:
    schema = table.get("schema", int, required=True)
    if schema is not None and schema != SCHEMA:
        table.refuse(
            "manifest/schema-version",
            "schema",
            f"The manifest has schema {schema}; this marketplace reads schema {SCHEMA}.",
            fix=f"Write schema = {SCHEMA}, or update the lumos command.",
        )
    return schema or SCHEMA


def _category(table: Table) -> str:
    category = table.get("category", str, required=True)
    if category is not None and category not in CATEGORIES:
        table.refuse(
            "manifest/unknown-category",
            "category",
            f"{category[:80]!r} is not a category.",
            fix=f"Use one of: {', '.join(CATEGORIES)}.",
        )
    return category or ""


def _permissions(table: Table) -> tuple[Permission, ...]:
    found: list[Permission] = []
    for _, text in table.strings("permissions"):
        try:
            permission = Permission.parse(text)
        except InvalidPermission as error:
            table.refuse("manifest/unknown-permission", "permissions", str(error))
            continue
        if permission in found:
            table.refuse(
                "manifest/duplicate-permission",
                "permissions",
                f'The permission "{permission}" stands there twice.',
            )
        else:
            found.append(permission)
    return tuple(found)


def _setting(name: str, table: Table) -> Setting:
    table.only(
        ("description", "required", "secret"),
        dict.fromkeys(
            ("value", "default"), "Remove it: a package never carries a setting's value."
        ),
    )
    if not _SETTING_NAME.fullmatch(name):
        table.refuse("manifest/setting-name", None, f"{name[:80]!r} is not a name of a setting.")
    return Setting(
        name=name,
        description=table.text("description", limit=500, required=True),
        required=table.get("required", bool) or False,
        secret=table.get("secret", bool) or False,
    )


def _functions(table: Table, import_package: str) -> dict[str, FunctionEntry]:
    found = {
        name: _function(name, inner, import_package) for name, inner in table.tables("functions")
    }
    if table.get("functions", dict, required=True) == {} or len(found) > _MAX_FUNCTIONS:
        table.refuse(
            "manifest/function-count",
            "functions",
            f"The tool has {len(found)} functions; it must have 1 to {_MAX_FUNCTIONS}.",
        )
    return found


def _function(name: str, table: Table, import_package: str) -> FunctionEntry:
    table.only(("entry", *HINTS, "examples"))
    if not FUNCTION_NAME.fullmatch(name):
        table.refuse("manifest/function-name", None, f"{name[:80]!r} is not a name of a function.")
    entry = table.get("entry", str, required=True)
    pattern = rf"{re.escape(import_package)}(\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*"
    if entry is not None and not re.fullmatch(pattern, entry):
        table.refuse(
            "manifest/entry",
            "entry",
            f"The entry {entry[:120]!r} does not point into {import_package}.",
            fix=f'Write "{import_package}:{name}", or "{import_package}.module:{name}".',
        )
    hints = {hint: table.get(hint, bool) for hint in HINTS}
    if hints["read_only"] and hints["destructive"]:
        table.refuse(
            "manifest/hints-contradict",
            "destructive",
            f"The function {name} says that it is both read-only and destructive.",
        )
    examples = tuple(read_example(inner) for inner in table.items("examples"))
    _check_examples(table, name, examples)
    return FunctionEntry(name, entry or "", **hints, examples=examples)


def _check_examples(table: Table, name: str, examples: tuple[Example, ...]) -> None:
    titles = [example.title for example in examples if example.title]
    repeated = next((title for title in titles if titles.count(title) > 1), None)
    if len(examples) <= _MAX_EXAMPLES and repeated is None:
        return
    table.refuse(
        "manifest/examples",
        "examples",
        f"The function {name} has {len(examples)} examples (at most {_MAX_EXAMPLES})"
        + (f", two with the title {repeated!r}." if repeated else "."),
    )
