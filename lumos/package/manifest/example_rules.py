"""The rules of examples that need no run."""

from lumos.package.findings import Effect, Severity
from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "manifest/example-files",
        N_("Too many files, or one twice"),
        what=N_("An example names one file twice, or more files than it may."),
        why=N_("Files are copied into a fresh folder for every run."),
        fix=N_("Name each file once, and only those that the example reads."),
    ),
    Rule(
        "manifest/example-http",
        N_("A recording without {http}, or the reverse"),
        what=N_(
            "An example gives a recording but its input has no {http}, or its input has {http} "
            "and there is no recording."
        ),
        why=N_("The recorded server is reached only through the address that {http} becomes."),
        fix=N_('Give both: http = "examples/NAME.http.json" and an input with "{http}/path".'),
        bad=(
            'input = { url = "https://api.example.org/items" }\nhttp = "examples/items.http.json"'
        ),
        good=('input = { url = "{http}/items" }\nhttp = "examples/items.http.json"'),
        language="toml",
    ),
    Rule(
        "manifest/example-output",
        N_("Output and output schema"),
        what=N_("An example gives both output and output_schema."),
        why=N_("An example states its value, or the form of its value, or neither."),
        fix=N_("Keep one of the two."),
        bad=('output = { count = 2 }\noutput_schema = { type = "object" }'),
        good="output = { count = 2 }",
        language="toml",
    ),
    Rule(
        "manifest/example-path",
        N_("A path out of the package"),
        what=N_("A file of an example is absolute, or climbs with .. ."),
        why=N_("Files of an example come from the package and from nowhere else."),
        fix=N_("Put the file below the import package and write its path from there."),
        bad='files = ["/srv/pages/page.html"]',
        good='files = ["examples/page.html"]',
        language="toml",
    ),
    Rule(
        "manifest/examples",
        N_("Too many examples, or two of one title"),
        what=N_("A function has more examples than it may, or two with the same title."),
        why=N_("Each example is run, and named by its title in reports."),
        fix=N_("Give every example a title of its own and keep the telling ones."),
    ),
    Rule(
        "example/file-missing",
        N_("A file of an example is not in the wheel"),
        what=N_("An example names a file that the build backend did not pack."),
        why=N_("The example could not be run."),
        fix=N_("Add the file to what the build backend packs, or correct its path."),
    ),
    Rule(
        "example/input",
        N_("An input that does not fit"),
        what=N_("The input of an example does not fit the function's schema."),
        why=N_("The example shows a call that no client would let through."),
        fix=N_("Correct the example, or the function's parameters; then run `lumos build`."),
        bad='input = { query = "lumos", limit = "two" }',
        good='input = { query = "lumos", limit = 2 }',
        language="toml",
    ),
    Rule(
        "example/none-offline",
        N_("No example that can be run"),
        severity=Severity.LOW,
        effect=Effect.LOWER,
        what=N_("A function has no example, or only such that need the network or a secret."),
        why=N_("Without one, performance and compatibility are not measured."),
        fix=N_("Add an example with input and output; record the answers of a server with http."),
        good=(
            "[[functions.search.examples]]\n"
            'title = "Two results"\n'
            'input = { url = "{http}/search", limit = 2 }\n'
            'http = "examples/search.http.json"'
        ),
        language="toml",
    ),
    Rule(
        "example/output",
        N_("An output that does not fit"),
        what=N_("The output of an example does not fit the function's schema."),
        why=N_("Agents and the checks rely on all parts of a package saying the same."),
        fix=N_("Write the function's own value, before MCP wraps it, or correct its type."),
        bad='output = { result = ["a", "b"] }',
        good='output = ["a", "b"]',
        language="toml",
    ),
    Rule(
        "example/output-schema",
        N_("An output schema that is none"),
        what=N_("The output_schema of an example is not valid JSON Schema."),
        why=N_("Nothing could be checked against it."),
        fix=N_("Correct it (JSON Schema 2020-12), or give the output itself."),
    ),
    Rule(
        "example/recording",
        N_("A recording that cannot be replayed"),
        what=N_("The file of recorded requests and answers cannot be read."),
        why=N_("The example is run against it, as the sandbox has no network."),
        fix=N_("Write a list of requests with their responses."),
        good=(
            "[{\n"
            '  "request": { "method": "GET", "path": "/items" },\n'
            '  "response": { "status": 200, "body": "[]" }\n'
            "}]"
        ),
        language="json",
    ),
    Rule(
        "example/recording-missing",
        N_("A recording that is not in the wheel"),
        what=N_("An example names a recording that the build backend did not pack."),
        why=N_("The example could not be run."),
        fix=N_("Add the file to what the build backend packs, or correct its path."),
    ),
)
