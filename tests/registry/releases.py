"""Writes releases to the catalog and their wheels to the tree, as a go-live does."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import Namespace, User
from catalog import latest
from catalog.models import Dependency, Function, QualityReport, Release, Tool
from catalog.versions import sort_key
from lumos.package.metadata.reader import parse_metadata
from lumos.package.names.tools import ToolName
from lumos.package.versions import Version
from registry.actions import publish_file, write_tool
from tests.package.wheels import build_wheel, members

SCORES = {
    "security": 96, "performance": None, "compatibility": 99, "documentation": 91, "overall": 90,
}  # fmt: skip


def put_release(
    name: str = "demo/hello", version: str = "1.0.0", *, written: bool = True, **parts: Any
) -> Release:
    """A release whose wheel is real; ``parts`` are those of build_wheel, ``release_…`` columns."""
    columns = {key[8:]: parts.pop(key) for key in list(parts) if key.startswith("release_")}
    folder = Path(settings.DATA_DIR) / "built"
    wheel = build_wheel(folder, tool=name, version=version, **parts)
    metadata = next(
        data for key, data in members(tool=name, version=version, **parts).items()
        if key.endswith("/METADATA")
    )  # fmt: skip
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    publish_file(filename=wheel.name, sha256=sha256, source=wheel, metadata=metadata)
    tool = _tool(name)
    release = Release.objects.create(
        tool=tool, filename=wheel.name, sha256=sha256, size=wheel.stat().st_size,
        **{**_columns(version, metadata), **columns},
    )  # fmt: skip
    _belongings(release, parse_metadata(metadata).requirements)
    latest.choose(tool)
    if written:
        write_tool(tool.pk)
    return release


def _tool(name: str) -> Tool:
    parsed = ToolName.parse(name)
    owner, _ = User.objects.get_or_create(email="owner@example.org")
    namespace, _ = Namespace.objects.get_or_create(name=parsed.namespace, defaults={"user": owner})
    tool, _ = Tool.objects.get_or_create(
        namespace=namespace, name=parsed.name, distribution=parsed.distribution
    )
    return tool


def _columns(version: str, metadata: bytes) -> dict[str, Any]:
    read, parsed = parse_metadata(metadata), Version.parse(version)
    return {
        "version": version,
        "sort_key": sort_key(parsed),
        "is_prerelease": parsed.is_prerelease,
        "unpacked_size": 10_000,
        "metadata_sha256": hashlib.sha256(metadata).hexdigest(),
        "metadata_text": metadata.decode(),
        "title": "Hello",
        "summary": read.summary,
        "category": "utility",
        "license": "MIT",
        "requires_python": read.requires_python,
        "keywords": list(read.keywords),
        "permissions": ["network:api.example.org"],
        "permissions_found": ["environment", "network:api.example.org"],
        "functions_digest": "sha256:" + "0" * 64,
    }


def _belongings(release: Release, requirements: tuple[str, ...]) -> None:
    Function.objects.create(
        release=release, name="hello", entry="demo:hello", description="Greet someone.",
        input_schema={"type": "object"}, output_schema={"type": "object"},
    )  # fmt: skip
    QualityReport.objects.create(release=release, formula="1", report={}, **SCORES)
    for text in requirements:
        distribution = text.split(">")[0].split("=")[0].split("[")[0].strip()
        Dependency.objects.create(
            release=release,
            tool=Tool.objects.filter(distribution=distribution).first(),
            distribution=distribution,
            specifier=text[len(distribution) :].strip(),
            requirement=text,
        )
