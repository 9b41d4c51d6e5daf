"""An ERP for the simulation: strict, many-step, and without any idempotency of its own."""

from __future__ import annotations

from typing import get_args

from backhaul.domain import effects as e
from backhaul.sdk.connector import Connector, Performs
from backhaul.simulation.erp.books import Books, Document
from backhaul.simulation.erp.client import Erp, ErpSettings
from backhaul.simulation.erp.pairs import do_paper, end, find_ended, find_order, find_paper, look_up_order

__all__ = ["Books", "Document", "Erp", "ErpSettings", "connector_with"]

_ENDINGS = (e.CloseReturnAuthorisation, e.CancelReturnAuthorisation, e.CancelExchangeOrder)
_NO_PAPER = (e.LookUpOrder, e.Restock, e.ApproveRefund, e.ReportContents, e.AnnounceReturn, *_ENDINGS, *e.AT_STOREFRONT)


def connector_with(visible_after_s: float = 0.0) -> Connector:
    """The connector of an ERP whose new documents take that long to be found."""
    papers = [kind for kind in get_args(e.Effect) if kind not in _NO_PAPER]
    return Connector(
        name="simulated-erp",
        settings=ErpSettings,
        performs=(
            Performs(e.LookUpOrder, find_order, look_up_order, key_field="none: it only reads"),
            *(Performs(kind, find_paper, do_paper, "reference", visible_after_s=visible_after_s) for kind in papers),
            *(Performs(kind, find_ended, end, "the ended document's state") for kind in _ENDINGS),
        ),
        connect=Erp,
        concurrency=lambda _settings: 1,
    )
