"""Assembles the `lumos` command. Commands import the client when they run, to start fast.

Environment: ``LUMOS_REGISTRY`` (default http://127.0.0.1:8000), ``LUMOS_TOKEN``,
``LUMOS_CACHE_DIR``, ``LUMOS_CONFIG_DIR``, ``LUMOS_DEBUG``, ``NO_COLOR``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from lumos import __version__
from lumos.cli import account, author, project, publish, run, tools
from lumos.cli.errors import LumosCommand, LumosGroup, exit_codes

__all__ = ["app", "main"]

_HELP = "Find, install, run and publish tools for AI agents."
_EPILOG = f"""\b
Environment:
  LUMOS_REGISTRY   address of the registry (default: the one in lumos.lock for the
                   tools of a project, otherwise http://127.0.0.1:8000)
  LUMOS_TOKEN      API token; takes precedence over the one that lumos login stored
  LUMOS_CACHE_DIR  folder for downloaded wheels
  LUMOS_TRUSTED_PROJECTS
                   project folders to use without checking their owner and
                   .lumos/env, or * for all
  LUMOS_DEBUG=1    print tracebacks of errors
  NO_COLOR         print without colors

\b
Exit codes:
{exit_codes()}
"""


def _group(text: str) -> typer.Typer:
    return typer.Typer(cls=LumosGroup, rich_markup_mode=None, no_args_is_help=True, help=text)


app = typer.Typer(
    cls=LumosGroup,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=_HELP,
    epilog=_EPILOG,
    pretty_exceptions_enable=False,
)
_new = _group("Create a new project.")
_add = _group("Add tools to the project.")
_remove = _group("Remove tools from the project.")
_tools = _group("List the project's tools and search the marketplace.")


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Find, install, run and publish tools for AI agents."""
    if version:
        typer.echo(f"lumos {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _register(group: typer.Typer, name: str, function: Callable[..., None]) -> None:
    group.command(name, cls=LumosCommand)(function)


_COMMANDS: dict[str, Callable[..., None]] = {
    "init": project.init,
    "install": project.install,
    "update": project.update,
    "run": run.run,
    "serve": run.serve,
    "build": author.build,
    "check": author.check,
    "publish": publish.publish,
    "yank": publish.yank,
    "unyank": publish.unyank,
    "login": account.login,
    "logout": account.logout,
    "whoami": account.whoami,
}
_TOOLS_COMMANDS: dict[str, Callable[..., None]] = {
    "list": tools.list_tools,
    "search": tools.search,
    "info": tools.info,
    "add": project.add_tool,
    "remove": project.remove_tool,
    "update": project.update,
}

for _name, _part in {"add": _add, "remove": _remove, "tools": _tools, "new": _new}.items():
    app.add_typer(_part, name=_name)
for _name, _function in _COMMANDS.items():
    _register(app, _name, _function)
for _name, _function in _TOOLS_COMMANDS.items():
    _register(_tools, _name, _function)
_register(_new, "tool", author.new_tool)
_register(_add, "tool", project.add_tool)
_register(_remove, "tool", project.remove_tool)


def main() -> None:
    """The entry point of the console script."""
    app(prog_name="lumos")
