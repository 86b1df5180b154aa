"""Generates the content of ``functions.json``: a tool's functions as an MCP client sees them.

The schemas come from one pinned generator, the MCP SDK. Parameter descriptions come from the
docstring. Importing a tool runs its code, so a server calls this only in the sandbox. The folder
is mounted there beside that of the runner, as ``lumos_runtime``: it uses relative imports, and of
this project nothing but the runner, whose converters decide what a parameter can be.

As a program, ``python -m lumos.runtime.describe --path DIR < request.json`` reads
``{"functions": {name: "module:function"}, "hints": {name: {...}}}`` and prints
``{"ok": true, "generator", "functions"}`` or ``{"ok": false, "findings"}``.
"""

from .findings import DescriptionRefused
from .functions import answer, describe, generator

__all__ = ["DescriptionRefused", "answer", "describe", "generator"]
