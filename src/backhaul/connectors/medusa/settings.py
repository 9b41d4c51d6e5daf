"""Settings of a connection to a Medusa shop: where it answers, its secrets, and what its words mean here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, SecretStr

from backhaul.sdk.signed import SignedSettings


class MedusaSettings(SignedSettings):
    """``key`` is a secret admin key; ``signature_secrets`` sign what the shop's forwarding subscriber posts.

    ``order_field`` says what the platform and the ERP call an order: its ``display_id``, with ``order_prefix`` before
    it, its ``id``, or an entry of its metadata (``metadata.reference``). ``return_location`` is the id of the stock
    location where returns are received; ``locations`` lead from the policy's locations to ids of Medusa's, ``tenders``
    from payment providers to tenders, ``reasons`` from the platform's reasons to values of Medusa's return reasons.
    """

    base_url: str
    key: SecretStr
    order_field: str = Field(default="display_id", pattern=r"^(display_id|id|metadata\..+)$")
    order_prefix: str = ""
    return_location: str = Field(min_length=1)
    locations: Mapping[str, str] = Field(default_factory=dict)
    reasons: Mapping[str, str] = Field(default_factory=dict)
    tenders: Mapping[str, str] = Field(default_factory=dict)
    line_ids: Literal["shared", "own"] = "shared"
    admin_url: str | None = None
    concurrency: int = Field(default=4, ge=1, le=16)
    deadline_s: float = Field(default=20.0, gt=0, le=120)

    @property
    def metadata_field(self) -> str | None:
        """The entry of an order's metadata that names it, where one does."""
        return self.order_field.removeprefix("metadata.") if self.order_field.startswith("metadata.") else None
