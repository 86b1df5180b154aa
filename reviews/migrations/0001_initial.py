"""Take over the table that ``marketplace`` had; only Django's state changes, and an index's name."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def move_content_type(apps, schema_editor):
    """Keep permissions and log entries that point to the old content type."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    old = ContentType.objects.filter(app_label="marketplace", model="review")
    if ContentType.objects.filter(app_label="reviews", model="review").exists():
        old.delete()
    else:
        old.update(app_label="reviews")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("marketplace", "0002_move_reviews"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Review",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("stars", models.PositiveSmallIntegerField()),
                        ("text", models.TextField(blank=True, default="", max_length=4000)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("tool", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reviews", to="catalog.tool")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="reviews", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["tool", "-updated_at"], name="marketplace_tool_id_81206b_idx")],
                        "constraints": [
                            models.UniqueConstraint(fields=("tool", "user"), name="review_once"),
                            models.CheckConstraint(condition=models.Q(("stars__range", (1, 5))), name="review_stars_range"),
                        ],
                    },
                ),
            ],
        ),
        migrations.RenameIndex("review", new_name="review_tool_updated", old_name="marketplace_tool_id_81206b_idx"),
        migrations.RunPython(move_content_type, migrations.RunPython.noop),
    ]
