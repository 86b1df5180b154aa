"""``publish``, ``yank``, ``unyank``: from a wheel to a release, watched to its end."""

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
_BIG = 1_000_000


def publish(
    wheel: Annotated[
        Path | None, typer.Argument(help="A finished wheel; default: build one.", metavar="WHEEL")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="All checks of the marketplace, but no release.")
    ] = False,
    notes: Annotated[str, typer.Option(help="Release notes, as Markdown.")] = "",
    wait: Annotated[bool, typer.Option(help="Watch the checks until the verdict.")] = True,
    timeout: Annotated[float, typer.Option(help="Watch at most so many seconds.")] = _TIMEOUT,
) -> None:
    """Upload a wheel and watch it being checked.

    Ends with 0 when it is live (or, with --dry-run, would be), 4 when it was rejected, 7 when it
    waits for a moderator.
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
    reason: Annotated[str, typer.Option(help="Why; everyone who meets the release reads it.")],
) -> None:
    """Take a release out of what installs choose."""
    tool, version = _release(release)
    answer = _api().yank(tool, version, reason)
    out.result(f"{tool} {version} is yanked: {reason}", answer)
    out.say(f"To undo it: lumos unyank {release}")


def unyank(
    release: Annotated[str, typer.Argument(help="NAMESPACE/NAME@VERSION.", metavar="NAME@VERSION")],
) -> None:
    """Undo a yank."""
    tool, version = _release(release)
    answer = _api().unyank(tool, version)
    out.result(f"{tool} {version} can be chosen again.", answer)


def _api() -> Api:
    from lumos.client.api import Api
    from lumos.client.transport import Transport

    return Api(Transport())


def _finished_wheel(wheel: Path | None) -> Path:
    """The given wheel, read by the same rules as the server's, or a freshly built one."""
    from lumos.cli.author import built, refuse_package
    from lumos.client.errors import NotFound
    from lumos.client.toolproject import find_tool_project
    from lumos.package.findings import PackageRefused
    from lumos.package.wheel import read_wheel

    if wheel is None:
        return built(find_tool_project()).path
    if not wheel.is_file():
        raise NotFound(
            f"{wheel} is a folder." if wheel.is_dir() else f"{wheel} is not there.",
            why="Only a finished wheel can be uploaded.",
            hint="lumos build, or lumos publish without a file",
        )
    try:
        read_wheel(wheel, filename=wheel.name)
    except PackageRefused as error:
        refuse_package(error)
    return wheel


def _progress(path: Path) -> Callable[[int], None]:
    """How far a big upload is, on a terminal; nothing elsewhere."""
    size = path.stat().st_size

    def show(sent: int) -> None:
        typer.echo(f"\r  {sent * 100 // size:>3}%" + "\n" * (sent == size), err=True, nl=False)

    return show if sys.stderr.isatty() and not out.quiet and size > _BIG else lambda _: None


def _watch(api: Api, publication: dict[str, Any], timeout: float) -> dict[str, Any]:
    from lumos.cli.watch import watch

    try:
        return watch(api, publication, timeout)
    except KeyboardInterrupt:
        out.say(f"\nThe checks go on without you: {api.transport.url(publication['url'])}")
        raise


def _conclude(api: Api, publication: dict[str, Any]) -> None:
    """The verdict in words, its JSON, and the exit code."""
    from lumos.cli.strip import strip
    from lumos.client.errors import ExitCode

    name = f"{publication['tool']} {publication['version']}"
    state = publication["state"]
    page = api.transport.url(publication.get("release_url") or publication["url"])
    _show_findings(api, publication.get("findings") or [])
    scores = publication.get("scores") or publication.get("quality")
    if scores and not out.quiet:
        out.say("\n" + strip(scores) + "\n")
    said = {finding.get("message") for finding in publication.get("findings") or []}
    for reason in publication.get("reasons") or []:
        if reason not in said:
            out.say(f"  {reason}")
    verdict = "would be held" if state == "held" and publication.get("dry_run") else state
    out.say(_VERDICTS.get(verdict, "{name} is being checked: {page}").format(name=name, page=page))
    if state == "published":
        out.say(f"Install it: lumos add tool {_short(publication['tool'])}")
    out.result("", {**publication, "page": page})
    code = {"held": ExitCode.HELD, "rejected": ExitCode.REFUSED, "cancelled": ExitCode.REFUSED}
    if state in code:
        raise typer.Exit(code[state])


_VERDICTS = {
    "published": "{name} is live: {page}",
    "passed": "{name} passed every check; nothing was published. {page}",
    "held": "{name} is not live: it waits for a moderator.\n"
    "Next: wait for the decision, which appears here: {page}",
    "would be held": "{name} would wait for a moderator; this was a dry run, and nothing was "
    "published. {page}",
    "rejected": "{name} was rejected; its version is free again.\n"
    "Next: mend what is named above and publish again, or appeal: {page}",
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

    shown = [each for each in findings if each.get("blocking") or out.verbose]
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
        why = "A release is the tool, @, and its version."
    except ValueError as error:
        why = str(error)
    raise UsageError(
        f'"{text}" does not name one release.', why=why, hint="Write it as acme/web-search@1.2.0."
    )
