"""The texts that authors write about functions, parameters and fields."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
import typing
from collections.abc import Iterator
from typing import Any


def read_docstring(text: str) -> tuple[str, dict[str, str]]:
    """The descriptions of the subject and of its parts, from any common docstring style."""
    from docstring_parser import ParseError, parse  # noqa: PLC0415 - only once a tool is imported

    try:
        parsed = parse(text)
    except ParseError:
        return inspect.cleandoc(text), {}
    descriptions = {
        parameter.arg_name: " ".join(parameter.description.split())
        for parameter in parsed.params
        if parameter.description
    }
    return (parsed.description or "").strip(), descriptions


def annotated_text(hint: Any) -> str:
    """The text in ``Annotated[str, "the city's name"]`` or ``Doc``; empty if there is none."""
    for part in getattr(hint, "__metadata__", ()):
        text = part if isinstance(part, str) else getattr(part, "documentation", None)
        if isinstance(text, str) and text.strip():
            return " ".join(text.split())
    return ""


def has_description(hint: Any) -> bool:
    """Whether a field of pydantic in ``Annotated`` has a description."""
    return any(getattr(part, "description", None) for part in getattr(hint, "__metadata__", ()))


def field_texts(cls: type) -> tuple[str, dict[str, str]]:
    """A class's own description and those of its fields, also from the classes it extends."""
    summary, texts = "", {}
    for base in reversed(cls.__mro__):
        if base.__module__ in ("builtins", "typing") or base.__module__.startswith("pydantic"):
            continue
        summary, own = read_docstring(own_docstring(base))
        texts.update(own)
        texts.update(attribute_docstrings(base))
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except Exception:
        hints = {}
    texts.update({name: text for name, hint in hints.items() if (text := annotated_text(hint))})
    return summary, texts


def own_docstring(cls: type) -> str:
    """The docstring that the author wrote, not the signature that a dataclass gets."""
    text = cls.__dict__.get("__doc__") or ""
    generated = dataclasses.is_dataclass(cls) and text.startswith(f"{cls.__name__}(")
    return "" if generated else text


def attribute_docstrings(cls: type) -> dict[str, str]:
    """The strings below the fields of a class, where its source can be read."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return {}
    definition = tree.body[0] if tree.body else None
    return dict(below_fields(definition)) if isinstance(definition, ast.ClassDef) else {}


def below_fields(definition: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Each annotated name that a string follows, with the string."""
    for field, after in zip(definition.body, definition.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            yield field.target.id, " ".join(after.value.value.split())
