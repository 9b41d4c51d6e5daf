"""The table of objects that people had replayed: on record before anything is sent, and what came of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

AT_WORK = ("asked", "sending", "running", "unsure", "finished")
"""What stands so is done, or may be at work: nobody asks for the same again beside it."""


class Replay(models.Model):
    """One replay of an object that another system left behind, by the exception that tells of it.

    ``epoch`` is the one it was asked in: what was asked before a restore may have been sent since. ``reference`` is
    what the other system calls it, "" for as long as it has not said.
    """

    exception = models.ForeignKey("store.OperationalException", on_delete=models.PROTECT, db_index=False)
    connection = models.ForeignKey("store.Connection", on_delete=models.PROTECT, db_index=False)
    epoch = models.IntegerField()
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    standing = models.CharField(max_length=12)
    begun_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=200, default="", db_default="")
    why = models.TextField(default="", db_default="")

    class Meta:
        app_label = "store"
        db_table = "replays"
        constraints = [
            models.CheckConstraint(condition=Q(standing__in=[*AT_WORK, "failed", "withdrawn"]), name="replay_standing"),
            models.UniqueConstraint(fields=["exception"], condition=Q(standing__in=AT_WORK), name="replay_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["exception"], name="replays_exception"),
            models.Index(fields=["connection", "asked_at"], name="replays_connection"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.standing}"
