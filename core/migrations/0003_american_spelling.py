"""The audit log uses the new spelling of organization, so that old entries are found as well."""

from django.db import migrations
from django.db.models import Value
from django.db.models.functions import Replace

OLD, NEW = "organisation", "organization"


def rename_in_the_audit_log(apps, schema_editor):
    """Old entries are found under the new word as well."""
    entries = apps.get_model("core", "AuditEntry").objects
    for field in ("action", "target"):
        entries.filter(**{f"{field}__startswith": OLD}).update(
            **{field: Replace(field, Value(OLD), Value(NEW))}
        )


class Migration(migrations.Migration):
    dependencies = [("core", "0002_job_turns"), ("accounts", "0003_american_spelling")]

    operations = [
        migrations.RunPython(rename_in_the_audit_log, migrations.RunPython.noop, elidable=True)
    ]
