"""Mappings: every version is kept, and whoever decides anything sees all that was mapped before."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER mappings_append_only BEFORE UPDATE OR DELETE ON mappings
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER mappings_no_truncate BEFORE TRUNCATE ON mappings EXECUTE FUNCTION refuse_change();

-- Who decides asks for the newest mapping and lets nobody map until its own commit; who maps waits for those who decide
-- by what was mapped before. So no return is decided by an old mapping after those that wait for the new one were found.
-- In a function, so that the newest is looked up after the lock was given, in one round trip.
CREATE FUNCTION newest_mapping() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtext('backhaul.mappings'));
  RETURN (SELECT coalesce(max(id), 0) FROM mappings);
END $$;
"""

UNDO = "DROP FUNCTION newest_mapping();"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0002_guards_2026_11_22")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="ValueMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("value", models.CharField(max_length=200)),
                ("site", models.CharField(max_length=200)),
                ("sku_class", models.CharField(max_length=200)),
                ("target", models.CharField(max_length=200, null=True)),
                ("set_by", models.CharField(max_length=200)),
                ("set_at", models.DateTimeField()),
                ("why", models.TextField(db_default="", default="")),
                (
                    "merchant",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="store.valuemapping",
                    ),
                ),
            ],
            options={
                "db_table": "mappings",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaces__isnull", True)),
                        fields=("merchant", "kind", "value", "site", "sku_class"),
                        name="mapping_begins_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
