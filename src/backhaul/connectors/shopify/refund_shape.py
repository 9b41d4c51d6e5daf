"""The shape of a refund as the poll keeps it: Shopify's own names, and of them what is read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from backhaul.sdk.bodies import Text


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _Amount(_Part):
    amount: Text
    currencyCode: Text  # noqa: N815  Shopify's own names


class _Bag(_Part):
    shopMoney: _Amount  # noqa: N815
    presentmentMoney: _Amount  # noqa: N815


class _Item(_Part):
    id: Text
    sku: str | None = None


class _Line(_Part):
    quantity: int
    restockType: Text  # noqa: N815
    lineItem: _Item  # noqa: N815


class _Payment(_Part):
    id: Text
    kind: Text
    status: Text
    gateway: str | None = None
    processedAt: str | None = None  # noqa: N815
    amountSet: _Bag  # noqa: N815


class _Lines(_Part):
    nodes: list[_Line]


class _Payments(_Part):
    nodes: list[_Payment]


class _Order(_Part):
    id: Text
    name: Text


class RefundShape(_Part):
    """One refund with its lines and payments."""

    id: Text
    order: _Order
    refundLineItems: _Lines  # noqa: N815
    transactions: _Payments
