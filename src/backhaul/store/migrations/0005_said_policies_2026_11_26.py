"""Policies as they were said: every version is kept, and whoever decides sees all that counts, policies and mappings."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER said_policies_append_only BEFORE UPDATE OR DELETE ON said_policies
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER said_policies_no_truncate BEFORE TRUNCATE ON said_policies EXECUTE FUNCTION refuse_change();

-- As newest_mapping did, of which it takes the place: under the same lock, in one round trip.
CREATE FUNCTION newest_choices(OUT mapping bigint, OUT policy bigint) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtext('backhaul.mappings'));
  mapping := (SELECT coalesce(max(id), 0) FROM mappings);
  policy := (SELECT coalesce(max(id), 0) FROM said_policies);
END $$;
DROP FUNCTION newest_mapping();
"""

UNDO = """
CREATE FUNCTION newest_mapping() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtext('backhaul.mappings'));
  RETURN (SELECT coalesce(max(id), 0) FROM mappings);
END $$;
DROP FUNCTION newest_choices();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0004_products_2026_11_25")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="SaidPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("body", models.JSONField()),
                ("applies_to", models.CharField(max_length=4)),
                ("author", models.CharField(max_length=200)),
                ("note", models.TextField(db_default="", default="")),
                ("configured", models.BooleanField(db_default=False, default=False)),
                ("at", models.DateTimeField()),
                (
                    "merchant",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"),
                ),
            ],
            options={
                "db_table": "said_policies",
                "indexes": [models.Index(fields=["merchant", "id"], name="said_policies_merchant")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("applies_to__in", ["new", "open"])), name="said_policy_applies_to"
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
