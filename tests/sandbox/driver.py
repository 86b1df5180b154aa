"""The runner in a process of its own, and functions that are described and called in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lumos.package.functions import FunctionSpec, parse_functions
from lumos.package.schema.validation import value_problems
from lumos.runtime import process
from sandbox.describe import libraries

ROOT = Path(__file__).resolve().parents[2]


class Driver:
    """A started runner and a way to ask it."""

    def __init__(self, *paths: Path, python: str = sys.executable) -> None:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        command = [python, "-I", "-S", "-B", process.RUNNER, "--in", str(theirs_in)]
        command += ["--out", str(theirs_out), "--max-answer", "100000"]
        for path in paths:
            command += ["--path", str(path)]
        self.process = subprocess.Popen(
            command, pass_fds=(theirs_in, theirs_out), stdout=subprocess.PIPE
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.answers = os.fdopen(ours_in, "rb")
        self.requests = os.fdopen(ours_out, "wb", buffering=0)
        self.number = 0

    def ask(self, op: str, **message: Any) -> dict[str, Any]:
        self.number += 1
        line = json.dumps({"id": self.number, "op": op, **message})
        self.requests.write(line.encode() + b"\n")
        found = json.loads(self.answers.readline())
        assert found["id"] == self.number
        return found

    def close(self) -> int:
        self.requests.close()
        assert self.process.stdout
        self.process.stdout.read()
        self.process.stdout.close()
        self.answers.close()
        return self.process.wait(10)


@dataclass
class Described:
    """A module whose functions are described, loaded and called, as a tool's are."""

    specs: dict[str, FunctionSpec]
    driver: Driver

    def call(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """The runner's answer to a call, whether or not the arguments fit the schema."""
        return self.driver.ask("call", function=name, arguments=arguments)

    def value(self, name: str, /, **arguments: Any) -> Any:
        """The result of a call; both sides must fit their schemas."""
        spec = self.specs[name]
        assert not value_problems(arguments, spec.input_schema), arguments
        answer = self.call(name, **arguments)
        assert answer["ok"], answer["error"]
        structured = spec.output_value(answer["value"])
        assert not value_problems(structured, spec.output_schema), structured
        return answer["value"]

    def refusal(self, name: str, /, **arguments: Any) -> str:
        """Why the runner refused these arguments."""
        answer = self.call(name, **arguments)
        assert not answer["ok"], answer
        assert answer["error"]["kind"] == "arguments", answer
        return str(answer["error"]["message"])


def describe_program(folder: Path, functions: dict[str, str]) -> dict[str, Any]:
    """What ``lumos build`` gets from the process that imports the tool."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "lumos.runtime.describe", "--path", str(folder)],
        input=json.dumps({"functions": functions}),
        capture_output=True,
        cwd=ROOT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def described(folder: Path, code: str, names: list[str], *, pydantic: bool) -> Described:
    """The functions of a module with this code, in a process with pydantic or without."""
    module = f"acme_types_{uuid.uuid4().hex}"
    (folder / f"{module}.py").write_text(("import pydantic\n" if pydantic else "") + code)
    entries = {name: f"{module}:{name}" for name in names}
    answer = describe_program(folder, entries)
    assert answer["ok"], answer
    document = {"schema": 1, "generator": answer["generator"], "functions": answer["functions"]}
    specs = {spec.name: spec for spec in parse_functions(json.dumps(document))}
    driver = Driver(folder, *([libraries()] if pydantic else []))
    loaded = driver.ask("load", functions=entries)
    assert loaded["ok"], loaded
    return Described(specs, driver)
