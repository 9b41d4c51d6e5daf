"""The table of what the product master said, made from the models; not written by hand."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_mappings_2026_11_25"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                (
                    "aliases",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=255), size=None),
                ),
                ("body", models.JSONField()),
                ("digest", models.BinaryField(max_length=16)),
                (
                    "merchant",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"),
                ),
            ],
            options={
                "db_table": "product_versions",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["aliases"], name="product_versions_aliases")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "sku", "at", "digest"), name="product_version_once")
                ],
            },
        ),
    ]
