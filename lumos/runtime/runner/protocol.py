"""The protocol: reads requests, performs them and answers, one at a time."""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import os
import pathlib
from collections.abc import Callable
from typing import Any

from .child import Child, flush, write_all
from .errors import Refused, ended, problem
from .signature import Signature, signature_of

MAX_ANSWER = 64 * 1024 * 1024


class Runner:
    """The loaded functions and the state of the current request."""

    def __init__(self, incoming: int, outgoing: int, max_answer: int = MAX_ANSWER) -> None:
        self.incoming, self.outgoing, self.max_answer = incoming, outgoing, max_answer
        self.functions: dict[str, tuple[Callable[..., Any], Signature]] = {}
        self.child: Child | None = None
        self.hold = False
        self.folder: str | None = None

    def serve(self) -> None:
        """Answer requests until the parent closes the pipe."""
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
        """The child's answer. A child that answered is ended later, by ``release``."""
        self.enter(request)
        work = functools.partial(self.perform_and_encode, request)
        self.child = Child.start(work, (self.incoming, self.outgoing))
        data = self.child.read(self.max_answer)
        if isinstance(data, bytes):
            return data
        return self.encode(request.get("id"), ended(data, self.child.end(wait=data == "silent")))

    def perform_and_encode(self, request: dict[str, Any]) -> bytes:
        return self.encode(request.get("id"), self.perform(request))

    def release(self) -> None:
        """End the child and delete the working folder of the last request."""
        if self.child:
            self.child.end(wait=True)
            self.child = None
        if self.folder:
            os.chdir("/")
            importlib.import_module("shutil").rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def enter(self, request: dict[str, Any]) -> None:
        """Create the working folder of a call, with its files."""
        if "files" in request and "cwd" in request:
            self.folder = request["cwd"]
        for name, source in request.get("files", {}).items():
            target = pathlib.Path(request["cwd"], name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(pathlib.Path(source).read_bytes())
        if "cwd" in request:
            pathlib.Path(request["cwd"]).mkdir(parents=True, exist_ok=True)

    def perform(self, request: dict[str, Any]) -> dict[str, Any]:
        """The fields of the answer; exceptions of the tool become an error in it."""
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
        if request.get("function", "") not in self.functions:
            raise Refused("request", f"No function {request.get('function')!r} is loaded.")
        function, signature = self.functions[request["function"]]
        if not request.get("fork"):
            self.enter(request)
        if "cwd" in request:
            os.chdir(request["cwd"])
        value = function(**signature.arguments(request.get("arguments") or {}))
        if inspect.isawaitable(value):
            value = importlib.import_module("asyncio").run(settle(value))
        try:
            return signature.result(value)
        except Refused:
            raise
        except RecursionError as error:
            text = "The result contains itself, or is nested too deeply for JSON."
            raise Refused("result", text) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise Refused("result", f"The result cannot be represented in JSON: {error}") from error

    def encode(self, identifier: Any, fields: dict[str, Any]) -> bytes:
        try:
            text = json.dumps({"id": identifier, **fields}, ensure_ascii=False, allow_nan=False)
            line = text.encode() + b"\n"
        except MemoryError:
            refusal = Refused("too large", "The result is too large to write as JSON.")
            return self.encode(identifier, problem(refusal))
        except (ValueError, RecursionError) as error:
            refusal = Refused("result", f"The result cannot be written as JSON: {error}")
            return self.encode(identifier, problem(refusal))
        if len(line) <= self.max_answer:
            return line
        text = f"The result is larger than {self.max_answer} bytes as JSON."
        return self.encode(identifier, problem(Refused("too large", text)))


def load(entry: str) -> tuple[Callable[..., Any], Signature]:
    """Import the function that ``package.module:name`` names, and read its signature."""
    module, _, path = entry.partition(":")
    target: Any = importlib.import_module(module)
    for name in path.split("."):
        target = getattr(target, name)
    if not callable(target):
        raise Refused("load", f"{entry} is a {type(target).__name__}, not a function.")
    return target, signature_of(target)


async def settle(value: Any) -> Any:
    return await value
