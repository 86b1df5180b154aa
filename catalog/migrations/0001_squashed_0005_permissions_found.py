"""The tables of a new database at once; an older one runs what this replaces."""

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("catalog", "0001_initial"),
        ("catalog", "0002_what_lists_are_sorted_by"),
        ("catalog", "0003_fill_what_lists_need"),
        ("catalog", "0004_withdrawals_have_reasons"),
        ("catalog", "0005_permissions_found"),
    ]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0003_american_spelling'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=64)),
                ('sort_key', models.CharField(max_length=64)),
                ('is_prerelease', models.BooleanField()),
                ('published_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('notes', models.TextField(blank=True, default='')),
                ('filename', models.CharField(max_length=255)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveBigIntegerField()),
                ('unpacked_size', models.PositiveBigIntegerField()),
                ('metadata_sha256', models.CharField(max_length=64)),
                ('metadata_text', models.TextField()),
                ('title', models.CharField(max_length=120)),
                ('summary', models.CharField(max_length=512)),
                ('category', models.CharField(max_length=16)),
                ('license', models.CharField(max_length=200)),
                ('requires_python', models.CharField(blank=True, default='', max_length=120)),
                ('readme', models.TextField(blank=True, default='')),
                ('readme_html', models.TextField(blank=True, default='')),
                ('changelog_html', models.TextField(blank=True, default='')),
                ('authors', models.JSONField(blank=True, default=list)),
                ('urls', models.JSONField(blank=True, default=dict)),
                ('keywords', models.JSONField(blank=True, default=list)),
                ('permissions', models.JSONField(blank=True, default=list)),
                ('permissions_found', models.JSONField(null=True)),
                ('dependencies_checked', models.BooleanField(default=False)),
                ('settings', models.JSONField(blank=True, default=list)),
                ('functions_digest', models.CharField(max_length=80)),
                ('is_pure', models.BooleanField(default=True)),
                ('quarantined_at', models.DateTimeField(blank=True, null=True)),
                ('quarantine_reason', models.CharField(blank=True, default='', max_length=500)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('document', models.TextField(blank=True, default='')),
                ('publisher', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='releases', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SecurityReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(max_length=10)),
                ('score', models.PositiveSmallIntegerField()),
                ('findings', models.JSONField(default=list)),
                ('report', models.JSONField(default=dict)),
                ('scanned_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('release', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='security', to='catalog.release')),
            ],
        ),
        migrations.CreateModel(
            name='Tool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64)),
                ('distribution', models.CharField(max_length=104, unique=True)),
                ('folded', models.CharField(db_index=True, default='', editable=False, max_length=104)),
                ('status', models.CharField(choices=[('active', 'Active'), ('deprecated', 'Deprecated'), ('quarantined', 'Quarantined'), ('deleted', 'Deleted')], default='active', max_length=12)),
                ('deprecation', models.CharField(blank=True, default='', max_length=500)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('title', models.CharField(max_length=120)),
                ('summary', models.CharField(max_length=512)),
                ('category', models.CharField(choices=[('web', 'Web'), ('file', 'Files'), ('data', 'Data'), ('ai', 'AI'), ('system', 'System'), ('math', 'Math'), ('crypto', 'Cryptography'), ('database', 'Databases'), ('api', 'API'), ('utility', 'Utilities'), ('custom', 'Custom')], max_length=16)),
                ('keywords', models.JSONField(blank=True, default=list)),
                ('overall', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('gate_passed', models.BooleanField(default=False)),
                ('function_count', models.PositiveIntegerField(default=0)),
                ('release_count', models.PositiveIntegerField(default=0)),
                ('rating_sum', models.PositiveIntegerField(default=0)),
                ('rating_count', models.PositiveIntegerField(default=0)),
                ('rating_average', models.FloatField(blank=True, null=True)),
                ('downloads_total', models.PositiveBigIntegerField(default=0)),
                ('downloads_30d', models.PositiveIntegerField(default=0)),
                ('downloads_by_week', models.JSONField(blank=True, default=list)),
                ('card', models.JSONField(blank=True, default=dict)),
                ('document', models.TextField(blank=True, default='')),
                ('listed', models.GeneratedField(db_persist=True, expression=models.Case(models.When(latest__isnull=False, status__in=['active', 'deprecated'], then=models.Value(True)), default=models.Value(False)), output_field=models.BooleanField())),
                ('latest', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.release')),
                ('namespace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tools', to='accounts.namespace')),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='catalog.tool')),
            ],
        ),
        migrations.AddField(
            model_name='release',
            name='tool',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='catalog.tool'),
        ),
        migrations.CreateModel(
            name='Dependency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('distribution', models.CharField(max_length=128)),
                ('specifier', models.CharField(blank=True, default='', max_length=200)),
                ('requirement', models.CharField(max_length=400)),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dependencies', to='catalog.release')),
                ('tool', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dependents', to='catalog.tool')),
            ],
            options={
                'ordering': ['distribution'],
            },
        ),
        migrations.CreateModel(
            name='Yank',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='yanks', to='catalog.release')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='QualityReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('security', models.PositiveSmallIntegerField(null=True)),
                ('performance', models.PositiveSmallIntegerField(null=True)),
                ('compatibility', models.PositiveSmallIntegerField(null=True)),
                ('documentation', models.PositiveSmallIntegerField(null=True)),
                ('overall', models.PositiveSmallIntegerField(null=True)),
                ('gate_passed', models.BooleanField(default=False)),
                ('formula', models.CharField(max_length=20)),
                ('report', models.JSONField()),
                ('measurements', models.JSONField(null=True)),
                ('measured_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('release', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='quality', to='catalog.release')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('security__isnull', True), ('security__range', (0, 100)), _connector='OR'), models.Q(('performance__isnull', True), ('performance__range', (0, 100)), _connector='OR'), models.Q(('compatibility__isnull', True), ('compatibility__range', (0, 100)), _connector='OR'), models.Q(('documentation__isnull', True), ('documentation__range', (0, 100)), _connector='OR'), models.Q(('overall__isnull', True), ('overall__range', (0, 100)), _connector='OR')), name='scores_are_percent')],
            },
        ),
        migrations.CreateModel(
            name='Function',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64)),
                ('entry', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True, default='')),
                ('input_schema', models.JSONField()),
                ('output_schema', models.JSONField()),
                ('hints', models.JSONField(default=dict)),
                ('wrapped', models.BooleanField(default=False)),
                ('examples', models.JSONField(default=list)),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='functions', to='catalog.release')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('release', 'name'), name='function_name_once')],
            },
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['name'], name='listed_name'),
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['updated_at'], name='listed_updated_at'),
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['created_at'], name='listed_created_at'),
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['downloads_total'], name='listed_downloads_total'),
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['rating_average'], name='listed_rating_average'),
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['category', 'updated_at'], name='listed_category_updated_at'),
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['category', 'created_at'], name='listed_category_created_at'),
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['category', 'downloads_total'], name='listed_category_downloads_tota'),
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['category', 'rating_average'], name='listed_category_rating_average'),
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['downloads_30d', 'downloads_total'], name='listed_downloads_30d_downloads'),
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['gate_passed', 'overall', 'downloads_30d'], name='listed_gate_passed_overall_dow'),
        ),
        migrations.AddIndex(
            model_name='tool',
            index=models.Index(condition=models.Q(('listed', True)), fields=['category', 'release_count', 'function_count', 'downloads_total'], name='listed_category_release_count_'),
        ),
        migrations.AddConstraint(
            model_name='tool',
            constraint=models.UniqueConstraint(fields=('namespace', 'name'), name='tool_name_once'),
        ),
        migrations.AddConstraint(
            model_name='tool',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'deprecated'), _negated=True), models.Q(('deprecation', ''), _negated=True), _connector='OR'), name='tool_deprecation_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='tool',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rating_average__isnull', True), ('rating_count', 0), ('rating_sum', 0)), models.Q(('rating_average__isnull', False), ('rating_count__gt', 0), ('rating_sum__gte', models.F('rating_count')), ('rating_sum__lte', django.db.models.expressions.CombinedExpression(models.F('rating_count'), '*', models.Value(5)))), _connector='OR'), name='tool_rating_adds_up'),
        ),
        migrations.AddIndex(
            model_name='release',
            index=models.Index(fields=['tool', '-sort_key'], name='catalog_rel_tool_id_b9d07f_idx'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('tool', 'version'), name='release_version_once'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('filename',), name='release_filename_once'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quarantine_reason', ''), ('quarantined_at__isnull', True)), models.Q(('quarantined_at__isnull', False), models.Q(('quarantine_reason', ''), _negated=True)), _connector='OR'), name='release_quarantine_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='dependency',
            constraint=models.UniqueConstraint(fields=('release', 'requirement'), name='dependency_once'),
        ),
        migrations.AddConstraint(
            model_name='yank',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('release',), name='yank_open_once'),
        ),
        migrations.AddConstraint(
            model_name='yank',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='yank_has_reason'),
        ),
    ]
