"""What a connection to Tryton is told: address and keys, and the names of the places, ways of paying and accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from backhaul.sdk.connector import Settings
from backhaul.sdk.outcomes import Rejected


class Site(BaseModel):
    """One warehouse: its code in Tryton, and the code of its location for goods that wait for inspection."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    warehouse: str = "WH"
    inspection: str = "INSP"


class TrytonSettings(Settings):
    """``key`` is a validated user application of the kind REST; ``login`` and ``password`` are the same user's.

    Places are named by their codes, payment methods and accounts by their names. ``payment_methods`` maps a
    refund's tender to the method that books it, ``"original"`` is taken for tenders it does not name.
    ``dispositions`` says what a put-away to a location means when the ERP does the receiving
    (``reads_receipts = true``, together with the policy ``receipt_authority = "erp"``).
    """

    url: str
    database: str
    key: SecretStr
    login: str
    password: SecretStr
    company: int = 1
    order_field: Literal["reference", "number"] = "reference"
    sites: Mapping[str, Site] = Field(default_factory=lambda: {"MAIN": Site()})
    payment_methods: Mapping[str, str] = Field(default_factory=lambda: {"original": "Card clearing"})
    fee_account: str = "Return fees"
    difference_account: str = "Refund differences"
    reads_receipts: bool = False
    dispositions: Mapping[str, str] = Field(
        default_factory=lambda: {"STO": "sellable", "DAMAGED": "damaged", "SCRAP": "dispose", "QUAR": "quarantine"}
    )
    web_url: str | None = None
    concurrency: int = Field(default=4, ge=1, le=32)
    deadline_s: float = Field(default=20.0, gt=0, le=120)

    def site(self, name: str) -> Site:
        """The site of that name. Raises Rejected where the settings do not name it."""
        found = self.sites.get(name)
        if found is None:
            why = f"site {name} is not in the connection's `sites`; add it with its warehouse, then retry"
            raise Rejected(why, 404, why)
        return found
