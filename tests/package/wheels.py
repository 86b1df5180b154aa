"""Valid tool wheels, written with the standard library alone, for the tests of every part.

``build_wheel(folder)`` writes a small tool that every check accepts; each keyword replaces one
part. The same arguments give the same bytes.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

CODE = '''"""Greets people."""

from dataclasses import dataclass


@dataclass
class Greeting:
    text: str


def {function}(name: str, times: int = 1) -> Greeting:
    """Greet someone.

    Args:
        name: Whom to greet.
        times: How often to say hello.
    """
    return Greeting(" ".join(["Hello"] * min(times, 100) + [name]))
'''

MANIFEST = """schema = 1
title = "{title}"
category = "utility"
permissions = []

[functions.{function}]
entry = "{package}:{function}"
read_only = true

[[functions.{function}.examples]]
title = "One greeting"
input = {{ name = "Ada" }}
output = {{ text = "Hello Ada" }}
"""

README = """# {title}

A tool that greets.

## Usage

```python
from {package} import {function}
{function}("Ada")
```
"""

LICENSE = """MIT License

Copyright (c) 2026 The authors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software.
"""

Content = str | bytes


def function_spec(name: str = "hello", **changes: Any) -> dict[str, Any]:
    """One function of ``functions.json``, as MCP's generator writes it for :data:`CODE`."""
    spec: dict[str, Any] = {
        "name": name,
        "description": "Greet someone.",
        "input_schema": {
            "type": "object",
            "title": f"{name}Arguments",
            "properties": {
                "name": {"type": "string", "title": "Name", "description": "Whom to greet."},
                "times": {
                    "type": "integer",
                    "title": "Times",
                    "default": 1,
                    "description": "How often to say hello.",
                },
            },
            "required": ["name"],
        },
        "output_schema": {
            "type": "object",
            "title": "Greeting",
            "properties": {"text": {"type": "string", "title": "Text"}},
            "required": ["text"],
        },
        "hints": {"read_only": True},
        "wrapped": False,
    }
    spec |= changes
    if isinstance(spec["input_schema"], dict) and spec["input_schema"].get("type") == "object":
        spec["input_schema"] = {"additionalProperties": False, **spec["input_schema"]}
    return spec


def functions_json(functions: Iterable[Mapping[str, Any]]) -> str:
    """The text of a ``functions.json``."""
    document = {"schema": 1, "generator": "mcp 2.3.0", "functions": list(functions)}
    return json.dumps(document, indent=2) + "\n"


def build_wheel(
    path: Path | str,
    *,
    tool: str = "demo/hello",
    version: str = "1.0.0",
    tag: str = "py3-none-any",
    record: Content | None = None,
    filename: str | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
    **parts: Any,
) -> Path:
    """Write a tool's wheel and return its path; ``parts`` are the keywords of :func:`members`.

    ``path`` is the folder to write into, or the file itself if it ends in ``.whl``.
    ``version`` is SemVer or PEP 440. ``record`` replaces RECORD as it is.
    """
    found = members(tool=tool, version=version, tag=tag, **parts)
    dist_info = _dist_info(tool, version)
    name = f"{dist_info}/RECORD"
    found[name] = _bytes(record if record is not None else record_text(found, name))
    target = Path(path)
    if target.suffix != ".whl":
        target.mkdir(parents=True, exist_ok=True)
        target = target / (filename or f"{dist_info.removesuffix('.dist-info')}-{tag}.whl")
    write_zip(target, found, compression=compression)
    return target


def members(
    *,
    tool: str = "demo/hello",
    version: str = "1.0.0",
    function: str | None = None,
    code: Content | None = None,
    manifest: str | bool | None = None,
    functions: Sequence[Mapping[str, Any]] | str | bool | None = None,
    files: Mapping[str, Content] | None = None,
    remove: Iterable[str] = (),
    dependencies: Sequence[str] = (),
    metadata: Mapping[str, str | Sequence[str] | None] | None = None,
    readme: str | None = None,
    license_text: str | None = LICENSE,
    title: str | None = None,
    tag: str = "py3-none-any",
    generator: str = "hatchling 1.27.0",
    wheel_file: str | None = None,
) -> dict[str, bytes]:
    """The members of a wheel without RECORD, in order.

    ``function`` is the one function's name; ``code`` the source of the import package.
    ``manifest`` and ``functions`` are the contents of ``tool.toml`` and ``functions.json`` (a text,
    or a list of specs; ``False`` leaves the file out). ``files`` adds or replaces members by their
    whole path (``{package}`` and ``{dist_info}`` are filled in), ``remove`` leaves members out.
    ``metadata`` replaces header fields (``None`` removes one, a list repeats it).
    """
    namespace, _, name = tool.partition("/")
    package = f"{namespace}_{name}".replace("-", "_")
    dist_info = _dist_info(tool, version)
    words = {
        "package": package,
        "dist_info": dist_info,
        "function": function or name.replace("-", "_"),
        "title": title or name.replace("-", " ").capitalize(),
    }
    if functions is None:
        functions = [function_spec(words["function"])]
    if isinstance(functions, Sequence) and not isinstance(functions, str):
        functions = functions_json(functions)
    found: dict[str, Content | bool | None] = {
        f"{package}/__init__.py": code if code is not None else CODE.format(**words),
        f"{package}/functions.json": functions,
        f"{package}/tool.toml": MANIFEST.format(**words) if manifest is None else manifest,
        f"{dist_info}/METADATA": _metadata(tool, version, words, dependencies, metadata, readme),
        f"{dist_info}/WHEEL": wheel_file or _wheel(tag, generator),
        f"{dist_info}/licenses/LICENSE": license_text,
    }
    found |= {_filled(key, words): value for key, value in (files or {}).items()}
    left_out = {_filled(key, words) for key in remove}
    return {
        key: _bytes(value)
        for key, value in found.items()
        if isinstance(value, (str, bytes)) and key not in left_out
    }


def record_text(parts: Mapping[str, bytes], record_name: str) -> str:
    """RECORD for these members, itself last without a hash."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for name, content in parts.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        writer.writerow([name, f"sha256={digest}", len(content)])
    writer.writerow([record_name, "", ""])
    return out.getvalue()


def write_zip(
    target: Path, parts: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED
) -> None:
    """Write members with fixed times and modes, so that the bytes depend on nothing else."""
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = compression
            info.external_attr = 0o100644 << 16
            info.create_system = 3
            archive.writestr(info, content)


def _metadata(
    tool: str,
    version: str,
    words: Mapping[str, str],
    dependencies: Sequence[str],
    changes: Mapping[str, str | Sequence[str] | None] | None,
    readme: str | None,
) -> str:
    fields: dict[str, str | Sequence[str] | None] = {
        "Metadata-Version": "2.4",
        "Name": tool.replace("/", "-"),
        "Version": _pep440(version),
        "Summary": "Greets people.",
        "Author-email": "Ada Lovelace <ada@example.org>",
        "License-Expression": "MIT",
        "License-File": "LICENSE",
        "Keywords": "greeting,hello",
        "Project-URL": "Homepage, https://example.org/hello",
        "Requires-Python": ">=3.11",
        "Requires-Dist": list(dependencies),
        "Description-Content-Type": "text/markdown",
    }
    fields |= changes or {}
    lines: list[str] = []
    for name, value in fields.items():
        values = [value] if isinstance(value, str) else value or []
        lines += [f"{name}: {item}" for item in values]
    body = README.format(**words) if readme is None else readme
    return "\n".join(lines) + "\n\n" + body


def _wheel(tag: str, generator: str) -> str:
    pure = "true" if tag.endswith("-none-any") else "false"
    tags = "".join(f"Tag: {one}\n" for one in _expanded(tag))
    return f"Wheel-Version: 1.0\nGenerator: {generator}\nRoot-Is-Purelib: {pure}\n{tags}"


def _expanded(tag: str) -> list[str]:
    pythons, abis, platforms = (part.split(".") for part in tag.split("-"))
    return [f"{py}-{abi}-{plat}" for py in pythons for abi in abis for plat in platforms]


def _dist_info(tool: str, version: str) -> str:
    return f"{tool.replace('/', '_').replace('-', '_')}-{_pep440(version)}.dist-info"


def _pep440(version: str) -> str:
    for word, short in (("-alpha.", "a"), ("-beta.", "b"), ("-rc.", "rc")):
        version = version.replace(word, short)
    return version


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word in ("package", "dist_info"):
        text = text.replace("{" + word + "}", words[word])
    return text


def _bytes(content: Content) -> bytes:
    return content.encode() if isinstance(content, str) else content
