"""The rules of a function's schemas."""

from lumos.package.rules import N_, Rule, table

__all__ = ["RULES"]

RULES = table(
    Rule(
        "schema/dialect",
        N_("Another dialect of JSON Schema"),
        what=N_("$schema names something other than JSON Schema 2020-12."),
        why=N_("Keywords mean different things in different dialects."),
        fix=N_("Leave $schema out, or name 2020-12."),
        bad='{ "$schema": "http://json-schema.org/draft-07/schema#" }',
        good='{ "$schema": "https://json-schema.org/draft/2020-12/schema" }',
        language="json",
    ),
    Rule(
        "schema/invalid",
        N_("Not a JSON Schema"),
        what=N_("A schema breaks the rules of JSON Schema."),
        why=N_("No client could check a value against it."),
        fix=N_(
            "Run `lumos build`; for a schema that you wrote, correct the place that the finding"
            " names."
        ),
        bad='{ "type": "text" }',
        good='{ "type": "string" }',
        language="json",
    ),
    Rule(
        "schema/missing",
        N_("No schema"),
        what=N_("A function has no input schema or no output schema."),
        why=N_("An agent must know what to send and what comes back."),
        fix=N_("Give every parameter and the result a type, and run `lumos build`."),
        bad="def search(query): ...",
        good="def search(query: str) -> list[str]: ...",
        language="python",
    ),
    Rule(
        "schema/object-root",
        N_("A schema that is no object"),
        what=N_("The input or output schema of a function does not describe an object."),
        why=N_("Agents give arguments by name, and MCP answers with an object."),
        fix=N_("Run `lumos build`, which wraps other results."),
    ),
    Rule(
        "schema/pattern",
        N_("A pattern that is no safe regular expression"),
        what=N_("A pattern cannot be read, or could take a very long time on some texts."),
        why=N_("Every client checks values against it."),
        fix=N_("Write a simpler pattern, or check the value in the function."),
        bad="^(a+)+$",
        good="^a+$",
    ),
    Rule(
        "schema/reference",
        N_("A reference to nothing"),
        what=N_(
            "A $ref points to a place that the schema does not have, or uses a keyword that is "
            "not supported here."
        ),
        why=N_("Nobody can tell what the value is."),
        fix=N_("Run `lumos build`; for a schema that you wrote, point to #/$defs/NAME."),
    ),
    Rule(
        "schema/remote-reference",
        N_("A reference out of the schema"),
        what=N_("A $ref points to another file or to an address."),
        why=N_("What stands there can change, and agents do not fetch it."),
        fix=N_("Copy the definition into $defs."),
        bad='{ "$ref": "https://example.org/row.json" }',
        good='{ "$ref": "#/$defs/Row" }',
        language="json",
    ),
    Rule(
        "schema/too-deep",
        N_("A schema nested too deep"),
        what=N_("The schema is nested deeper than models and checks can follow."),
        why=N_("Models lose their way in it."),
        fix=N_("Flatten the parameters."),
    ),
    Rule(
        "schema/too-large",
        N_("A schema that is too large"),
        what=N_("A schema has more bytes or more parts than it may."),
        why=N_("All of it is put before the model."),
        fix=N_("Flatten the types, or split the function."),
    ),
)
