"""The table of mappings: every version of each, never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ValueMapping(models.Model):
    """One version of a mapping: an edit is a row that ``replaces`` the one before; without a target it ends there.

    Who edits what somebody else has just edited is refused: a row is replaced once, and a mapping begins once.
    """

    merchant = models.ForeignKey("store.Merchant", on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=200)
    site = models.CharField(max_length=200)
    sku_class = models.CharField(max_length=200)
    target = models.CharField(max_length=200, null=True)  # noqa: DJ001  null: from here on it is mapped no more
    set_by = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    why = models.TextField(default="", db_default="")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        app_label = "store"
        db_table = "mappings"
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "value", "site", "sku_class"],
                condition=Q(replaces__isnull=True),
                name="mapping_begins_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
