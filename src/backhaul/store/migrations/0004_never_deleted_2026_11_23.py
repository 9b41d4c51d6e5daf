"""Keeps what other rows name from being deleted or renamed, instead of a foreign key in each row of the busy tables.

The frozen effect is guarded by the trigger's own condition: only what is to be refused calls a function any more.
"""

import django.db.models.deletion
from django.db import migrations, models

NAMED = """
CREATE TRIGGER merchants_stay BEFORE UPDATE OF id OR DELETE ON merchants FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER connections_stay BEFORE UPDATE OF id OR DELETE ON connections FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER returns_stay BEFORE UPDATE OF id OR DELETE ON returns FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER orders_stay BEFORE UPDATE OF id OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER messages_stay BEFORE UPDATE OF id ON messages FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER effects_stay BEFORE UPDATE OF id ON effects FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER merchants_no_truncate BEFORE TRUNCATE ON merchants EXECUTE FUNCTION refuse_change();
CREATE TRIGGER connections_no_truncate BEFORE TRUNCATE ON connections EXECUTE FUNCTION refuse_change();
CREATE TRIGGER returns_no_truncate BEFORE TRUNCATE ON returns EXECUTE FUNCTION refuse_change();
CREATE TRIGGER orders_no_truncate BEFORE TRUNCATE ON orders EXECUTE FUNCTION refuse_change();
"""
NAMED_UNDO = """
DROP TRIGGER merchants_stay ON merchants; DROP TRIGGER merchants_no_truncate ON merchants;
DROP TRIGGER connections_stay ON connections; DROP TRIGGER connections_no_truncate ON connections;
DROP TRIGGER returns_stay ON returns; DROP TRIGGER returns_no_truncate ON returns;
DROP TRIGGER orders_stay ON orders; DROP TRIGGER orders_no_truncate ON orders;
DROP TRIGGER messages_stay ON messages;
DROP TRIGGER effects_stay ON effects;
"""

KEPT = """
DROP TRIGGER effects_kept ON effects;
CREATE TRIGGER effects_kept BEFORE UPDATE ON effects FOR EACH ROW
  WHEN (
    OLD.first_attempt_at IS NOT NULL AND (
      NEW.payload_hash IS DISTINCT FROM OLD.payload_hash OR NEW.payload IS DISTINCT FROM OLD.payload
      OR NEW.policy_version IS DISTINCT FROM OLD.policy_version OR NEW.key IS DISTINCT FROM OLD.key
      OR NEW.first_attempt_at IS DISTINCT FROM OLD.first_attempt_at OR NEW.standing = 'moot')
    OR OLD.standing = 'done' AND (NEW.standing <> 'done' OR NEW.reference IS DISTINCT FROM OLD.reference))
  EXECUTE FUNCTION keep_effect();
"""
KEPT_UNDO = """
DROP TRIGGER effects_kept ON effects;
CREATE TRIGGER effects_kept BEFORE UPDATE ON effects FOR EACH ROW EXECUTE FUNCTION keep_effect();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_named_indexes_2026_11_23"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="effect",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="store.effect"
            ),
        ),
        migrations.AlterField(
            model_name="effect",
            name="connection",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.connection",
            ),
        ),
        migrations.AlterField(
            model_name="effect",
            name="flush",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.effect",
            ),
        ),
        migrations.AlterField(
            model_name="effect",
            name="merchant",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"
            ),
        ),
        migrations.AlterField(
            model_name="effect",
            name="order",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.order",
            ),
        ),
        migrations.AlterField(
            model_name="effect",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id",
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.return",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="merchant",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id",
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.return",
            ),
        ),
        migrations.AlterField(
            model_name="expectation",
            name="merchant",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.merchant"
            ),
        ),
        migrations.AlterField(
            model_name="expectation",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id",
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.return",
            ),
        ),
        migrations.AlterField(
            model_name="fact",
            name="message",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.message",
            ),
        ),
        migrations.AlterField(
            model_name="fact",
            name="return_ref",
            field=models.ForeignKey(
                db_column="return_id",
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.return",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="connection",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.connection"
            ),
        ),
        migrations.RunSQL(NAMED, NAMED_UNDO),
        migrations.RunSQL(KEPT, KEPT_UNDO),
    ]
