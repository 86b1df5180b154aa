"""What a go-live writes, for tools that went live before there was a column for it."""

from django.db import migrations
from django.db.models import Count, Q

from lumos.package.names.tools import fold


def fill(apps, schema_editor):
    live = Q(releases__quarantined_at=None, releases__deleted_at=None)
    tools = apps.get_model("catalog", "Tool").objects.annotate(
        live_releases=Count("releases", filter=live)
    )
    quality_of = apps.get_model("catalog", "QualityReport").objects.in_bulk(field_name="release_id")
    functions = apps.get_model("catalog", "Function").objects
    for tool in tools.select_related("namespace").iterator(chunk_size=500):
        quality = quality_of.get(tool.latest_id)
        tool.folded = fold(f"{tool.namespace.name}/{tool.name}")
        tool.overall = quality.overall if quality else None
        tool.gate_passed = bool(quality and quality.gate_passed)
        tool.function_count = functions.filter(release_id=tool.latest_id).count()
        tool.release_count = tool.live_releases
        tool.save(
            update_fields=[
                "folded", "overall", "gate_passed", "function_count", "release_count",
            ]
        )


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0002_what_lists_are_sorted_by"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
