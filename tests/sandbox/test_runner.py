"""The runner that tools run under, held to pydantic where both speak of the same types."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import json
import sys
import typing
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydantic
import pytest
import typing_extensions

from lumos.runtime import process
from lumos.runtime.runner.converters import Converters
from lumos.runtime.runner.errors import Refused
from lumos.runtime.runner.results import jsonable
from tests.sandbox.driver import Driver
from tests.sandbox.support import TOOLS


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1


@dataclasses.dataclass
class Inner:
    when: datetime.datetime
    tags: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Outer:
    inner: Inner
    color: Color | None = None


class Point(typing.NamedTuple):
    x: int
    y: int = 0


class Options(typing_extensions.TypedDict, total=False):
    limit: typing_extensions.Required[int]
    name: str


class Model(pydantic.BaseModel):
    size: int = pydantic.Field(alias="Size", ge=1)


UserId = typing.NewType("UserId", int)
WHEN = "2026-01-31T12:00:00Z"

FITTING = [
    (bool, True),
    (int, 3),
    (int, "3"),
    (int, 3.0),
    (float, 3),
    (float, "2.5"),
    (str, "x"),
    (bytes, "x"),
    (None, None),
    (typing.Any, {"a": 1}),
    (datetime.datetime, WHEN),
    (datetime.datetime, "2026-01-31T12:00:00.5+02:00"),
    (datetime.date, "2026-01-31"),
    (datetime.time, "12:30:00"),
    (datetime.timedelta, "P1DT2H3M4.5S"),
    (datetime.timedelta, 90),
    (decimal.Decimal, "1.10"),
    (uuid.UUID, "12345678-1234-5678-1234-567812345678"),
    (Path, "a/b"),
    (list[int], [1, "2"]),
    (set[int], [1, 1]),
    (frozenset[str], ["a"]),
    (tuple[int, str], [1, "a"]),
    (tuple[int, ...], [1, 2]),
    (dict[int, list[bool]], {"1": [True]}),
    (typing.Literal["a", 2], 2),
    (Color, "red"),
    (Level, 1),
    (int | str, "5"),
    (float | int, 5),
    (str | None, None),
    (list[int] | dict[str, int], {"a": 1}),
    (typing.Optional[Inner], {"when": WHEN}),  # noqa: UP045
    (Outer, {"inner": {"when": WHEN, "tags": ["x"]}, "color": "blue"}),
    (Point, [1, 2]),
    (Options, {"limit": 1}),
    (UserId, 5),
    (Model, {"Size": 3}),
    (typing.Annotated[int, pydantic.Field(ge=1)], 1),
    (list[Model], [{"Size": 1}]),
]
WRONG = [
    (bool, "maybe"),
    (int, 3.5),
    (int, "x"),
    (int, None),
    (int, [1]),
    (float, "x"),
    (str, 3),
    (datetime.date, "31.1.2026"),
    (datetime.timedelta, "P"),
    (uuid.UUID, "x"),
    (decimal.Decimal, "x"),
    (list[int], {"a": 1}),
    (list[int], "12"),
    (tuple[int, str], [1]),
    (dict[str, int], [1]),
    (dict[int, int], {"x": 1}),
    (typing.Literal["a"], "b"),
    (Color, "green"),
    (int | None, "x"),
    (Outer, {"inner": {}}),
    (Outer, []),
    (Options, {"name": "x"}),
    (Model, {"Size": 0}),
    (typing.Annotated[int, pydantic.Field(ge=1)], 0),
]
RESULTS = [
    1.5,
    "text",
    b"bytes",
    {"a": (1, 2)},
    {1: "a", None: "b", False: "c"},
    {Color.RED: Level.LOW},
    [datetime.date(2026, 1, 31), datetime.time(12, 30)],
    datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC),
    datetime.datetime(2026, 1, 31, 12, 0, 0, 500),
    datetime.timedelta(days=1, hours=2, seconds=3, microseconds=500_000),
    datetime.timedelta(0),
    -datetime.timedelta(hours=1),
    decimal.Decimal("1.10"),
    uuid.UUID(int=1),
    Path("a/b"),
    Outer(Inner(datetime.datetime(2026, 1, 1)), Color.RED),
    Point(1, 2),
    Model(Size=2),
    frozenset({1}),
    2**70,
]


def convert(value: Any, hint: Any, where: str) -> Any:
    return Converters().of(hint)(value, where, False)


@pytest.mark.parametrize(("hint", "value"), FITTING, ids=str)
def test_arguments_become_what_pydantic_makes_of_them(hint: Any, value: Any) -> None:
    found = convert(value, hint, "it")
    expected = pydantic.TypeAdapter(hint).validate_python(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("hint", "value"), WRONG, ids=str)
def test_arguments_that_do_not_fit_are_refused_by_name(hint: Any, value: Any) -> None:
    with pytest.raises(Refused, match="The argument x") as caught:
        convert(value, hint, "The argument x")
    assert caught.value.kind == "arguments"


@pytest.mark.parametrize("value", RESULTS, ids=[type(value).__name__ for value in RESULTS])
def test_results_become_the_json_that_pydantic_writes(value: Any) -> None:
    expected = json.loads(pydantic.TypeAdapter(type(value)).dump_json(value, by_alias=True))
    assert json.loads(json.dumps(jsonable(value))) == expected


@pytest.mark.parametrize(
    "value",
    [object(), len, Color, Outer, sys],
    ids=["object", "function", "enum", "class", "module"],
)
def test_results_without_a_form_in_json_are_refused(value: Any) -> None:
    with pytest.raises(Refused, match="JSON cannot represent"):
        jsonable(value)


@pytest.fixture
def driver() -> Iterator[Driver]:
    found = Driver(TOOLS / "good")
    names = ("answer", "slowly", "count", "read", "folder", "describe_me")
    loaded = found.ask("load", functions={name: f"acme_good:{name}" for name in names})
    assert loaded["ok"], loaded
    yield found
    assert found.close() == 0


def test_a_call_answers_with_the_value(driver: Driver) -> None:
    found = driver.ask("call", function="answer", arguments={"text": "x"})
    assert found == {"id": 2, "ok": True, "value": {"text": "x", "length": 1}}
    assert driver.ask("call", function="slowly", arguments={"seconds": "0"})["value"] == 0


def test_a_forked_call_leaves_no_state(driver: Driver) -> None:
    assert [driver.ask("call", function="count", fork=True)["value"] for _ in range(2)] == [1, 1]
    assert [driver.ask("call", function="count")["value"] for _ in range(2)] == [1, 2]


def test_a_call_gets_its_files_and_a_folder_that_goes(driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "source").write_text("content")
    folder = tmp_path / "work"
    message: dict[str, Any] = {
        "cwd": str(folder),
        "files": {"in/a.txt": str(tmp_path / "source")},
        "arguments": {"name": "in/a.txt"},
    }
    assert driver.ask("call", function="read", fork=True, **message)["value"] == "content"
    driver.ask("ping")
    assert not folder.exists()


def test_what_cannot_be_done_is_told_by_kind(driver: Driver) -> None:
    kinds = {
        "arguments": driver.ask("call", function="answer", arguments={}),
        "request": driver.ask("call", function="unknown"),
        "load": driver.ask("load", functions={"x": "acme_good:STATE"}),
        "raised": driver.ask("call", function="read", arguments={"name": "/nonexistent"}),
        "too large": driver.ask("call", function="describe_me", arguments={"text": "x" * 200_000}),
    }
    assert {name: found["error"]["kind"] for name, found in kinds.items()} == {n: n for n in kinds}
    assert kinds["raised"]["error"]["errno"] == 2
    assert "acme_good.py" in kinds["raised"]["error"]["traceback"]
    assert str(process.RUNNER) not in kinds["raised"]["error"]["traceback"]
    assert driver.ask("fly")["error"]["kind"] == "request"
    driver.requests.write(b"not JSON\n")
    assert json.loads(driver.answers.readline())["error"]["kind"] == "request"
