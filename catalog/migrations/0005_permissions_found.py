"""What was found in the code stands beside what is declared, in rows and rendered documents."""

import json
from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """From the stored scans, whose evidence names kind and value of each use."""
    Release = apps.get_model("catalog", "Release")
    rows = Release.objects.select_related("security").prefetch_related("dependencies")
    for release in rows.iterator(chunk_size=200):
        report = release.security.report if hasattr(release, "security") else None
        if report is not None:
            release.permissions_found = _found(report.get("detected", {}))
        release.dependencies_checked = not release.dependencies.all()
        release.document = ""  # rendered again when it is next read
        release.save(update_fields=["permissions_found", "dependencies_checked", "document"])


def fill_tools(apps: Any, schema_editor: Any) -> None:
    """The cards and documents of tools, in the new shape."""
    Tool = apps.get_model("catalog", "Tool")
    for tool in Tool.objects.select_related("latest").iterator(chunk_size=200):
        if not tool.card:
            continue
        tool.card["permissions"] = _needs(tool.latest)
        document = json.loads(tool.document) if tool.document else None
        if document:
            document["permissions"] = _needs(tool.latest)
            if document.get("release"):
                document["release"]["permissions"] = _needs(tool.latest)
            tool.document = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        tool.save(update_fields=["card", "document"])


def _needs(release: Any) -> dict[str, Any]:
    if release is None:
        return {"declared": [], "found": None, "dependencies_checked": False}
    return {
        "declared": release.permissions,
        "found": release.permissions_found,
        "dependencies_checked": release.dependencies_checked,
    }


def _found(detected: dict[str, list[dict[str, Any]]]) -> list[str]:
    return sorted(
        {
            f"{kind}:{use['value']}"
            if use.get("value") and kind in ("network", "environment")
            else kind
            for kind, uses in detected.items()
            for use in uses
        }
    )


class Migration(migrations.Migration):
    """Two columns of a release, filled."""

    dependencies = [("catalog", "0004_withdrawals_have_reasons")]

    operations = [
        migrations.AddField("release", "permissions_found", models.JSONField(null=True)),
        migrations.AddField("release", "dependencies_checked", models.BooleanField(default=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(fill_tools, migrations.RunPython.noop),
    ]
