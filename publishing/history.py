"""Find the release with which a new one is compared."""

from __future__ import annotations

from catalog.models import Release
from catalog.versions import sort_key
from lumos.package.compatibility import Surface
from lumos.package.functions import FunctionSpec
from lumos.package.names.tools import ToolName
from lumos.package.versions import Version


def release_before(tool: ToolName, version: Version) -> Release | None:
    """The release with which ``version`` is compared, or None; see :meth:`Version.can_precede`."""
    lower = (
        Release.objects.chosen()
        .filter(tool__distribution=tool.distribution, sort_key__lt=sort_key(version))
        .newest_first()
        .prefetch_related("functions")
    )
    return next(
        (release for release in lower if Version.parse(release.version).can_precede(version)), None
    )


def surface_of(release: Release) -> Surface:
    """The functions and declared permissions of a stored release."""
    functions = tuple(
        FunctionSpec(
            name=row.name,
            description=row.description,
            input_schema=row.input_schema,
            output_schema=row.output_schema,
            hints=row.hints,
            wrapped=row.wrapped,
        )
        for row in release.functions.all()
    )
    return Surface(functions=functions, permissions=tuple(release.permissions))
