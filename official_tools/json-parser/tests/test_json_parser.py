import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lumos_json_parser import json_parser

STORE = json.dumps(
    {
        "store": {
            "book": [
                {"title": "Sayings", "price": 8.95},
                {"title": "Sword", "price": 12.99},
                {"title": "Moby Dick", "price": 8.99, "isbn": "0-553"},
            ],
            "bicycle": {"color": "red", "price": 399},
        },
        "odd/key": {"~": 1, "it's": 2, "": 3},
    }
)


def pick(path, text=STORE):
    return json_parser(text, path).value


def test_a_document_is_parsed_with_its_type():
    document = json_parser('{"a": [1, 2.5, true, null, "x"]}')
    assert document.value == {"a": [1, 2.5, True, None, "x"]}
    assert (document.type, document.matches, document.warnings) == ("object", 1, [])
    assert (document.schema_checked, document.schema_errors) == (False, [])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{}", "object"),
        ("[]", "array"),
        ('""', "string"),
        ("1", "number"),
        ("1.5", "number"),
        ("true", "boolean"),
        ("null", "null"),
    ],
)
def test_every_type_has_its_name(text, kind):
    assert json_parser(text).type == kind


def test_large_whole_numbers_keep_every_digit():
    assert json_parser("12345678901234567890123").value == 12345678901234567890123


def test_a_byte_order_mark_is_dropped():
    assert json_parser("\ufeff[1]").value == [1]


def test_repeated_keys_are_told_and_the_last_one_counts():
    document = json_parser('{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}')
    assert document.value == {"a": 3, "b": {"c": 2}}
    assert len(document.warnings) == 2
    assert "'a' stands twice" in "".join(document.warnings)


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("", "line 1, column 1", "It is empty"),
        ('{"a": 1', "column 8", "ends too early"),
        ('{"a": 1,}', "line 1", "Remove the comma"),
        ("[1, 2, ]", "line 1", "Remove the comma"),
        ("{'a': 1}", "column 2", "double quotes"),
        ('{"a": True}', "column 7", "lower case"),
        ('{"a": 1 // one\n}', "column 9", "Remove the comments"),
        ('["a\nb"]', "line 1", r"as \\n"),
        ('{"a": 1} {"b": 2}', "column 10", "put several into an array"),
        ('{\n  "a" 1\n}', "line 2, column 7", "colons after keys"),
        ("[NaN]", "no NaN", "Write null"),
        ("[-Infinity]", "no -Infinity", "Write null"),
        ("[1e999]", "larger than any double", "as a string"),
        ('["\\ud83d"]', "surrogate pair", "both halves"),
        ("[" * 201 + "]" * 201, "deeper than 200 levels", "Split it"),
        ("[" * 100_000, "deeper than 200 levels", "Split it"),
    ],
)
def test_what_is_not_json_is_refused_with_place_and_remedy(text, place, remedy):
    with pytest.raises(ValueError, match=rf"(?s){place}.*{remedy}"):
        json_parser(text)


def test_a_whole_surrogate_pair_is_a_character():
    assert json_parser('"\\ud83d\\ude42"').value == "🙂"


def test_a_number_beyond_the_interpreters_limit_is_a_value_error():
    with pytest.raises(ValueError, match="several thousand digits"):
        json_parser("1" * 5000)


@pytest.mark.parametrize(
    "path",
    [
        "$.store.book[2].isbn",
        "store.book[2].isbn",
        "store.book.2.isbn",
        "/store/book/2/isbn",
        "$['store'][\"book\"][-1]['isbn']",
    ],
)
def test_every_notation_leads_to_one_value(path):
    document = json_parser(STORE, path)
    assert (document.value, document.type, document.matches) == ("0-553", "string", 1)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", json.loads(STORE)),
        ("", json.loads(STORE)),
        ("$.store.book[*].price", [8.95, 12.99, 8.99]),
        ("$..price", [8.95, 12.99, 8.99, 399]),
        ("$.store..price", [8.95, 12.99, 8.99, 399]),
        ("$..book[0,-1].title", ["Sayings", "Moby Dick"]),
        ("$.store.book[0:2].title", ["Sayings", "Sword"]),
        ("$.store.book[::-1].title", ["Moby Dick", "Sword", "Sayings"]),
        ("$.store.book[0]['title', 'price']", ["Sayings", 8.95]),
        ("$.store.bicycle.*", ["red", 399]),
        ("$..missing", []),
        ("$.store.book[5:]", []),
        ("/odd~1key/~0", 1),
        ("/odd~1key/", 3),
        ("$['odd/key']['it\\'s']", 2),
        ('$["odd/key"]["it\'s"]', 2),
    ],
)
def test_paths_pick_what_the_standards_say(path, value):
    assert pick(path) == value


def test_a_path_with_many_matches_tells_their_number():
    document = json_parser(STORE, "$..price")
    assert (document.matches, document.type) == (4, "array")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "$.store.books",
            r"object at \$\['store'\] has no member 'books'. Its members are: 'book'",
        ),
        ("$.store.book[9]", "has 3 items and none at 9"),
        ("$.store.bicycle.color.x", "neither an object nor an array"),
        ("$.store.book[?@.price < 10]", "filter or a script"),
        ("$.store book", "cannot be read from"),
        ("$.store[", "cannot be read from"),
        ("$.a['\\x']", "wrong escape"),
        ("/a~2", "Write ~0 for ~"),
        ("$" + ".a" * 600, "more than 1000 characters"),
    ],
)
def test_a_path_that_leads_nowhere_says_why(path, message):
    with pytest.raises(ValueError, match=message):
        json_parser(STORE, path)


def test_a_path_that_explodes_is_stopped():
    text = json.dumps([[[0] * 60] * 60] * 60)
    with pytest.raises(ValueError, match="matches more than 100,000"):
        json_parser(text, "$..*..*")


def test_a_correct_schema_has_no_errors():
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"a/b": {"$ref": "#/$defs/a~1b"}, "c": {"$ref": "#named"}, "d": True},
        "$defs": {"a/b": {"type": ["string", "null"]}, "n": {"$anchor": "named", "minimum": 1.5}},
        "required": ["c"],
        "x-unknown": {"type": 5},
    }
    document = json_parser(json.dumps(schema), validate_schema=True)
    assert (document.schema_checked, document.schema_errors) == (True, [])


def test_a_wrong_schema_names_every_place():
    schema = {
        "type": "text",
        "properties": {"a": {"minLength": -1, "pattern": 5}, "b": 7, "c": {"items": [{}]}},
        "required": ["a", "a"],
        "anyOf": [],
        "minimum": 5,
        "maximum": 1,
        "not": {"$ref": "#/$defs/none"},
        "if": {"$ref": "#nowhere"},
    }
    errors = json_parser(json.dumps(schema), validate_schema=True).schema_errors
    assert [error.split(":")[0] for error in errors] == [
        "/type",
        "/required",
        "/anyOf",
        "/minimum",
        "/properties/a/minLength",
        "/properties/a/pattern",
        "/properties/b",
        "/properties/c/items",
        "/not/$ref",
        "/if/$ref",
    ]


def test_the_schema_check_looks_at_the_picked_value():
    text = json.dumps({"tool": {"input": {"type": "object", "required": "name"}}})
    document = json_parser(text, "/tool/input", validate_schema=True)
    assert document.schema_errors == ["/required: must be a list of different strings."]


def test_a_value_that_is_no_schema_at_all_is_told():
    assert json_parser("5", validate_schema=True).schema_errors == [
        "/: a schema must be an object, true or false."
    ]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), children, max_size=4)
    ),
    max_leaves=20,
)


@given(json_values)
def test_whatever_is_written_as_json_is_read_back(value):
    assert json_parser(json.dumps(value)).value == value


@given(json_values)
def test_every_value_is_found_by_its_pointer(value):
    text = json.dumps(value)
    for pointer, expected in pointers(value, ""):
        if len(pointer) <= 1000:
            assert json_parser(text, pointer).value == expected


def pointers(value, at):
    yield at, value
    items = enumerate(value) if isinstance(value, list) else []
    for key, item in value.items() if isinstance(value, dict) else items:
        yield from pointers(item, f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}")


@given(st.text(max_size=40), st.text(alphabet="$.[]*'\"ab01:,/~?@()- ", max_size=12))
def test_any_text_and_path_give_a_value_or_a_value_error(text, path):
    for source in (text, STORE):
        try:
            json_parser(source, path, validate_schema=True)
        except ValueError as error:
            assert str(error)
