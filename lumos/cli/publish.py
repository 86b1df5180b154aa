"""``publish``, ``yank`` and ``unyank``: the commands that change releases."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lumos.cli.output import out, paint

if TYPE_CHECKING:
    from lumos.client.api import Api, ApiRefused

__all__ = ["publish", "unyank", "yank"]

_TIMEOUT = 900.0
_LARGE = 1_000_000


def publish(
    wheel: Annotated[
        Path | None,
        typer.Argument(help="The wheel. Default: build one.", metavar="WHEEL"),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Run all checks without publishing."),
    ] = False,
    notes: Annotated[str, typer.Option(help="Release notes in Markdown.")] = "",
    wait: Annotated[bool, typer.Option(help="Wait for the result of the checks.")] = True,
    timeout: Annotated[float, typer.Option(help="Wait at most this many seconds.")] = _TIMEOUT,
) -> None:
    """Upload a wheel and wait for the marketplace's checks.

    Exit codes: 0 if the release is live (with --dry-run: would be live), 4 if it was rejected,
    7 if it is held for review by a moderator.
    """
    from lumos.client.api import Api, ApiRefused
    from lumos.client.transport import Transport

    api = Api(Transport())
    _ = api.token
    path = _finished_wheel(wheel)
    out.step(f"Uploading {path.name} to {api.transport.root}")
    try:
        publication = api.publish(path, notes=notes, dry_run=dry_run, progress=_progress(path))
    except ApiRefused as error:
        _show_refused_findings(error)
        raise
    if wait:
        publication = _watch(api, publication, timeout)
    _conclude(api, publication)


def yank(
    release: Annotated[str, typer.Argument(help="NAMESPACE/NAME@VERSION.", metavar="NAME@VERSION")],
    reason: Annotated[str, typer.Option(help="The reason, shown publicly with the release.")],
) -> None:
    """Yank a release, so that new installs no longer choose it."""
    tool, version = _release(release)
    answer = _api().yank(tool, version, reason)
    out.result(f"Yanked {tool} {version}: {reason}", answer)
    out.say(f"To undo: lumos unyank {release}")


def unyank(
    release: Annotated[str, typer.Argument(help="NAMESPACE/NAME@VERSION.", metavar="NAME@VERSION")],
) -> None:
    """Undo a yank."""
    tool, version = _release(release)
    answer = _api().unyank(tool, version)
    out.result(f"Undid the yank of {tool} {version}.", answer)


def _api() -> Api:
    from lumos.client.api import Api
    from lumos.client.transport import Transport

    return Api(Transport())


def _finished_wheel(wheel: Path | None) -> Path:
    """The given wheel, checked by the rules of the server, or a newly built one."""
    from lumos.cli.author import built, refuse_package
    from lumos.client.errors import NotFound
    from lumos.client.toolproject import find_tool_project
    from lumos.package.findings import PackageRefused
    from lumos.package.wheel import read_wheel

    if wheel is None:
        return built(find_tool_project()).path
    if not wheel.is_file():
        raise NotFound(
            f"{wheel} is a folder." if wheel.is_dir() else f"{wheel} does not exist.",
            why="Only a built wheel can be uploaded.",
            hint="lumos build, or lumos publish without a file",
        )
    try:
        read_wheel(wheel, filename=wheel.name)
    except PackageRefused as error:
        refuse_package(error)
    return wheel


def _progress(path: Path) -> Callable[[int], None]:
    """A callback that prints the percentage of a large upload on a terminal."""
    size = path.stat().st_size

    def show(sent: int) -> None:
        typer.echo(f"\r  {sent * 100 // size:>3}%" + "\n" * (sent == size), err=True, nl=False)

    return show if sys.stderr.isatty() and not out.quiet and size > _LARGE else lambda _: None


def _watch(api: Api, publication: dict[str, Any], timeout: float) -> dict[str, Any]:
    from lumos.cli.watch import watch

    try:
        return watch(api, publication, timeout)
    except KeyboardInterrupt:
        out.say(f"\nThe checks continue on the server: {api.transport.url(publication['url'])}")
        raise


def _conclude(api: Api, publication: dict[str, Any]) -> None:
    """Print the result of the checks, and exit with its code."""
    from lumos.cli.strip import strip
    from lumos.client.errors import ExitCode

    name = f"{publication['tool']} {publication['version']}"
    state = publication["state"]
    page = api.transport.url(publication.get("release_url") or publication["url"])
    _show_findings(api, publication.get("findings") or [])
    scores = publication.get("scores") or publication.get("quality")
    if scores and not out.quiet:
        out.say("\n" + strip(scores) + "\n")
    shown = {finding.get("message") for finding in publication.get("findings") or []}
    for reason in publication.get("reasons") or []:
        if reason not in shown:
            out.say(f"  {reason}")
    result = "would be held" if state == "held" and publication.get("dry_run") else state
    text = _RESULTS.get(result, "{name} is still being checked: {page}")
    out.say(text.format(name=name, page=page, version=publication["version"]))
    if state == "published":
        out.say(f"Install it: lumos add tool {_short(publication['tool'])}")
    out.result("", {**publication, "page": page})
    code = {"held": ExitCode.HELD, "rejected": ExitCode.REFUSED, "cancelled": ExitCode.REFUSED}
    if state in code:
        raise typer.Exit(code[state])


_RESULTS = {
    "published": "{name} is live: {page}",
    "passed": "{name} passed all checks. Dry run: nothing was published. {page}",
    "held": "{name} is held for review by a moderator. Version {version} is reserved for you.\n"
    "Next: wait for the decision on {page}",
    "would be held": "{name} would be held for review by a moderator. Dry run: nothing was "
    "published. {page}",
    "rejected": "{name} was rejected. You can reuse version {version}.\n"
    "Next: fix the findings above and publish again, or appeal: {page}",
    "cancelled": "{name} was cancelled: {page}",
}


def _show_refused_findings(error: ApiRefused) -> None:
    if error.findings:
        from lumos.cli.findings import show_findings
        from lumos.client.transport import registry_root

        out.report(show_findings(error.findings, root=registry_root()) + "\n")


def _show_findings(api: Api, findings: list[dict[str, Any]]) -> None:
    """Blocking findings are always shown, others only with ``--verbose``."""
    from lumos.cli.findings import show_findings

    shown = [finding for finding in findings if finding.get("blocking") or out.verbose]
    if shown:
        out.report("\n" + show_findings(shown, root=api.transport.root) + "\n")
    rest = len(findings) - len(shown)
    if rest:
        words = f"{rest} other finding{'s' if rest > 1 else ''} (not blocking)"
        out.say(paint(f"{words}: see the page, or --verbose", "muted"))


def _short(tool: str) -> str:
    from lumos.client.index import short_name
    from lumos.package.names.tools import ToolName

    return short_name(ToolName.parse(tool))


def _release(text: str) -> tuple[str, str]:
    from lumos.client.errors import UsageError
    from lumos.package.names.tools import ToolName
    from lumos.package.versions import Version

    name, at, version = text.partition("@")
    try:
        tool = ToolName.parse(name)
        if at:
            return str(tool), str(Version.parse(version))
        why = "The version is missing."
    except ValueError as error:
        why = str(error)
    raise UsageError(
        f'"{text}" is not a valid release.', why=why, hint="Write it as acme/web-search@1.2.0."
    )
