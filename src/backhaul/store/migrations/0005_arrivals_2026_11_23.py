"""When a connection was last heard of is read off its messages, not kept beside them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0004_never_deleted_2026_11_23"),
    ]

    operations = [
        migrations.RemoveField(model_name="connection", name="last_message_at"),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["connection", "received_at"], name="messages_arrived"),
        ),
    ]
