"""Organisation becomes Organization; rows stay, and the audit log uses the new word too."""

from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Replace

OLD, NEW = "organisation", "organization"
CONSTRAINTS = {
    "membership": ("member_once", models.UniqueConstraint, {"fields": [NEW, "user"]}),
    "invitation": ("invited_once", models.UniqueConstraint, {"fields": [NEW, "email"]}),
    "namespace": (
        "namespace_has_one_owner",
        models.CheckConstraint,
        {
            "condition": models.Q(user__isnull=False, organization__isnull=True)
            | models.Q(user__isnull=True, organization__isnull=False)
        },
    ),
}


def rename_in_the_audit_log(apps, schema_editor):
    """Old entries are found under the new word as well."""
    entries = apps.get_model("core", "AuditEntry").objects
    for field in ("action", "target"):
        entries.filter(**{f"{field}__startswith": OLD}).update(
            **{field: Replace(field, Value(OLD), Value(NEW))}
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_invitation"), ("core", "0001_initial")]

    operations = [
        *(
            migrations.RemoveConstraint(model, name)
            for model, (name, _, _) in CONSTRAINTS.items()
        ),
        migrations.RenameModel("Organisation", "Organization"),
        *(migrations.RenameField(model, OLD, NEW) for model in CONSTRAINTS),
        *(
            migrations.AddConstraint(model, kind(name=name, **rule))
            for model, (name, kind, rule) in CONSTRAINTS.items()
        ),
        migrations.AlterField(
            "organization",
            "members",
            models.ManyToManyField(
                related_name="organizations", through="accounts.Membership", to="accounts.user"
            ),
        ),
        migrations.RunPython(rename_in_the_audit_log, migrations.RunPython.noop),
    ]
