"""The rules of functions.json."""

from lumos.package.findings import Effect, Severity
from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "functions/count",
        N_("No function, or too many"),
        what=N_("functions.json lists no function, or more than an agent can be offered."),
        why=N_("A tool is what an agent can call."),
        fix=N_("Run `lumos build` after fixing [functions] in tool.toml."),
    ),
    Rule(
        "functions/description",
        N_("A description that is no text, or too long"),
        what=N_("The description of a function is not text, or is longer than a model reads."),
        why=N_("Agents decide by it what to call."),
        fix=N_("Shorten the docstring, move details into the README, and run `lumos build`."),
    ),
    Rule(
        "functions/duplicate",
        N_("A function twice"),
        what=N_("Two functions have the same name."),
        why=N_("An agent could not say which of the two it means."),
        fix=N_("Run `lumos build`; do not edit functions.json by hand."),
    ),
    Rule(
        "functions/generator",
        N_("Generator is no text"),
        what=N_("The key generator is not a string."),
        why=N_("It tells clients which program wrote the schemas."),
        fix=N_("Run `lumos build`; do not edit functions.json by hand."),
    ),
    Rule(
        "functions/hints",
        N_("Unknown hints"),
        what=N_(
            "A function has a hint that is not known, or one that is neither true nor false nor"
            " null."
        ),
        why=N_("Clients decide by the hints whether to ask the user."),
        fix=N_("Write hints in tool.toml and run `lumos build`."),
        good=("[functions.search]\nread_only = true\nopen_world = true"),
        language="toml",
    ),
    Rule(
        "functions/missing",
        N_("No functions.json"),
        what=N_("The import package of the wheel holds no functions.json."),
        why=N_(
            "Agents read the functions from it without running any code. Some build backends "
            "drop files that are not Python."
        ),
        fix=N_("Run `lumos build`, commit the file, and tell the build backend to pack it."),
        good=(
            "# setuptools\n"
            "[tool.setuptools.package-data]\n"
            'acme_web_search = ["tool.toml", "functions.json"]'
        ),
        language="toml",
    ),
    Rule(
        "functions/name",
        N_("Not the name of a function"),
        what=N_("The name of a function is not snake_case."),
        why=N_(
            "Agents call functions by these names, and the providers of models allow no others."
        ),
        fix=N_("Rename it in tool.toml and run `lumos build`."),
        bad="searchWeb",
        good="search_web",
    ),
    Rule(
        "functions/not-json",
        N_("Not JSON"),
        what=N_("functions.json is not valid JSON."),
        why=N_("Nothing in it can be read."),
        fix=N_("Run `lumos build`; do not edit functions.json by hand."),
    ),
    Rule(
        "functions/not-utf8",
        N_("Not UTF-8"),
        what=N_("functions.json holds bytes that are not UTF-8."),
        why=N_("Readers would see different texts."),
        fix=N_("Run `lumos build`, which writes the file anew."),
    ),
    Rule(
        "functions/schema-version",
        N_("Another schema of the file"),
        what=N_("functions.json does not say schema 1."),
        why=N_("A file of another schema could mean something else."),
        fix=N_("Run `lumos build` with a current lumos command."),
    ),
    Rule(
        "functions/too-large",
        N_("functions.json is too large"),
        what=N_("The file is larger than agents can be given."),
        why=N_("All of it is put before the model."),
        fix=N_("Shorten descriptions, flatten types, or split the tool."),
    ),
    Rule(
        "functions/unknown-key",
        N_("A key that nothing reads"),
        what=N_("functions.json or one of its functions has a key that is not known."),
        why=N_("A key that nothing reads is a mistake that nobody would notice."),
        fix=N_("Run `lumos build`; do not edit functions.json by hand."),
    ),
    Rule(
        "functions/wrapped",
        N_("Wrapped without a result"),
        what=N_("A function is marked as wrapped, but its output schema has no property result."),
        why=N_(
            "MCP puts lists, scalars and unions into an object with the one property result; "
            "clients take it out again."
        ),
        fix=N_("Run `lumos build`; do not edit functions.json by hand."),
    ),
    Rule(
        "functions/wrong-type",
        N_("A value of another type"),
        what=N_("A function is no object, or wrapped is neither true nor false."),
        why=N_("Agents could not read the file."),
        fix=N_("Run `lumos build`; do not edit functions.json by hand."),
    ),
    Rule(
        "documentation/function-undescribed",
        N_("A function without a description"),
        severity=Severity.LOW,
        effect=Effect.LOWER,
        what=N_("A function has no docstring, so functions.json says nothing about it."),
        why=N_("An agent chooses a function by its description."),
        fix=N_("Write one sentence as the docstring, then run `lumos build`."),
        bad="def search(query: str) -> list[str]: ...",
        good=('def search(query: str) -> list[str]:\n    """Search the web and return titles."""'),
        language="python",
    ),
    Rule(
        "documentation/parameter-undescribed",
        N_("A parameter without a description"),
        severity=Severity.LOW,
        effect=Effect.LOWER,
        what=N_("The docstring says nothing about a parameter."),
        why=N_("An agent chooses arguments by their descriptions."),
        fix=N_("Describe each parameter under Args: in the docstring, then run `lumos build`."),
        good=(
            "def search(query: str, limit: int = 10) -> list[str]:\n"
            '    """Search the web.\n'
            "\n"
            "    Args:\n"
            "        query: What to look for.\n"
            "        limit: How many results to return at most.\n"
            '    """'
        ),
        language="python",
    ),
)
