"""Turns exceptions into three-line messages and exit codes; tracebacks need LUMOS_DEBUG=1."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from lumos.cli.output import out, paint, plain
from lumos.client.errors import ExitCode, LumosError, UsageError

__all__ = ["LumosCommand", "LumosGroup", "exit_codes", "show_error"]

_LABEL_WIDTH = 5


class LumosGroup(TyperGroup):
    """A group whose commands fail in three lines: what happened, why, what to try."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run as a program, and show errors in the options before the command."""
        try:
            return super().main(*args, **options)
        except LumosError as error:
            show_error(error)
            sys.exit(error.exit_code)

    def make_context(self, info_name: Any, args: list[str], *more: Any, **options: Any) -> Any:
        """Parse the command line; the parser's errors become :class:`UsageError`."""
        with _usage_errors(args):
            return super().make_context(info_name, args, *more, **options)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; show its error and exit with the error's code."""
        try:
            return super().invoke(ctx)
        except LumosError as error:
            _show_traceback()
            show_error(error)
            raise typer.Exit(error.exit_code) from error
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except KeyboardInterrupt as error:
            typer.echo("\nInterrupted.", err=True)
            raise typer.Exit(ExitCode.INTERRUPTED) from error
        except BrokenPipeError:
            raise
        except Exception as error:
            if not _is_ours(error):
                raise
            _show_traceback()
            show_error(_unexpected(error))
            raise typer.Exit(ExitCode.FAILED) from error

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The named command; `lumos add csv-parser` gets a hint about the missing word "tool"."""
        name = args[0]
        if name not in self.commands and not name.startswith("-"):
            out.as_json = "--json" in args
            if len(self.commands) == 1:
                (noun,) = self.commands
                raise UsageError(
                    f'"{ctx.command_path} {name}" is not a command.',
                    why=f"The word {noun} is missing between {ctx.command_path} and the name.",
                    hint=" ".join([ctx.command_path, noun, *args]),
                )
            raise _no_such_command(ctx, name)
        with _usage_errors(args):
            return super().resolve_command(ctx, args)


class LumosCommand(TyperCommand):
    """A command that understands ``--json``, ``--quiet`` and ``--verbose``."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params.extend(_common_options())

    def make_context(self, info_name: Any, args: list[str], *more: Any, **options: Any) -> Any:
        """Parse the command line; the parser's errors become :class:`UsageError`."""
        with _usage_errors(args):
            return super().make_context(info_name, args, *more, **options)


@contextmanager
def _usage_errors(args: list[str]) -> Iterator[None]:
    """Turn the parser's errors into :class:`UsageError`, also before ``--json`` was parsed."""
    wants_json = "--json" in args
    try:
        yield
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        if context is None or type(error).__name__ == "NoArgsIsHelpError":
            raise
        out.as_json = wants_json
        raise UsageError(
            str(error.format_message()).rstrip(".") + ".",
            why="Usage: " + " ".join(context.get_usage().split()[1:]),
            hint=f"{context.command_path} --help",
        ) from error


def _no_such_command(ctx: Any, given: str) -> UsageError:
    """The error for an unknown command, with the closest match as the hint."""
    here = ctx.command.commands
    known = {
        name: f"{path} {name}"
        for path, commands in _command_paths(ctx.find_root()).items()
        for name in commands
    } | {name: f"{ctx.command_path} {name}" for name in here}
    near = get_close_matches(given, known, n=1)
    match = known[near[0]] if near else ""
    return UsageError(
        f"There is no command {ctx.command_path} {given}.",
        why=f"Available commands: {', '.join(here)}.",
        hint=f"Did you mean {match}?" if match else f"{ctx.command_path} --help",
    )


def _command_paths(root: Any) -> dict[str, list[str]]:
    """The commands of every group: ``{"lumos": ["init", ...], "lumos tools": ["list", ...]}``."""
    paths = {root.command_path: list(root.command.commands)}
    for name, command in root.command.commands.items():
        if hasattr(command, "commands"):
            paths[f"{root.command_path} {name}"] = list(command.commands)
    return paths


def exit_codes() -> str:
    """The table of exit codes, for the help text."""
    return "\n".join(f"  {code.value:<4} {code.meaning}" for code in ExitCode)


def show_error(error: LumosError) -> None:
    """Print an error: three lines on stderr, and JSON on stdout with ``--json``."""
    lines = [
        _labelled("error", "bad", plain(error.what)),
        _labelled("why", "muted", plain(error.why)),
        _labelled("try", "good", plain(error.hint)),
    ]
    if error.docs_url:
        lines.append(_labelled("docs", "muted", plain(error.docs_url)))
    out.failure(lines, error.as_dict())


def _labelled(label: str, kind: str, text: str) -> str:
    """The label, then the text; further lines are indented to where the text begins."""
    first, *rest = text.splitlines() or [""]
    head = paint(f"{label:>{_LABEL_WIDTH}}", kind, sys.stderr) + f"  {first}"
    return "\n".join([head, *(" " * (_LABEL_WIDTH + 2) + line for line in rest)])


def _switch(name: str, *flags: str, help_text: str) -> Any:
    def remember(value: bool) -> bool:
        setattr(out, name, value)
        return value

    return typer.Option(*flags, help=help_text, callback=remember, expose_value=False)


@cache
def _common_options() -> list[Any]:
    """The options that every command has, created once."""
    app = typer.Typer(add_completion=False)

    @app.command()
    def common(
        as_json: Annotated[
            bool, _switch("as_json", "--json", help_text="Print the result as JSON on stdout.")
        ] = False,
        quiet: Annotated[
            bool, _switch("quiet", "--quiet", "-q", help_text="Print only errors.")
        ] = False,
        verbose: Annotated[
            bool, _switch("verbose", "--verbose", "-v", help_text="Print more details.")
        ] = False,
    ) -> None: ...

    return typer.main.get_command(app).params


def _is_ours(error: Exception) -> bool:
    """Whether we must report it: the parser's own errors have an exit code and a message."""
    return not hasattr(error, "exit_code")


def _unexpected(error: Exception) -> LumosError:
    if isinstance(error, OSError) and error.strerror:
        return LumosError(
            f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}.",
            why="The operating system could not read or write a file.",
            hint="Check that the path exists, its permissions and the free space on the disk.",
        )
    return LumosError(
        "Unexpected error in lumos.",
        why=f"{type(error).__name__}: {error}",
        hint="Run the command again with LUMOS_DEBUG=1 and report the output.",
    )


def _show_traceback() -> None:
    if os.environ.get("LUMOS_DEBUG"):
        import traceback

        from lumos.package.masking import mask

        sys.stderr.write(mask(traceback.format_exc()))
