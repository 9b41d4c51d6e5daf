"""Drops the indexes that Django adds by itself and no query of ours uses; each was a write more for every row."""

import django.db.models.deletion
from django.db import migrations, models

# Searching a text key by its beginning, which these are for, is nothing we do; Django has no switch for them.
DROP_PATTERN_INDEXES = """
DO $$
DECLARE found regclass;
BEGIN
  FOR found IN
    SELECT i.indexrelid::regclass FROM pg_index i
    JOIN pg_opclass o ON o.oid = ANY(i.indclass) AND o.opcname = 'varchar_pattern_ops'
    WHERE i.indrelid IN ('returns'::regclass, 'return_keys'::regclass, 'expectations'::regclass, 'exceptions'::regclass)
  LOOP
    EXECUTE 'DROP INDEX ' || found;
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0002_guards_2026_11_22"),
    ]

    operations = [
        migrations.AlterField(
            model_name="allocation",
            name="order",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.order"),
        ),
        migrations.AlterField(
            model_name="allocation",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.return"
            ),
        ),
        migrations.AlterField(
            model_name="effect",
            name="connection",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="store.connection"
            ),
        ),
        migrations.AlterField(
            model_name="effect",
            name="flush",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="store.effect"
            ),
        ),
        migrations.AlterField(
            model_name="effect",
            name="key",
            field=models.CharField(max_length=200),
        ),
        migrations.AlterField(
            model_name="effect",
            name="merchant",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"),
        ),
        migrations.AlterField(
            model_name="effect",
            name="order",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="store.order"
            ),
        ),
        migrations.AlterField(
            model_name="effect",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id",
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.return",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="merchant",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"),
        ),
        migrations.AlterField(
            model_name="entry",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.return"
            ),
        ),
        migrations.AlterField(
            model_name="expectation",
            name="merchant",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"),
        ),
        migrations.AlterField(
            model_name="expectation",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.return"
            ),
        ),
        migrations.AlterField(
            model_name="fact",
            name="message",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="store.message"
            ),
        ),
        migrations.AlterField(
            model_name="fact",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.return"
            ),
        ),
        migrations.AlterField(
            model_name="identity",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.return"
            ),
        ),
        migrations.AlterField(
            model_name="identity",
            name="scope",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.connection"),
        ),
        migrations.AlterField(
            model_name="message",
            name="connection",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.connection"),
        ),
        migrations.AlterField(
            model_name="operationalexception",
            name="connection",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="store.connection"
            ),
        ),
        migrations.AlterField(
            model_name="operationalexception",
            name="merchant",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"),
        ),
        migrations.AlterField(
            model_name="operationalexception",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id",
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.return",
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="merchant",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"),
        ),
        migrations.AlterField(
            model_name="return",
            name="linked_to",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="store.return"
            ),
        ),
        migrations.AlterField(
            model_name="return",
            name="merchant",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"),
        ),
        migrations.AlterField(
            model_name="return",
            name="scope",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.connection"),
        ),
        migrations.AlterField(
            model_name="returnorder",
            name="order",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.order"),
        ),
        migrations.AlterField(
            model_name="returnorder",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.return"
            ),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(fields=["return_ref"], name="allocations_return"),
        ),
        migrations.AddIndex(
            model_name="effect",
            index=models.Index(condition=models.Q(("flush__isnull", False)), fields=["flush"], name="effects_flush"),
        ),
        migrations.AddIndex(
            model_name="expectation",
            index=models.Index(fields=["return_ref"], name="expectations_return"),
        ),
        migrations.AddIndex(
            model_name="identity",
            index=models.Index(fields=["return_ref"], name="identities_return"),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(
                condition=models.Q(("linked_to__isnull", False)), fields=["linked_to"], name="returns_linked"
            ),
        ),
        migrations.AddIndex(
            model_name="returnorder",
            index=models.Index(fields=["return_ref"], name="return_orders_return"),
        ),
        migrations.AddConstraint(
            model_name="effect",
            constraint=models.UniqueConstraint(fields=("key",), name="effect_once"),
        ),
        migrations.RunSQL(DROP_PATTERN_INDEXES, migrations.RunSQL.noop),
    ]
