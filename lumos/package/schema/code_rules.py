"""The rules of the code from which schemas are generated."""

from lumos.package.findings import Effect, Severity
from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "schema/default-without-json",
        N_("A default that JSON cannot hold"),
        what=N_("A default value or a limit is infinity, not-a-number or an object."),
        why=N_("The schema shows every default."),
        fix=N_("Use None as the default, and put the value into the function's body."),
        bad='def wait(seconds: float = float("inf")) -> None: ...',
        good="def wait(seconds: float | None = None) -> None: ...",
        language="python",
    ),
    Rule(
        "schema/differs-from-code",
        N_("functions.json says something else than the code"),
        what=N_(
            "The schema that the marketplace made from the code in the sandbox is not the one "
            "in the wheel."
        ),
        why=N_("An agent would call a function that is not the one it was shown."),
        fix=N_("Run `lumos build`, commit functions.json, and publish what it made."),
        bad=(
            "# functions.json was made from: def search(query: str)\n"
            "def search(query: str, limit: int) -> list[str]: ..."
        ),
        language="python",
    ),
    Rule(
        "schema/nested-typed-dict",
        N_("A TypedDict inside a type"),
        what=N_("A typing.TypedDict stands inside of another type."),
        why=N_("Below Python 3.12 the schema generator cannot read it there."),
        fix=N_("Make it a dataclass, or import TypedDict from typing_extensions."),
        bad=("class Row(typing.TypedDict):\n    name: str\n\ndef rows() -> list[Row]: ..."),
        good=("@dataclass\nclass Row:\n    name: str\n\ndef rows() -> list[Row]: ..."),
        language="python",
    ),
    Rule(
        "schema/not-a-function",
        N_("The entry is no function"),
        what=N_("The entry leads to a class, a method or another object."),
        why=N_("Agents call plain functions, sync or async."),
        fix=N_("Write a function that does it, and name that one."),
    ),
    Rule(
        "schema/not-compared",
        N_("functions.json was not compared with the code"),
        severity=Severity.INFO,
        effect=Effect.LOWER,
        what=N_(
            "The tool does not run on the Python on which the marketplace makes schemas from code."
        ),
        why=N_(
            "The descriptions that an agent reads are then the publisher's own. This costs no "
            "points."
        ),
        fix=N_(
            "Nothing is wrong. If the tool also supports the Python that the finding names, "
            "they are compared."
        ),
    ),
    Rule(
        "schema/not-generated",
        N_("No schema could be made"),
        what=N_("The generator of schemas failed on this function."),
        why=N_("Without a schema no agent can call it."),
        fix=N_("Use plain types: str, int, float, bool, lists, enums and dataclasses of these."),
    ),
    Rule(
        "schema/not-importable",
        N_("The module cannot be imported"),
        what=N_("Importing the module of a function raised an error."),
        why=N_("Whoever installs the tool meets the same error."),
        fix=N_(
            "Fix the error, and list what the code imports under dependencies in pyproject.toml."
        ),
        good='dependencies = ["openpyxl>=3.1"]',
        language="toml",
    ),
    Rule(
        "schema/parameter-name",
        N_("A parameter that begins with an underscore"),
        what=N_("The name of a parameter begins with an underscore."),
        why=N_("Such a name cannot be an input."),
        fix=N_("Rename it."),
        bad="def search(_query: str) -> list[str]: ...",
        good="def search(query: str) -> list[str]: ...",
        language="python",
    ),
    Rule(
        "schema/parameter-without-schema",
        N_("A parameter of a type without a schema"),
        what=N_("The type of a parameter has no form in JSON."),
        why=N_("Agents send JSON."),
        fix=N_("Take a string, a number, a list, an enum or a dataclass of these."),
        bad="def read(file: io.BytesIO) -> str: ...",
        good="def read(path: str) -> str: ...",
        language="python",
    ),
    Rule(
        "schema/parameter-without-type",
        N_("A parameter without a type"),
        what=N_("A parameter has no type hint."),
        why=N_("Without a type the schema cannot tell an agent what to send."),
        fix=N_("Write the type that it has."),
        bad="def search(query, limit=10) -> list[str]: ...",
        good="def search(query: str, limit: int = 10) -> list[str]: ...",
        language="python",
    ),
    Rule(
        "schema/positional-only-parameter",
        N_("A parameter by position only"),
        what=N_("A parameter stands before a / in the signature."),
        why=N_("Agents give every argument by name."),
        fix=N_("Remove the / ."),
        bad="def search(query: str, /) -> list[str]: ...",
        good="def search(query: str) -> list[str]: ...",
        language="python",
    ),
    Rule(
        "schema/result-without-schema",
        N_("A result of a type without a schema"),
        what=N_("The function returns a bare dict or list, or a type that has no form in JSON."),
        why=N_("An agent cannot rely on a result of which nothing is known."),
        fix=N_("Return a dataclass, or say what is inside."),
        bad="def read(path: str) -> dict: ...",
        good="def read(path: str) -> dict[str, int]: ...",
        language="python",
    ),
    Rule(
        "schema/result-without-type",
        N_("A function that does not say what it returns"),
        what=N_("The function has no return type."),
        why=N_("Without a type there is no schema of the result, and an agent cannot rely on it."),
        fix=N_("Write the type after the parameters."),
        bad="def search(query: str): ...",
        good="def search(query: str) -> list[str]: ...",
        language="python",
    ),
    Rule(
        "schema/unknown-type",
        N_("A type that cannot be resolved"),
        what=N_("A type hint names something that is not there when the code runs."),
        why=N_("Types become the schema; a name that exists only for the type checker has none."),
        fix=N_("Import the type outside of `if TYPE_CHECKING:`, or use a built-in type."),
        bad=(
            "if TYPE_CHECKING:\n"
            "    from acme_tool.rows import Row\n"
            "\n"
            'def rows() -> "list[Row]": ...'
        ),
        language="python",
    ),
    Rule(
        "schema/variadic-parameter",
        N_("*args or **kwargs"),
        what=N_("The function takes any number of arguments."),
        why=N_("An agent must know every input by name and type; *args and **kwargs have neither."),
        fix=N_("Name the parameters one by one, or take one list or a dataclass."),
        bad="def add(*numbers: float) -> float: ...",
        good="def add(numbers: list[float]) -> float: ...",
        language="python",
    ),
)
