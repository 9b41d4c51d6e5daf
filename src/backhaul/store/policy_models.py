"""The table of what policies were said to be: every version in the order they were made, never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SaidPolicy(models.Model):
    """One version: ``digest`` of what it says, whom it ``applies_to``; ``configured`` where backhaul.toml said it.

    What was mapped lies over it; the policies that come out of both are in ``policy_versions``.
    """

    merchant = models.ForeignKey("store.Merchant", on_delete=models.PROTECT, db_index=False)
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    applies_to = models.CharField(max_length=4)
    author = models.CharField(max_length=200)
    note = models.TextField(default="", db_default="")
    configured = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField()

    class Meta:
        app_label = "store"
        db_table = "said_policies"
        constraints = [
            models.CheckConstraint(condition=Q(applies_to__in=["new", "open"]), name="said_policy_applies_to")
        ]
        indexes = [models.Index(fields=["merchant", "id"], name="said_policies_merchant")]

    def __str__(self) -> str:
        return f"{self.digest} for {self.applies_to} returns"
