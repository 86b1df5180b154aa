"""The rules of the functions in tool.toml."""

from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "manifest/entry",
        N_("An entry outside of the package"),
        what=N_("The entry of a function does not point into the tool's own import package."),
        why=N_(
            "A function is found as import package, colon, function; code of other packages is "
            "not the tool's to offer."
        ),
        fix=N_("Write the import package, a colon and the name of the function."),
        bad='entry = "requests:get"',
        good='entry = "acme_web_search:search"',
        language="toml",
    ),
    Rule(
        "manifest/entry-missing",
        N_("The entry is not there"),
        what=N_("The module of an entry is not in the wheel, or does not define the function."),
        why=N_("Whoever calls the function would get an error instead of a result."),
        fix=N_(
            "Correct the entry, define or import the function there, or add the module to what "
            "the build backend packs."
        ),
        bad='entry = "acme_web_search.core:serach"',
        good='entry = "acme_web_search.core:search"',
        language="toml",
    ),
    Rule(
        "manifest/function-count",
        N_("No function, or too many"),
        what=N_(
            "The manifest has no [functions.NAME] table, or more than an agent can be offered."
        ),
        why=N_("A tool is what an agent can call; every further function makes the choice harder."),
        fix=N_("Add a function, or split the tool into two."),
        good=('[functions.search]\nentry = "acme_web_search:search"'),
        language="toml",
    ),
    Rule(
        "manifest/function-name",
        N_("Not the name of a function"),
        what=N_("The name of a function is not snake_case, or has more than 64 characters."),
        why=N_(
            "Agents call functions by these names, and the providers of models allow no others."
        ),
        fix=N_("Use lower-case letters, digits and underscores; begin with a letter."),
        bad="[functions.Search-Web]",
        good="[functions.search_web]",
        language="toml",
    ),
    Rule(
        "manifest/functions-differ",
        N_("tool.toml and functions.json name different functions"),
        what=N_("A function stands in one of the two files and not in the other."),
        why=N_("Agents read the one, the checks the other; both must say the same."),
        fix=N_("Run `lumos build`, which writes functions.json from the code, and commit it."),
    ),
    Rule(
        "manifest/hints-contradict",
        N_("Read-only and destructive"),
        what=N_("A function says that it changes nothing and that it may destroy something."),
        why=N_("Clients decide by these hints whether to ask the user."),
        fix=N_("Keep the one that is true."),
        bad=("read_only = true\ndestructive = true"),
        good="read_only = true",
        language="toml",
    ),
    Rule(
        "manifest/hints-differ",
        N_("Different hints in the two files"),
        what=N_("A hint in tool.toml is not the one in functions.json."),
        why=N_("Clients decide by the hints whether to ask the user."),
        fix=N_("Run `lumos build`, which copies the hints, and commit functions.json."),
    ),
)
