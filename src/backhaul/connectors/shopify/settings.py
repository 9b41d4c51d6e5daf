"""Settings of a connection to a Shopify shop: which shop, its secrets, and what its words mean here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from backhaul.sdk.connector import Settings
from backhaul.sdk.signatures import Signature


class ShopifySettings(Settings):
    """``shop`` is the shop's ``….myshopify.com``; ``base_url`` only for a proxy or a test.

    ``client_secrets`` sign the webhooks: the app's client secret, and for an hour after a rotation the old one.
    ``order_prefix`` stands before an order's number in its name. ``locations`` lead from the policy's locations to the
    ids of Shopify's; ``tenders`` from payment gateways to tenders, ``reasons`` from the platform's reasons to handles
    of Shopify's. ``money`` says which of an order's two currencies the books are kept in.
    """

    shop: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*\.myshopify\.com$")
    token: SecretStr
    client_secrets: tuple[SecretStr, ...] = ()
    api_version: str = Field(default="2026-07", pattern=r"^\d{4}-\d{2}$")
    base_url: str | None = None
    order_prefix: str = "#"
    order_field: Literal["name", "id"] = "name"
    money: Literal["shop", "presentment"] = "shop"
    locations: Mapping[str, str] = Field(default_factory=dict)
    tenders: Mapping[str, str] = Field(
        default_factory=lambda: {"gift_card": "gift-card", "shopify_store_credit": "store-credit"}
    )
    reasons: Mapping[str, str] = Field(default_factory=dict)
    line_ids: Literal["shared", "own"] = "shared"
    exchange_tag: str = Field(default="backhaul-exchange", min_length=1, max_length=40)
    mark_prefix: str = Field(default="return", min_length=1, max_length=20)
    concurrency: int = Field(default=4, ge=1, le=16)
    deadline_s: float = Field(default=20.0, gt=0, le=120)

    @field_validator("locations")
    @classmethod
    def _are_ids(cls, given: Mapping[str, str]) -> Mapping[str, str]:
        """``7`` is Shopify's location 7, too."""
        return {
            name: id_ if id_.startswith("gid://") else f"gid://shopify/Location/{id_}" for name, id_ in given.items()
        }

    @property
    def address(self) -> str:
        """Where the Admin API answers."""
        return self.base_url or f"https://{self.shop}"

    def signature(self) -> Signature:
        """What verifies a webhook of this shop."""
        return Signature(
            header="X-Shopify-Hmac-SHA256",
            secrets=tuple(secret.get_secret_value().encode() for secret in self.client_secrets),
            encoding="base64",
        )
