"""The rules of tool.toml as a whole."""

from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "manifest/duplicate-permission",
        N_("A permission twice"),
        what=N_("The list of permissions has one of them twice."),
        why=N_("A list that people read before they trust has no repetitions."),
        fix=N_("Remove one of the two."),
        bad='permissions = ["file-read", "file-read"]',
        good='permissions = ["file-read"]',
        language="toml",
    ),
    Rule(
        "manifest/missing",
        N_("No tool.toml"),
        what=N_("The import package of the wheel holds no tool.toml."),
        why=N_(
            "Without it nobody knows what the tool offers and what it needs. Some build "
            "backends drop files that are not Python."
        ),
        fix=N_(
            "Put tool.toml beside __init__.py, and tell the build backend to pack it. `lumos "
            "build` names the setting of yours."
        ),
        good=(
            "# setuptools\n"
            "[tool.setuptools.package-data]\n"
            'acme_web_search = ["tool.toml", "functions.json"]'
        ),
        language="toml",
    ),
    Rule(
        "manifest/missing-key",
        N_("A key is missing"),
        what=N_("A key that every manifest has is not there."),
        why=N_("The tool's page and its clients need it."),
        fix=N_("Add the key."),
        good=('schema = 1\ntitle = "Web search"\ncategory = "web"\npermissions = []'),
        language="toml",
    ),
    Rule(
        "manifest/not-json",
        N_("A value that JSON does not have"),
        what=N_(
            "The input or output of an example holds a date, a time, infinity or not-a-number."
        ),
        why=N_("Inputs and outputs of functions are JSON."),
        fix=N_("Use strings, numbers, booleans, arrays and tables only."),
        bad="input = { day = 2026-01-31 }",
        good='input = { day = "2026-01-31" }',
        language="toml",
    ),
    Rule(
        "manifest/not-toml",
        N_("Not TOML"),
        what=N_("tool.toml has a syntax error."),
        why=N_("Nothing in the file can be read."),
        fix=N_("Fix the syntax at the line that the finding names; see https://toml.io/en/v1.0.0."),
        bad="title = Web search",
        good='title = "Web search"',
        language="toml",
    ),
    Rule(
        "manifest/not-utf8",
        N_("Not UTF-8"),
        what=N_("tool.toml holds bytes that are not UTF-8."),
        why=N_("Readers would see different texts."),
        fix=N_("Save the file as UTF-8 and build again."),
    ),
    Rule(
        "manifest/schema-version",
        N_("A manifest of another schema"),
        what=N_("The key schema has a number that this marketplace does not read."),
        why=N_("A manifest of another schema could mean something else."),
        fix=N_("Write schema = 1, or update the lumos command."),
        good="schema = 1",
        language="toml",
    ),
    Rule(
        "manifest/setting-name",
        N_("Not the name of a setting"),
        what=N_("The name of a setting is no name of an environment variable."),
        why=N_("A setting reaches the tool as an environment variable."),
        fix=N_("Use letters, digits and underscores, for example SEARCH_API_KEY."),
        bad='[settings."search key"]',
        good="[settings.SEARCH_KEY]",
        language="toml",
    ),
    Rule(
        "manifest/text-length",
        N_("A text too long or empty"),
        what=N_(
            "A title, a description or another line of text is empty or longer than it may be."
        ),
        why=N_("Pages and agents show it in full."),
        fix=N_("Write one short, plain line."),
    ),
    Rule(
        "manifest/too-large",
        N_("tool.toml is too large"),
        what=N_("The manifest is larger than any manifest needs to be."),
        why=N_("Every client reads it before anything else."),
        fix=N_("Put the data of examples into files of the package."),
    ),
    Rule(
        "manifest/unknown-category",
        N_("Not a category"),
        what=N_("The category is not one of the list."),
        why=N_("People browse by category, so there is one list."),
        fix=N_(
            "Use one of: web, file, data, ai, system, math, crypto, database, api, utility, custom."
        ),
        bad='category = "searching"',
        good='category = "web"',
        language="toml",
    ),
    Rule(
        "manifest/unknown-key",
        N_("A key that nothing reads"),
        what=N_("The manifest has a key that is not known, often a slip of the pen."),
        why=N_("A key that nothing reads is a mistake that nobody would notice."),
        fix=N_("Correct its spelling, or remove it."),
        bad="permisions = []",
        good="permissions = []",
        language="toml",
    ),
    Rule(
        "manifest/unknown-permission",
        N_("Not a permission"),
        what=N_("An entry of permissions is none of the known ones, or its detail cannot be read."),
        why=N_("A permission must be understood before it can be granted."),
        fix=N_(
            "Write one of: network:HOST, file-read, file-write, environment:NAME, database, "
            "crypto, system-command, user-data, admin, custom:NAME."
        ),
        bad='permissions = ["internet"]',
        good='permissions = ["network:api.example.org"]',
        language="toml",
    ),
    Rule(
        "manifest/wrong-type",
        N_("A value of another type"),
        what=N_("A key holds a string where an array belongs, or the like."),
        why=N_("A value of another type has no meaning here."),
        fix=N_("Write it as the type that the finding names."),
        bad='permissions = "file-read"',
        good='permissions = ["file-read"]',
        language="toml",
    ),
    Rule(
        "hidden-text/manifest",
        N_("An invisible character in tool.toml"),
        what=N_("A text of the manifest holds a character that people do not see."),
        why=N_("Text that people cannot see and models read can carry hidden instructions."),
        fix=N_("Remove the character; use one line of plain text."),
    ),
)
