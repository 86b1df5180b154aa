"""Reviews become an app of their own: the table is renamed, no row is written."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("review", "reviews_review")],
            state_operations=[migrations.DeleteModel("Review")],
        ),
    ]
