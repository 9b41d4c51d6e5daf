"""Replays of objects that other systems left behind: on record before anything is sent, and never deleted."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER replays_stay BEFORE UPDATE OF id, exception_id, connection_id, asked_by, asked_at OR DELETE ON replays
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER replays_no_truncate BEFORE TRUNCATE ON replays EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("store", "0005_said_policies_2026_11_26")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Replay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("epoch", models.IntegerField()),
                ("asked_by", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("standing", models.CharField(max_length=12)),
                ("begun_at", models.DateTimeField(null=True)),
                ("not_before", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("reference", models.CharField(db_default="", default="", max_length=200)),
                ("why", models.TextField(db_default="", default="")),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.connection"
                    ),
                ),
                (
                    "exception",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.operationalexception"
                    ),
                ),
            ],
            options={
                "db_table": "replays",
                "indexes": [
                    models.Index(fields=["exception"], name="replays_exception"),
                    models.Index(fields=["connection", "asked_at"], name="replays_connection"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "standing__in",
                                ["asked", "sending", "running", "unsure", "finished", "failed", "withdrawn"],
                            )
                        ),
                        name="replay_standing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("standing__in", ("asked", "sending", "running", "unsure", "finished"))),
                        fields=("exception",),
                        name="replay_at_a_time",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
