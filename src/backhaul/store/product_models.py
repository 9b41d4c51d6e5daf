"""The table of what the product master said, version by version."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class ProductVersion(models.Model):
    """What was said of a SKU at a time of the source; of a run of the same only the first and the last are kept."""

    merchant = models.ForeignKey("store.Merchant", on_delete=models.PROTECT, db_index=False)
    sku = models.CharField(max_length=255)
    at = models.DateTimeField()
    aliases = ArrayField(models.CharField(max_length=255))
    body = models.JSONField()
    digest = models.BinaryField(max_length=16)

    class Meta:
        app_label = "store"
        db_table = "product_versions"
        constraints = [models.UniqueConstraint(fields=["merchant", "sku", "at", "digest"], name="product_version_once")]
        indexes = [GinIndex(fields=["aliases"], name="product_versions_aliases")]
