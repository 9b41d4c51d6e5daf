"""What a connection to Happy Returns is told: address, key, signature, and the meaning of what is not published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, SecretStr

from backhaul.connectors.happy_returns.aliases import Event, Meaning
from backhaul.connectors.happy_returns.mapping import FieldMapping
from backhaul.sdk.signed import SignedSettings


class HappyReturnsSettings(SignedSettings):
    """Without ``signature_secrets`` every webhook is refused; without ``api_key`` nothing is polled.

    ``events`` and ``meanings`` are words of yours for an event and for a return's state beside the known ones
    (``"ignored"`` for one that means nothing here), ``dropoff_methods`` further ways to hand over. ``mapping`` says
    where a payload of yours carries more than what is published, see FieldMapping. ``contents_dispositions`` are Happy
    Returns' words for our conditions when bag contents are reported; without them nothing is.
    """

    base_url: str = "https://partner.happyreturns.com"
    api_key: SecretStr | None = None
    retailer_id: str = Field(min_length=1)
    signature_header: str = "X-Hr-Signature"
    events: Mapping[str, Event] = Field(default_factory=dict)
    meanings: Mapping[str, Meaning] = Field(default_factory=dict)
    dropoff_methods: Mapping[str, str] = Field(default_factory=dict)
    mapping: FieldMapping = FieldMapping()
    contents_dispositions: Mapping[str, str] = Field(default_factory=dict)
    inspection_site: str = "happy-returns"
    requests_per_second: float = Field(default=0.5, gt=0, le=100)
    refund_amounts_in: Literal["major", "minor"] = "major"
