"""Tryton: the ERP in which a return becomes documents - authorisation, receipt, stock moves, credit note, refund."""

from __future__ import annotations

from backhaul.connectors.tryton.authorisations import find_authorisation, open_authorisation
from backhaul.connectors.tryton.checks import check
from backhaul.connectors.tryton.client import Tryton
from backhaul.connectors.tryton.credit_notes import (
    correct_credit_note,
    find_correction,
    find_credit_note,
    issue_credit_note,
)
from backhaul.connectors.tryton.endings import (
    close_authorisation,
    find_closed,
    find_withdrawn,
    withdraw_authorisation,
)
from backhaul.connectors.tryton.exchange_endings import cancel_exchange_order, find_exchange_withdrawn
from backhaul.connectors.tryton.exchanges import create_exchange_order, find_exchange_order
from backhaul.connectors.tryton.mapped import maps
from backhaul.connectors.tryton.orders import find_order, look_up_order
from backhaul.connectors.tryton.polling import EVERY, RETURN_SALES, poll_return_sales
from backhaul.connectors.tryton.reader import read_return_sales
from backhaul.connectors.tryton.receipts import find_receipt, receive_return
from backhaul.connectors.tryton.refunds import find_refund, record_refund
from backhaul.connectors.tryton.settings import TrytonSettings
from backhaul.connectors.tryton.stock import find_moved, move
from backhaul.domain import effects as e
from backhaul.sdk.connector import Connector, Performs, Polls, Reads


def _concurrency(settings: TrytonSettings) -> int:
    return settings.concurrency


def _link(settings: TrytonSettings, _verb: str, reference: str) -> str | None:
    """The first of the documents in Tryton's web client, or in its desktop client where no ``web_url`` is set."""
    model, _, id_ = reference.split(" ", maxsplit=1)[0].partition(",")
    if not id_.isdigit():
        return None
    if settings.web_url:
        return f"{settings.web_url.rstrip('/')}/#{settings.database}/model/{model}/{id_}"
    return f"tryton://{settings.url.partition('://')[2].rstrip('/')}/{settings.database}/model/{model}/{id_}"


connector = Connector(
    name="tryton",
    settings=TrytonSettings,
    reads=(Reads(RETURN_SALES, read_return_sales),),
    performs=(
        Performs(e.LookUpOrder, find_order, look_up_order, key_field="none: reading leaves nothing behind"),
        Performs(e.OpenReturnAuthorisation, find_authorisation, open_authorisation, key_field="sale.sale reference"),
        Performs(e.ReceiveReturn, find_receipt, receive_return, key_field="stock.shipment.out.return reference"),
        Performs(e.PutAway, find_moved, move, key_field="stock.shipment.internal reference"),
        Performs(e.FlushStock, find_moved, move, key_field="stock.shipment.internal reference"),
        Performs(e.IssueCreditNote, find_credit_note, issue_credit_note, key_field="account.invoice reference"),
        Performs(e.CorrectCreditNote, find_correction, correct_credit_note, key_field="account.invoice reference"),
        Performs(e.RecordRefund, find_refund, record_refund, key_field="state paid of the credit note"),
        Performs(e.CloseReturnAuthorisation, find_closed, close_authorisation, key_field="state of the return sale"),
        Performs(
            e.CancelReturnAuthorisation, find_withdrawn, withdraw_authorisation, key_field="state of the return sale"
        ),
        Performs(e.CreateExchangeOrder, find_exchange_order, create_exchange_order, key_field="sale.sale description"),
        Performs(
            e.CancelExchangeOrder,
            find_exchange_withdrawn,
            cancel_exchange_order,
            key_field="state of the exchange order",
        ),
    ),
    polls=(Polls("return-sales", EVERY, poll_return_sales),),
    connect=Tryton,
    address=lambda settings: str(settings.url),
    check=check,
    link=_link,
    concurrency=_concurrency,
    maps=maps,
)
