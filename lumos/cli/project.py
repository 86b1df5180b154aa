"""``init``, ``add``, ``remove``, ``update`` and ``install``: the tools of a project."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lumos.cli.output import out, paint, plain

if TYPE_CHECKING:
    from lumos.client.operations import Job, Outcome, Wish
    from lumos.package.names.tools import ToolName

__all__ = ["add_tool", "init", "install", "remove_tool", "update", "wish_of"]

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Accept new permissions without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")]
Names = Annotated[list[str], typer.Argument(help="NAME or NAMESPACE/NAME.", metavar="NAME")]
Wishes = Annotated[
    list[str],
    typer.Argument(
        help="NAME or NAME@RANGE (npm syntax), for example acme/web-search@^1.2.",
        metavar="NAME[@RANGE]",
    ),
]


def init(
    name: Annotated[str, typer.Option(help="The project's name. Default: the folder's name.")] = "",
) -> None:
    """Create lumos.toml in this folder."""
    from lumos.client.project import new_project

    folder = Path.cwd()
    project = new_project(folder, name=name or folder.name)
    out.say(f"Created {project.file.name}. Next: lumos add tool csv-parser")
    out.result("", {"file": str(project.file)})


def add_tool(tools: Wishes, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Add tools to the project and install them."""
    from lumos.client.operations import add

    _finish(add(_job(yes=yes, dry_run=dry_run), [wish_of(text) for text in tools]), dry_run=dry_run)


def remove_tool(tools: Names, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Remove tools and the dependencies that only they need."""
    from lumos.client.operations import remove

    names = _known(tools)
    _finish(remove(_job(yes=yes, dry_run=dry_run), names), dry_run=dry_run)


def update(
    tools: Annotated[
        list[str] | None, typer.Argument(help="The tools to update. Default: all.", metavar="NAME")
    ] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="Ignore the ranges in lumos.toml and raise them.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Update tools to the newest releases that lumos.toml allows."""
    from lumos.client.operations import update as update_tools

    job = _job(yes=yes, dry_run=dry_run)
    _finish(update_tools(job, _known(tools or []), latest=latest), dry_run=dry_run)


def install(yes: Yes = False) -> None:
    """Install exactly the releases in lumos.lock."""
    from lumos.client.operations import install as install_lock

    _finish(install_lock(_job(yes=yes, dry_run=False)), dry_run=False)


def _job(*, yes: bool, dry_run: bool) -> Job:
    from lumos.cli.consent import approver
    from lumos.client.operations import Job
    from lumos.client.project import find_project

    return Job(find_project(), approve=approver(yes=yes), report=out.step, dry_run=dry_run)


def wish_of(text: str) -> Wish:
    """Parse ``name`` or ``name@range`` from the command line."""
    from lumos.client.operations import Wish

    name, _, wanted = text.partition("@")
    return Wish(_tool_name(name), "" if wanted == "latest" else wanted.strip())


def _known(texts: list[str]) -> list[ToolName]:
    """The tools with these names; an alias from lumos.toml is a name too."""
    from lumos.client.project import find_project

    aliases = {entry.alias: entry.tool for entry in find_project().tools}
    return [aliases.get(text) or _tool_name(text) for text in texts]


def _tool_name(text: str) -> ToolName:
    from lumos.client.errors import UsageError
    from lumos.client.index import short_name
    from lumos.package.names.tools import InvalidName, ToolName

    try:
        return ToolName.parse(text)
    except InvalidName as error:
        near = re.sub(r"[^a-z0-9/]+", "-", text.lower()).strip("-")
        try:
            hint = f"Did you mean {short_name(ToolName.parse(near))}?"
        except InvalidName:
            hint = "lumos tools search WORDS"
        raise UsageError(
            f'"{text}" is not a valid tool name.', why=str(error), hint=hint
        ) from error


def _finish(outcome: Outcome, *, dry_run: bool) -> None:
    for note in outcome.notes:
        out.say(paint(plain(note), "warn"))
    if dry_run:
        out.say("Dry run: nothing was written.")
    elif not outcome.wrote:
        out.say("Everything is up to date.")
    else:
        count = len(outcome.lock.tools)
        tools = "tool" if count == 1 else "tools"
        out.say(f"Installed {count} {tools} in .lumos/env and updated lumos.lock.")
    data = {
        "changes": [change.as_dict() for change in outcome.changes],
        "tools": [
            {"tool": str(tool.tool), "version": str(tool.version), "sha256": tool.sha256}
            for tool in outcome.lock.tools
        ],
        "notes": list(outcome.notes),
        "dry_run": dry_run,
    }
    out.result("", data)
