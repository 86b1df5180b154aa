"""Runs the functions of installed tools for another process.

One file that needs only the standard library, so that it alone can be shown to a sandbox or to a
tool's environment, and nothing of ours can clash with what a tool depends on.

Started as ``python -I -B runner.py [--path DIR ...] [--in FD] [--out FD] [--max-answer BYTES]``.
It reads one JSON request a line from ``--in`` (default 3) and answers with one JSON line on
``--out`` (default 4), so that stdin, stdout and stderr stay the tool's own::

    {"id": 1, "op": "load", "functions": {"add": "acme_add:add"}}
    {"id": 2, "op": "call", "function": "add", "arguments": {"a": 1, "b": 2}}
    {"id": 3, "op": "ping"}

    {"id": 1, "ok": true}
    {"id": 2, "ok": true, "value": 3}
    {"id": 2, "ok": false, "error": {"kind", "type", "message", "traceback", "errno"?}}

``kind`` is ``load``, ``arguments``, ``raised``, ``result``, ``too large``, ``exit`` (the process
that ran the function ended before it answered; then ``signal`` or ``status`` says how) or
``request``. A call may carry ``cwd`` (made if it is missing), ``files`` (name in the working
folder -> path to copy from), ``fork`` (run in a child process, so that nothing leaks into the
next call) and ``hold`` (with ``fork``: the child lives until the next request, so that it can be
measured). ``load`` and ``ping`` can be forked too.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import decimal
import enum
import functools
import gc
import importlib
import inspect
import json
import os
import pathlib
import re
import select
import signal
import sys
import time
import traceback
import types
import typing
import uuid
from collections import abc, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

MAX_ANSWER = 64 * 1024 * 1024
TRACEBACK_CHARS = 8000
TRACEBACK_FRAMES = 40
MESSAGE_CHARS = 2000
REFUSED_TYPES = {
    "load": "NotAFunction",
    "arguments": "InvalidArguments",
    "result": "NotJSON",
    "too large": "ResultTooLarge",
    "exit": "ProcessEnded",
    "request": "InvalidRequest",
}


class Refused(Exception):
    """A request that cannot be done; ``kind`` says which part of it is at fault."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


# From JSON to the types that a function asks for.


def bad(value: Any, wanted: str, where: str) -> NoReturn:
    shown = json.dumps(value, default=str)
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    raise Refused("arguments", f"{where} must be {wanted}, but it is {shown}.")


def to_bool(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, str)) and str(value).lower() in ("true", "1", "false", "0"):
        return str(value).lower() in ("true", "1")
    bad(value, "true or false", where)


def to_int(value: Any, where: str) -> int:
    try:
        if isinstance(value, int | str) and not isinstance(value, bool):
            return int(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
    except ValueError:
        pass
    bad(value, "a whole number", where)


def to_float(value: Any, where: str) -> float:
    try:
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            return float(value)
    except (ValueError, OverflowError):
        pass
    bad(value, "a number", where)


def to_str(value: Any, where: str) -> str:
    return value if isinstance(value, str) else bad(value, "a string", where)


def to_bytes(value: Any, where: str) -> bytes:
    return to_str(value, where).encode()


def to_none(value: Any, where: str) -> None:
    if value is not None:
        bad(value, "null", where)


def to_datetime(value: Any, where: str) -> datetime.datetime:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.datetime.fromtimestamp(value, datetime.UTC)
        return datetime.datetime.fromisoformat(to_str(value, where))
    except (ValueError, OverflowError):
        bad(value, "a date and time such as 2026-01-31T12:00:00Z", where)


def to_date(value: Any, where: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(to_str(value, where))
    except ValueError:
        bad(value, "a date such as 2026-01-31", where)


def to_time(value: Any, where: str) -> datetime.time:
    try:
        return datetime.time.fromisoformat(to_str(value, where))
    except ValueError:
        bad(value, "a time such as 12:30:00", where)


DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>[\d.]+)W)?(?:(?P<days>[\d.]+)D)?"
    r"(?:T(?:(?P<hours>[\d.]+)H)?(?:(?P<minutes>[\d.]+)M)?(?:(?P<seconds>[\d.]+)S)?)?"
)


def to_timedelta(value: Any, where: str) -> datetime.timedelta:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.timedelta(seconds=value)
        match = DURATION.fullmatch(to_str(value, where))
        parts = {
            k: float(v)
            for k, v in (match.groupdict() if match else {}).items()
            if k != "sign" and v
        }
        if match and parts:
            return datetime.timedelta(**parts) * (-1 if match["sign"] == "-" else 1)
    except (ValueError, OverflowError):
        pass
    bad(value, "a number of seconds or a duration such as PT1H30M", where)


def to_decimal(value: Any, where: str) -> decimal.Decimal:
    try:
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            return decimal.Decimal(str(value))
    except decimal.InvalidOperation:
        pass
    bad(value, "a decimal number", where)


def to_uuid(value: Any, where: str) -> uuid.UUID:
    try:
        return uuid.UUID(to_str(value, where))
    except ValueError:
        bad(value, "a UUID", where)


def to_path(value: Any, where: str) -> pathlib.Path:
    return pathlib.Path(to_str(value, where))


SCALARS: dict[Any, Callable[[Any, str], Any]] = {
    bool: to_bool,
    int: to_int,
    float: to_float,
    str: to_str,
    bytes: to_bytes,
    type(None): to_none,
    None: to_none,
    datetime.datetime: to_datetime,
    datetime.date: to_date,
    datetime.time: to_time,
    datetime.timedelta: to_timedelta,
    decimal.Decimal: to_decimal,
    uuid.UUID: to_uuid,
    pathlib.Path: to_path,
    pathlib.PurePath: to_path,
    os.PathLike: to_path,
}
SEQUENCES: dict[Any, Callable[[Any], Any]] = {
    list: list,
    abc.Sequence: list,
    abc.MutableSequence: list,
    abc.Iterable: list,
    abc.Collection: list,
    set: set,
    abc.Set: set,
    abc.MutableSet: set,
    frozenset: frozenset,
    deque: deque,
}
MAPPINGS = (dict, abc.Mapping, abc.MutableMapping)


def convert(value: Any, hint: Any, where: str) -> Any:
    """The JSON ``value`` as the type ``hint`` asks; ``where`` names it in the error."""
    hint = plain(hint)
    if hint in (Any, object, inspect.Parameter.empty) or isinstance(hint, typing.TypeVar):
        return value
    if isinstance(hint, PydanticHint):
        return hint.validate(value, where)
    origin = typing.get_origin(hint) or hint
    if origin in (typing.Union, types.UnionType):
        return to_union(value, typing.get_args(hint), where)
    if origin is typing.Literal:
        return to_literal(value, typing.get_args(hint), where)
    if hint in SCALARS:
        return SCALARS[hint](value, where)
    if origin is tuple:
        return to_tuple(value, typing.get_args(hint), where)
    if origin in SEQUENCES:
        return SEQUENCES[origin](to_items(value, typing.get_args(hint), where))
    if origin in MAPPINGS:
        return to_mapping(value, typing.get_args(hint), where)
    return to_class(value, origin, where)


@dataclasses.dataclass
class PydanticHint:
    """A hint that only pydantic understands: a model, or a type with constraints."""

    hint: Any

    def validate(self, value: Any, where: str) -> Any:
        pydantic = importlib.import_module("pydantic")
        try:
            return pydantic.TypeAdapter(self.hint).validate_python(value)
        except pydantic.ValidationError as error:
            raise Refused("arguments", f"{where} does not fit: {error}") from error


def plain(hint: Any) -> Any:
    """``hint`` without its aliases and qualifiers."""
    while True:
        if typing.get_origin(hint) is typing.Annotated:
            if any(is_pydantic(part) for part in hint.__metadata__):
                return PydanticHint(hint)
            hint = hint.__origin__
        elif isinstance(hint, typing.NewType):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__
        elif qualifier(hint) in ("Required", "NotRequired", "ReadOnly", "Final"):
            hint = typing.get_args(hint)[0]
        else:
            return PydanticHint(hint) if hasattr(hint, "__get_pydantic_core_schema__") else hint


def is_pydantic(part: Any) -> bool:
    return type(part).__module__.partition(".")[0] in ("pydantic", "annotated_types")


def to_union(value: Any, options: tuple[Any, ...], where: str) -> Any:
    for option in options:
        if plain(option) in (type(value), None if value is None else type(value)):
            return value
    problems = []
    for option in options:
        try:
            return convert(value, option, where)
        except Refused as problem:
            problems.append(str(problem))
    raise Refused("arguments", " Or: ".join(dict.fromkeys(problems)))


def to_literal(value: Any, options: tuple[Any, ...], where: str) -> Any:
    for option in options:
        found = option.value if isinstance(option, enum.Enum) else option
        if found == value and type(found) is type(value):
            return option
    bad(value, "one of " + ", ".join(map(repr, options)), where)


def to_items(value: Any, inner: tuple[Any, ...], where: str) -> list[Any]:
    if not isinstance(value, list):
        bad(value, "an array", where)
    hint = inner[0] if inner else Any
    return [convert(item, hint, f"{where}[{index}]") for index, item in enumerate(value)]


def to_tuple(value: Any, inner: tuple[Any, ...], where: str) -> tuple[Any, ...]:
    if not inner or inner[-1] is Ellipsis:
        return tuple(to_items(value, inner, where))
    if not isinstance(value, list) or len(value) != len(inner):
        bad(value, f"an array of {len(inner)} items", where)
    return tuple(
        convert(item, hint, f"{where}[{index}]")
        for index, (item, hint) in enumerate(zip(value, inner, strict=True))
    )


def to_mapping(value: Any, inner: tuple[Any, ...], where: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        bad(value, "an object", where)
    key_hint, value_hint = inner or (Any, Any)
    return {
        convert(key, key_hint, f"a key of {where}"): convert(item, value_hint, f"{where}.{key}")
        for key, item in value.items()
    }


def to_class(value: Any, hint: Any, where: str) -> Any:
    if not isinstance(hint, type):
        raise Refused("arguments", f"{where} has the type {hint!r}, which JSON cannot give.")
    if issubclass(hint, enum.Enum):
        return to_literal(value, tuple(hint), where)
    fields = field_hints(hint)
    if fields is None:
        raise Refused("arguments", f"{where} has the type {hint.__name__}, which JSON cannot give.")
    required, hints = fields
    if isinstance(value, list) and issubclass(hint, tuple):
        value = dict(zip(hints, value, strict=False))
    if not isinstance(value, dict):
        bad(value, "an object", where)
    missing = sorted(required - value.keys())
    if missing:
        raise Refused("arguments", f"{where} lacks {', '.join(missing)}.")
    known = {
        name: convert(value[name], inner, f"{where}.{name}")
        for name, inner in hints.items()
        if name in value
    }
    return hint(**known)


def field_hints(hint: type) -> tuple[set[str], dict[str, Any]] | None:
    """Which fields a record type needs, and the types of all; None for another kind of class."""
    if dataclasses.is_dataclass(hint):
        fields = [item for item in dataclasses.fields(hint) if item.init]
        empty = dataclasses.MISSING
        required = {f.name for f in fields if f.default is empty and f.default_factory is empty}
        names = [item.name for item in fields]
    elif hasattr(hint, "__total__") and hasattr(hint, "__required_keys__"):
        return typed_dict_hints(hint)
    elif issubclass(hint, tuple) and hasattr(hint, "_field_defaults"):
        names = list(hint._fields)  # type: ignore[attr-defined]
        required = set(names) - set(hint._field_defaults)
    else:
        return None
    hints = typing.get_type_hints(hint, include_extras=True)
    return required, {name: hints.get(name, Any) for name in names}


def typed_dict_hints(hint: Any) -> tuple[set[str], dict[str, Any]]:
    """As :func:`field_hints`; a qualifier wins, as the class cannot see it in a quoted hint."""
    hints = typing.get_type_hints(hint, include_extras=True)
    required = set(hint.__required_keys__)
    for name, inner in hints.items():
        if qualifier(inner) == "Required":
            required.add(name)
        elif qualifier(inner) == "NotRequired":
            required.discard(name)
    return required, hints


def qualifier(hint: Any) -> str:
    return getattr(typing.get_origin(hint), "_name", None) or ""


def bind(function: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments to call ``function`` with."""
    parameters = inspect.signature(function).parameters
    unknown = sorted(arguments.keys() - parameters.keys())
    if unknown:
        known = ", ".join(parameters) or "none"
        raise Refused(
            "arguments", f"There is no parameter {', '.join(unknown)}; there are: {known}."
        )
    required = [n for n, p in parameters.items() if p.default is p.empty and n not in arguments]
    if required:
        raise Refused("arguments", f"The argument {', '.join(required)} is missing.")
    hints = typing.get_type_hints(inspect.unwrap(function), include_extras=True)
    return {
        name: convert(value, hints.get(name, Any), f"The argument {name}")
        for name, value in arguments.items()
    }


# From a function's value to JSON, as pydantic's JSON mode writes it.


def jsonable(value: Any) -> Any:
    """``value`` in the types that ``json`` writes; not-a-number and infinity become null."""
    if value is None or value is True or value is False or type(value) in (str, int):
        return value
    if isinstance(value, float):
        return float(value) if value - value == 0 else None
    if isinstance(value, enum.Enum):
        return jsonable(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return {key_text(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset | deque | Iterator):
        return [jsonable(item) for item in value]
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode()
    return jsonable_object(value)


def key_text(key: Any) -> str:
    found = jsonable(key)
    if isinstance(found, str):
        return found
    if found is None or isinstance(found, bool):
        return str(found) if found is None else str(found).lower()
    return str(found)


def jsonable_object(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        text = value.isoformat()
        return text[:-6] + "Z" if text.endswith("+00:00") else text
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return duration_text(value)
    if isinstance(value, decimal.Decimal | uuid.UUID | os.PathLike | complex):
        return str(value)
    if hasattr(value, "model_dump") and hasattr(type(value), "model_fields"):
        return jsonable(value.model_dump(mode="json", by_alias=True))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: jsonable(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if type(value).__module__ in ("ipaddress", "fractions"):
        return str(value)
    if isinstance(value, re.Pattern):
        return value.pattern
    return jsonable_attributes(value)


def jsonable_attributes(value: Any) -> Any:
    """An object of a class with annotations, as the generator describes such a class."""
    names = [] if isinstance(value, type) else typing.get_type_hints(type(value))
    if not names or type(value).__module__ == "builtins":
        kind = type(value).__name__
        raise Refused("result", f"The function returned a {kind}, which has no form in JSON.")
    return {name: jsonable(getattr(value, name)) for name in names if not name.startswith("_")}


def duration_text(value: datetime.timedelta) -> str:
    sign, value = ("-", -value) if value < datetime.timedelta(0) else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    parts = [(hours, "H"), (minutes, "M")]
    clock = "".join(f"{number}{unit}" for number, unit in parts if number)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    days = f"{value.days}D" if value.days else ""
    return f"{sign}P{days}{'T' + clock if clock else ''}" if days or clock else "PT0S"


# Requests.


class Runner:
    """Holds the loaded functions and answers one request after the other."""

    def __init__(self, incoming: int, outgoing: int, max_answer: int = MAX_ANSWER) -> None:
        self.incoming, self.outgoing, self.max_answer = incoming, outgoing, max_answer
        self.functions: dict[str, Callable[..., Any]] = {}
        self.child: Child | None = None
        self.hold = False
        self.folder: str | None = None

    def serve(self) -> None:
        """Answer requests until the other side closes its end."""
        with os.fdopen(os.dup(self.incoming), "rb") as requests:
            for line in requests:
                self.release()
                self.hold = False
                write_all(self.outgoing, self.answer(line))
                if not self.hold:
                    self.release()
        self.release()

    def answer(self, line: bytes) -> bytes:
        try:
            request = json.loads(line)
        except ValueError as error:
            request, refusal = {}, Refused("request", f"The request is not JSON: {error}")
            return self.encode(None, problem(refusal))
        try:
            if request.get("fork"):
                self.hold = bool(request.get("hold"))
                return self.answer_in_child(request)
        except OSError as error:
            return self.encode(request.get("id"), problem(error, "exit"))
        return self.encode(request.get("id"), self.perform(request))

    def answer_in_child(self, request: dict[str, Any]) -> bytes:
        """The child's answer; the child itself is let go once that has been passed on."""
        self.enter(request)
        work = functools.partial(self.perform_and_encode, request)
        self.child = Child.start(work, (self.incoming, self.outgoing))
        found = self.child.read(self.max_answer)
        if isinstance(found, bytes):
            return found
        return self.encode(request.get("id"), ended(found, self.child.end(wait=found == "silent")))

    def perform_and_encode(self, request: dict[str, Any]) -> bytes:
        return self.encode(request.get("id"), self.perform(request))

    def release(self) -> None:
        """Let go of what the last request left: its child, its working folder."""
        if self.child:
            self.child.end(wait=True)
            self.child = None
        if self.folder:
            os.chdir("/")
            importlib.import_module("shutil").rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def enter(self, request: dict[str, Any]) -> None:
        """Make the working folder of a call, with its files."""
        if "files" in request and "cwd" in request:
            self.folder = request["cwd"]
        for name, source in request.get("files", {}).items():
            target = pathlib.Path(request["cwd"], name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(pathlib.Path(source).read_bytes())
        if "cwd" in request:
            pathlib.Path(request["cwd"]).mkdir(parents=True, exist_ok=True)

    def perform(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer's fields; never raises for what a tool does."""
        try:
            match request.get("op"):
                case "ping":
                    return {"ok": True}
                case "load":
                    self.functions |= {n: load(e) for n, e in request["functions"].items()}
                    return {"ok": True}
                case "call":
                    return {"ok": True, "value": self.call(request)}
                case other:
                    return problem(Refused("request", f"There is no operation {other!r}."))
        except BaseException as error:
            kind = "load" if request.get("op") == "load" else "raised"
            return problem(error, kind)
        finally:
            flush()

    def call(self, request: dict[str, Any]) -> Any:
        function = self.functions.get(request.get("function", ""))
        if function is None:
            raise Refused("request", f"No function {request.get('function')!r} is loaded.")
        if not request.get("fork"):
            self.enter(request)
        if "cwd" in request:
            os.chdir(request["cwd"])
        value = function(**bind(function, request.get("arguments") or {}))
        if inspect.isawaitable(value):
            value = importlib.import_module("asyncio").run(settle(value))
        try:
            return jsonable(value)
        except Refused:
            raise
        except RecursionError as error:
            text = "The result refers to itself, or is nested too deeply for JSON."
            raise Refused("result", text) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise Refused("result", f"The result has no form in JSON: {error}") from error

    def encode(self, identifier: Any, fields: dict[str, Any]) -> bytes:
        try:
            text = json.dumps({"id": identifier, **fields}, ensure_ascii=False, allow_nan=False)
            line = text.encode() + b"\n"
        except MemoryError:
            refusal = Refused("too large", "The result is too large to be written as JSON.")
            return self.encode(identifier, problem(refusal))
        except (ValueError, RecursionError) as error:
            refusal = Refused("result", f"The result cannot be written as JSON: {error}")
            return self.encode(identifier, problem(refusal))
        if len(line) <= self.max_answer:
            return line
        text = f"The result is larger than {self.max_answer} bytes as JSON."
        return self.encode(identifier, problem(Refused("too large", text)))


class Child:
    """A forked process that answers one request over a pipe of its own."""

    def __init__(self, pid: int, answer: int, gate: int) -> None:
        self.pid, self.answer, self.gate = pid, answer, gate
        self.status: int | None = None
        self.exit = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    @classmethod
    def start(cls, work: Callable[[], bytes], close: tuple[int, ...]) -> Child:
        """Fork; the child closes the descriptors ``close``, which belong to its parent."""
        answer_out, answer_in = os.pipe()
        gate_out, gate_in = os.pipe()
        flush()
        gc.freeze()
        pid = os.fork()
        if pid == 0:
            run_child(work, (*close, answer_out, gate_in), answer_in, gate_out)
        os.close(answer_in)
        os.close(gate_out)
        return cls(pid, answer_out, gate_in)

    def read(self, limit: int) -> bytes | str:
        """The line that the child answers, or why there is none: ``silent`` or ``too large``."""
        found = bytearray()
        while True:
            if self.ready(self.answer, None):
                chunk = os.read(self.answer, 1 << 20)
                found += chunk
                if chunk.endswith(b"\n"):
                    return bytes(found)
                if len(found) > limit:
                    return "too large"
                if not chunk:
                    return "silent"
            elif self.dead() and not select.select([self.answer], [], [], 0)[0]:
                return "silent"

    def ready(self, descriptor: int | None, seconds: float | None) -> bool:
        """Wait until ``descriptor`` can be read or the child ends; whether it can be read."""
        watched = [each for each in (descriptor, self.exit) if each is not None]
        pause = 0.01 if self.exit is None else seconds
        return descriptor in select.select(watched, [], [], pause)[0]

    def dead(self) -> bool:
        if self.status is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                pid, status = self.pid, 0
            self.status = status if pid else None
        return self.status is not None

    def end(self, *, wait: bool) -> int:
        """End the child and what it started, with ``wait`` after a second; its wait status."""
        if self.gate >= 0:
            os.close(self.gate)
            os.close(self.answer)
            self.gate = -1
        until = time.monotonic() + (1.0 if wait else 0.0)
        while not self.dead() and time.monotonic() < until:
            self.ready(None, until - time.monotonic())
        if not self.dead():
            stop(self.pid)
            while not self.dead():
                self.ready(None, 1.0)
        stop(-self.pid)
        if self.exit is not None:
            os.close(self.exit)
            self.exit = None
        return self.status or 0


def run_child(
    work: Callable[[], bytes], close: tuple[int, ...], answer: int, gate: int
) -> NoReturn:
    status = 0
    try:
        os.setpgid(0, 0)
        for descriptor in close:
            os.close(descriptor)
        write_all(answer, work())
        os.read(gate, 1)
    except BaseException:
        status = 70
    finally:
        os._exit(status)


def stop(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def load(entry: str) -> Callable[..., Any]:
    """The function that ``package.module:name`` names."""
    module, _, path = entry.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    if not callable(found):
        raise Refused("load", f"{entry} is a {type(found).__name__}, not a function.")
    return found


async def settle(value: Any) -> Any:
    return await value


def problem(error: BaseException, kind: str = "raised") -> dict[str, Any]:
    """An exception as the answer's fields."""
    if isinstance(error, Refused):
        kind = error.kind
    try:
        message = str(error)[:MESSAGE_CHARS]
    except BaseException as second:
        message = f"(its message could not be read: {type(second).__name__})"
    found: dict[str, Any] = {"kind": kind, "type": type_name(error), "message": printable(message)}
    found["traceback"] = "" if isinstance(error, Refused) else trace(error)
    if isinstance(error, OSError) and isinstance(error.errno, int):
        found["errno"] = error.errno
    return {"ok": False, "error": found}


def type_name(error: BaseException) -> str:
    if isinstance(error, Refused):
        return REFUSED_TYPES[error.kind]
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )


def trace(error: BaseException) -> str:
    """The tool's part of the traceback."""
    try:
        found = traceback.TracebackException.from_exception(error, limit=-TRACEBACK_FRAMES)
        own = [frame for frame in found.stack if frame.filename != __file__]
        found.stack = traceback.StackSummary.from_list(own)
        return printable("".join(found.format()))[-TRACEBACK_CHARS:]
    except BaseException:
        return ""


def printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def ended(reason: str, status: int) -> dict[str, Any]:
    """How a child that gave no answer ended, as the answer's fields."""
    if reason == "too large":
        return problem(Refused("too large", "The result is larger than the caller takes."))
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        text = f"The process that ran the function was ended by signal {-code}."
        extra: dict[str, Any] = {"signal": -code}
    else:
        text, extra = f"The process ended with status {code} before it answered.", {"status": code}
    found = problem(Refused("exit", text))
    found["error"] |= extra
    return found


def flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # noqa: S112 - the tool may have closed or replaced it
            continue


def write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the functions of installed tools.")
    parser.add_argument("--path", action="append", default=[])
    parser.add_argument("--in", dest="incoming", type=int, default=3)
    parser.add_argument("--out", dest="outgoing", type=int, default=4)
    parser.add_argument("--max-answer", type=int, default=MAX_ANSWER)
    options = parser.parse_args()
    sys.path[:0] = options.path
    for descriptor in (options.incoming, options.outgoing):
        os.set_inheritable(descriptor, False)
    Runner(options.incoming, options.outgoing, options.max_answer).serve()
    flush()
    return 0


if __name__ == "__main__":
    os._exit(main())
