"""Organisation becomes Organization; every row stays."""

from django.db import migrations, models

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


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_invitation")]

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
    ]
