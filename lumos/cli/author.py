"""``new tool``, ``build`` and ``check``: the commands of tool authors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from lumos.cli.output import out, paint

if TYPE_CHECKING:
    from lumos.client.builder import Built
    from lumos.client.toolproject import ToolProject
    from lumos.package.findings import Finding, PackageRefused

__all__ = ["build", "built", "check", "new_tool", "refuse_package"]


def new_tool(
    name: Annotated[str, typer.Argument(help="NAMESPACE/NAME, or NAME in your namespace.")],
    folder: Annotated[
        Path | None,
        typer.Option(help="The project's folder. Default: the tool's name."),
    ] = None,
) -> None:
    """Create a tool project that is ready to publish."""
    from lumos.client.describing import write_functions
    from lumos.client.template import create_tool_project
    from lumos.client.toolproject import ToolProject

    tool = _new_name(name)
    target = (folder or Path.cwd() / tool.name).resolve()
    written = create_tool_project(tool, target)
    out.step("Generating functions.json")
    write_functions(ToolProject(target))
    out.say(f"Created {tool} in {target}")
    out.say(f"Next: cd {target.name} && lumos build && lumos publish")
    out.result("", {"tool": str(tool), "folder": str(target), "files": [str(p) for p in written]})


def build() -> None:
    """Generate functions.json and build the wheel in dist/."""
    from lumos.client.toolproject import find_tool_project

    project = find_tool_project()
    done = built(project)
    for difference in done.functions_changed:
        out.say(f"functions.json: {difference}")
    size = done.wheel.size / 1000
    out.say(f"Built {done.path.relative_to(project.root)}  {size:,.1f} kB")
    out.result(
        "",
        {
            "tool": str(done.wheel.tool),
            "version": str(done.wheel.version),
            "wheel": str(done.path),
            "sha256": done.wheel.sha256,
            "size": done.wheel.size,
            "functions": [spec.name for spec in done.wheel.functions],
            "functions_changed": list(done.functions_changed),
        },
    )


def check() -> None:
    """Build the wheel and check it for what would be rejected or held for review."""
    from lumos.client.checks import check_tool
    from lumos.client.errors import ExitCode
    from lumos.client.toolproject import find_tool_project
    from lumos.client.transport import Transport

    project = find_tool_project()
    done = built(project)
    report = check_tool(project, done.wheel, Transport(), out.step)
    for note in report.notes:
        out.say(paint(note, "muted"))
    _show(report.findings)
    blocking = [finding for finding in report.findings if finding.blocking]
    out.result(
        "",
        {
            "tool": str(done.wheel.tool),
            "version": str(done.wheel.version),
            "ok": not blocking,
            "findings": [finding.as_dict() for finding in report.findings],
            "notes": list(report.notes),
        },
    )
    if blocking:
        out.say(f"\n{blocking_words(blocking)}")
        raise typer.Exit(ExitCode.FAILED)
    count = len(report.findings)
    words = "no findings" if not count else f"no blocking findings, {count} other"
    out.say(f"{done.wheel.tool} {done.wheel.version}: {words}. Next: lumos publish --dry-run")


def built(project: ToolProject) -> Built:
    """Build the wheel, or show the findings and exit with code 1."""
    from lumos.client.builder import build as build_tool
    from lumos.package.findings import PackageRefused

    try:
        return build_tool(project, out.step)
    except PackageRefused as error:
        refuse_package(error)


def refuse_package(error: PackageRefused) -> NoReturn:
    """Show the findings that block a package, and exit with code 1."""
    from lumos.client.errors import ExitCode

    _show(error.findings)
    out.say(f"\n{blocking_words(error.findings)}")
    findings = [finding.as_dict() for finding in error.findings]
    out.result("", {"ok": False, "findings": findings})
    raise typer.Exit(ExitCode.FAILED) from error


def blocking_words(findings: Sequence[Finding]) -> str:
    """How many findings block, and what to do."""
    count = len(findings)
    words = "1 blocking finding" if count == 1 else f"{count} blocking findings"
    fix = "it" if count == 1 else "them"
    return f"{words}. See where, why and how to fix {fix} above."


def _show(findings: tuple[Finding, ...] | list[Finding]) -> None:
    from lumos.cli.findings import show_findings
    from lumos.client.transport import registry_root

    if findings:
        out.report(show_findings(findings, root=registry_root()))


def _new_name(text: str):  # type: ignore[no-untyped-def]
    """The tool's name, checked by the marketplace's rules; a bare name gets your namespace."""
    from lumos.client.errors import UsageError
    from lumos.package.names.tools import (
        InvalidName,
        ToolName,
        check_name,
        check_namespace,
        is_popular,
    )

    try:
        if "/" not in text:
            check_name(text)
        tool = ToolName.parse(text if "/" in text else f"{_own_namespace(text)}/{text}")
        check_namespace(tool.namespace, official=True)
        check_name(tool.name)
    except InvalidName as error:
        raise UsageError(
            f'"{text}" cannot be the name of a tool.',
            why=str(error),
            hint="lumos new tool yournamespace/toolname",
        ) from error
    if is_popular(tool.distribution) or is_popular(tool.import_package):
        raise UsageError(
            f'"{text}" cannot be the name of a tool.',
            why=f"{tool.distribution} is the name of a well-known Python distribution.",
            hint="Choose another name.",
        )
    return tool


def _own_namespace(text: str) -> str:
    """The only namespace that the token may publish in; raises :class:`UsageError` otherwise."""
    from lumos.client.api import Api
    from lumos.client.credentials import find_token
    from lumos.client.errors import LumosError, UsageError
    from lumos.client.transport import Transport

    transport = Transport()
    why = "You are not signed in, so your namespace is unknown."
    if find_token(transport.root):
        try:
            names = [str(name) for name in Api(transport).whoami().get("namespaces", [])]
        except LumosError as error:
            names, why = [], f"{error.what} {error.why}"
        else:
            why = "Your account has no namespace yet."
        if len(names) == 1:
            return names[0]
        if names:
            why = f"You can publish in several namespaces: {', '.join(names)}."
    raise UsageError(
        f'"{text}" needs a namespace.', why=why, hint=f"lumos new tool yourname/{text}"
    )
