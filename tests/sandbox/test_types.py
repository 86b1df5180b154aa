"""What a schema admits can be called, and what comes back fits: with pydantic and without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.driver import Described, describe_program, described

STANDARD = '''
import collections, dataclasses, datetime, decimal, enum, fractions, ipaddress, math
import pathlib, re, typing, uuid, zoneinfo
from typing import Annotated

class Half(enum.Enum):
    ONE = 1.0
    TWO = 2.5

class Color(enum.Enum):
    RED = "red"

class Point(typing.NamedTuple):
    x: int
    y: int

@dataclasses.dataclass
class Cat:
    name: str
    lives: int = 9

@dataclasses.dataclass
class Dog:
    name: str
    breed: str = "mixed"

@dataclasses.dataclass
class Place:
    """Where it is.

    Attributes:
        city: The city's name.
    """

    city: str
    population: int
    """How many people live there."""
    area: Annotated[float, "In square kilometers."] = 0.0

@dataclasses.dataclass
class Tree:
    value: int
    children: "list[Tree]" = dataclasses.field(default_factory=list)

def pet(animal: Cat | Dog) -> str: return repr(animal)
def pets(animals: list[Dog]) -> int: return len(animals)
def moment(text: str) -> datetime.datetime: return datetime.datetime(2026, 1, 2, 3)
def day(text: str) -> datetime.date: return datetime.date(2026, 1, 2)
def clock(text: str) -> datetime.time: return datetime.time(1, 2)
def span(text: str) -> datetime.timedelta: return datetime.timedelta(hours=1)
def identifier(text: str) -> uuid.UUID: return uuid.UUID(int=1)
def amount(text: str) -> decimal.Decimal: return decimal.Decimal(text)
def path(text: str) -> pathlib.Path: return pathlib.Path("a/b")
def host(text: str) -> ipaddress.IPv4Address: return ipaddress.ip_address("127.0.0.1")
def color(text: str) -> Color: return Color.RED
def point(text: str) -> Point: return Point(1, 2)
def address(value: ipaddress.IPv4Address) -> str: return repr(value)
def network(value: ipaddress.IPv6Network) -> str: return repr(value)
def counter(value: collections.Counter[str]) -> str: return repr(value)
def grouped(value: collections.defaultdict[str, list[int]]) -> str: return repr(value)
def ordered(value: collections.OrderedDict[str, int]) -> str: return repr(value)
def pattern(value: re.Pattern[str]) -> str: return value.pattern
def fraction(value: fractions.Fraction) -> str: return repr(value)
def zone(value: zoneinfo.ZoneInfo) -> str: return value.key
def half(value: Half) -> str: return value.name
def money(value: decimal.Decimal) -> str: return repr(value)
def by_number(value: dict[int, str]) -> dict[int, str]: return value
def by_day(value: dict[datetime.date, int]) -> dict[datetime.date, int]: return value
def switches(value: dict[bool, int]) -> dict[bool, int]: return value
def mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan
def worst(values: list[float]) -> dict[str, float]: return {"max": math.inf}
def weather(city: Annotated[str, "the city's name"]) -> Place: return Place(city, 1)
def grow(tree: Tree) -> Tree: return Tree(tree.value, [tree])
def either(value: int | str | None = None) -> int | str | None: return value
def words(value: list[int] | list[str]) -> list[int] | list[str]: return value
def tags(value: set[str]) -> set[str]: return value
def fail(kind: str) -> int:
    if kind == "key":
        raise KeyError("Rome")
    if kind == "exit":
        raise SystemExit(3)
    inner = ExceptionGroup("inner", [OSError("no route")])
    raise ExceptionGroup("unhandled errors in a TaskGroup", [ValueError("bad"), inner])
'''
NAMES = [line[4:].partition("(")[0] for line in STANDARD.splitlines() if line.startswith("def ")]

PYDANTIC = """
import dataclasses, datetime
from typing import Annotated, Any
from pydantic import *

class Account(BaseModel):
    name: str
    password: str = Field(default="secret", exclude=True)

class Box(BaseModel):
    width: int
    height: int

    @computed_field
    @property
    def area(self) -> int: return self.width * self.height

class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str

class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    day: datetime.date
    pair: tuple[int, int]

class Stored(BaseModel):
    key: str = Field(alias="Key")

@dataclasses.dataclass
class Options:
    limit: Annotated[int, Field(ge=1)] = Field(default=5)

class Numbers(RootModel[list[int]]):
    pass

class Table(RootModel[dict[str, int]]):
    pass

def double(n: int = Field(default=5, ge=1)) -> int: return n * 2
def required(n: int = Field(ge=1)) -> int: return n * 2
def factory(items: list[int] = Field(default_factory=lambda: [1])) -> list[int]: return items
def inside(n: Annotated[int, Field(default=5)]) -> int: return n * 2
def plain(n: Annotated[int, Field(ge=1)] = 5) -> int: return n * 2
def options(value: Options) -> int: return value.limit
def renamed(from_: Annotated[str, Field(alias="from")]) -> str: return from_
def by_default(from_: str = Field(default="me", alias="from")) -> str: return from_
def validated(to: Annotated[str, Field(validation_alias="To")]) -> str: return to
def written(to: Annotated[str, Field(serialization_alias="To")]) -> str: return to
def reserved(copy: str, schema: int, json: int) -> list[str | int]: return [copy, schema, json]
def account(name: str) -> Account: return Account(name=name)
def box(value: Box) -> Box: return value
def more(value: Open) -> Open: return value
def strict(value: Strict) -> Strict: return value
def stored(value: Stored) -> Stored: return value
def numbers(value: Numbers) -> Numbers: return value
def table(value: Table) -> Table: return value
def link(text: str) -> HttpUrl: return HttpUrl(text)
def links(text: str) -> list[AnyUrl]: return [AnyUrl(text)]
def named(text: str) -> dict[str, AnyUrl]: return {"a": AnyUrl(text)}
def loose(text: str) -> dict[str, Any]: return {"a": AnyUrl(text), "b": [Box(width=1, height=2)]}
def rounded(x: float) -> Annotated[float, PlainSerializer(lambda x: round(x, 1))]: return x
"""
PYDANTIC_NAMES = [
    line[4:].partition("(")[0] for line in PYDANTIC.splitlines() if line.startswith("def ")
]


@pytest.fixture(scope="module", params=[False, True], ids=["standard", "pydantic"])
def standard(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    """The functions with types of the standard library, without pydantic and with it."""
    folder = tmp_path_factory.mktemp("standard")
    found = described(folder, STANDARD, NAMES, pydantic=request.param)
    yield found
    found.driver.close()


@pytest.fixture(scope="module")
def modeled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    """The functions with types of pydantic."""
    folder = tmp_path_factory.mktemp("modeled")
    found = described(folder, PYDANTIC, PYDANTIC_NAMES, pydantic=True)
    yield found
    found.driver.close()


def test_an_object_becomes_the_class_that_has_all_its_keys(standard: Described) -> None:
    dog = standard.value("pet", animal={"name": "Rex", "breed": "lab"})
    assert dog == "Dog(name='Rex', breed='lab')"
    assert standard.value("pet", animal={"name": "Tom"}) == "Cat(name='Tom', lives=9)"


def test_a_key_that_no_class_has_is_refused_by_schema_and_call(standard: Described) -> None:
    arguments = {"animals": [{"name": "Rex", "color": "brown"}]}
    assert "color" in standard.refusal("pets", **arguments)
    with pytest.raises(AssertionError):
        standard.value("pets", **arguments)
    assert "There is no parameter dogs" in standard.refusal("pets", dogs=[])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("moment", "2026-01-02T03:00:00"),
        ("day", "2026-01-02"),
        ("clock", "01:02:00"),
        ("span", "PT1H"),
        ("identifier", "00000000-0000-0000-0000-000000000001"),
        ("path", "a/b"),
        ("host", "127.0.0.1"),
        ("color", "red"),
        ("point", [1, 2]),
    ],
)
def test_a_value_that_is_no_object_is_wrapped(
    standard: Described, name: str, expected: Any
) -> None:
    assert standard.specs[name].wrapped
    assert standard.value(name, text="") == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("address", "127.0.0.1", "IPv4Address('127.0.0.1')"),
        ("network", "::1/128", "IPv6Network('::1/128')"),
        ("counter", {"a": 2}, "Counter({'a': 2})"),
        ("grouped", {"a": [1]}, "defaultdict(<class 'list'>, {'a': [1]})"),
        ("ordered", {"a": 1}, "OrderedDict({'a': 1})"),
        ("pattern", "a+", "a+"),
        ("fraction", "1/3", "Fraction(1, 3)"),
        ("fraction", 2, "Fraction(2, 1)"),
        ("zone", "UTC", "UTC"),
        ("half", 1, "ONE"),
        ("half", 2.5, "TWO"),
        ("money", "1.10", "Decimal('1.10')"),
        ("by_number", {"-3": "x"}, {"-3": "x"}),
        ("by_day", {"2026-01-02": 1}, {"2026-01-02": 1}),
        ("switches", {"true": 1}, {"true": 1}),
        ("either", "5", "5"),
        ("either", None, None),
        ("words", ["1"], ["1"]),
    ],
)
def test_an_argument_becomes_the_type_that_the_function_asks_for(
    standard: Described, name: str, value: Any, expected: Any
) -> None:
    found = standard.value(name, value=value)
    assert found in (expected, str(expected).replace("({'a': 1})", "([('a', 1)])"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "127.0.0"),
        ("pattern", "("),
        ("fraction", "1/0"),
        ("zone", "Nowhere/Else"),
        ("half", 3),
        ("money", "NaN"),
        ("by_number", {"x": "y"}),
    ],
)
def test_what_does_not_fit_is_refused_with_the_argument_s_name(
    standard: Described, name: str, value: Any
) -> None:
    assert "value" in standard.refusal(name, value=value)


@pytest.mark.parametrize(("name", "shown"), [("mean", "nan"), ("worst", "inf")])
def test_a_result_that_is_not_a_number_is_an_error(
    standard: Described, name: str, shown: str
) -> None:
    error = standard.call(name, values=[])["error"]
    assert error["kind"] == "result"
    assert error["message"] == f"The function returned {shown}, which is not a number in JSON."


def test_texts_in_annotations_and_classes_are_descriptions(standard: Described) -> None:
    spec = standard.specs["weather"]
    assert spec.input_schema["properties"]["city"]["description"] == "the city's name"
    assert spec.output_schema["description"] == "Where it is."
    properties = spec.output_schema["properties"]
    assert {name: part["description"] for name, part in properties.items()} == {
        "city": "The city's name.",
        "population": "How many people live there.",
        "area": "In square kilometers.",
    }


def test_a_class_that_contains_itself_goes_both_ways(standard: Described) -> None:
    tree = {"value": 1, "children": [{"value": 2, "children": []}]}
    assert standard.value("grow", tree=tree) == {"value": 1, "children": [tree]}


def test_errors_say_their_type_and_a_group_its_errors(standard: Described) -> None:
    errors = [standard.call("fail", kind=kind)["error"] for kind in ("key", "exit", "group")]
    assert [error["type"] for error in errors] == ["KeyError", "SystemExit", "ExceptionGroup"]
    assert [error["message"] for error in errors] == [
        "'Rome'",
        "3",
        "unhandled errors in a TaskGroup: ValueError: bad; OSError: no route",
    ]


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("double", {}, 10),
        ("double", {"n": 1}, 2),
        ("required", {"n": 1}, 2),
        ("factory", {}, [1]),
        ("inside", {}, 10),
        ("plain", {}, 10),
        ("options", {"value": {}}, 5),
        ("renamed", {"from": "x"}, "x"),
        ("by_default", {}, "me"),
        ("by_default", {"from": "x"}, "x"),
        ("validated", {"To": "x"}, "x"),
        ("written", {"to": "x"}, "x"),
        ("reserved", {"copy": "x", "schema": 1, "json": 2}, ["x", 1, 2]),
        ("account", {"name": "Ada"}, {"name": "Ada"}),
        ("box", {"value": {"width": 2, "height": 3}}, {"width": 2, "height": 3, "area": 6}),
        ("more", {"value": {"name": "a", "b": 1}}, {"name": "a", "b": 1}),
        (
            "strict",
            {"value": {"day": "2026-01-02", "pair": [1, 2]}},
            {"day": "2026-01-02", "pair": [1, 2]},
        ),
        ("stored", {"value": {"Key": "x"}}, {"Key": "x"}),
        ("numbers", {"value": [1]}, [1]),
        ("table", {"value": {"a": 1}}, {"a": 1}),
        ("link", {"text": "https://a.example/"}, "https://a.example/"),
        ("links", {"text": "https://a.example/"}, ["https://a.example/"]),
        ("named", {"text": "https://a.example/"}, {"a": "https://a.example/"}),
        (
            "loose",
            {"text": "https://a.example/"},
            {"a": "https://a.example/", "b": [{"width": 1, "height": 2, "area": 2}]},
        ),
        ("rounded", {"x": 0.26}, 0.3),
    ],
)
def test_a_function_with_types_of_pydantic_does_what_its_schema_says(
    modeled: Described, name: str, arguments: dict[str, Any], expected: Any
) -> None:
    assert modeled.value(name, **arguments) == expected


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        (
            "double",
            {"n": 0},
            "The argument n should be greater than or equal to 1, but it is 0.",
        ),
        ("plain", {"n": 0}, "The argument n should be greater than or equal to 1, but it is 0."),
        ("required", {}, "The argument n is missing."),
        ("renamed", {"from_": "x"}, "There is no parameter from_; there are: from."),
        (
            "options",
            {"value": {"limit": 0}},
            "The argument value.limit should be greater than or equal to 1, but it is 0.",
        ),
    ],
)
def test_what_pydantic_refuses_is_told_in_one_sentence(
    modeled: Described, name: str, arguments: dict[str, Any], message: str
) -> None:
    assert modeled.refusal(name, **arguments) == message


REFUSED = """
import collections, dataclasses, enum, fractions, typing

class Access(enum.Flag):
    READ = 1
    WRITE = 2

class Pair(enum.Enum):
    ONE = (1, 1)

class Level(enum.IntEnum):
    LOW = 1

@dataclasses.dataclass
class Row:
    tags: set[typing.Any]

@dataclasses.dataclass
class Cell:
    x: int

def flag(given: Access) -> int: ...
def flags(given: list[Access]) -> int: ...
def pair(given: Pair) -> int: ...
def number(given: complex) -> int: ...
def lists(given: set[list[int]]) -> int: ...
def cells(given: set[Cell]) -> int: ...
def nested(given: Row) -> int: ...
def keys(given: dict[tuple[int, int], int]) -> int: ...
def floats(given: dict[float, int]) -> int: ...
def levels(given: dict[Level, int]) -> int: ...
def hashed(given: typing.Hashable) -> int: ...
def kind(given: type[int]) -> int: ...
def returned(given: int) -> Access: ...
def tuples(given: int) -> dict[tuple[int, int], int]: ...
"""
REFUSED_NAMES = [
    line[4:].partition("(")[0] for line in REFUSED.splitlines() if line.startswith("def ")
]


def test_what_cannot_be_kept_is_refused_with_the_parameter_s_name(tmp_path: Path) -> None:
    (tmp_path / "acme_refused.py").write_text(REFUSED)
    entries = {name: f"acme_refused:{name}" for name in REFUSED_NAMES}
    answer = describe_program(tmp_path, entries)
    found = {item["message"].split()[2]: item for item in answer["findings"]}
    assert sorted(found) == sorted(REFUSED_NAMES)
    for name, item in found.items():
        if name in ("returned", "tuples"):
            assert item["rule"] == "schema/result-without-schema"
        else:
            assert item["rule"] == "schema/parameter-without-schema"
            assert "has the parameter given" in item["message"]
