"""Returns over the API: listed, searched, one with everything, and the decisions a person makes about one."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router

from backhaul.domain.decided import FATES
from backhaul.domain.facts import DISPOSITIONS
from backhaul.domain.money import Money
from backhaul.store.browse import one_return, returns
from backhaul.store.browse.pages import Page
from backhaul.web import actions, deployed
from backhaul.web.actions import Result
from backhaul.web.api.problems import PROBLEMS, Problem, Wrong, nothing
from backhaul.web.api.shapes.documents import DocumentOut
from backhaul.web.api.shapes.returns import (
    ApprovalIn,
    ChargeIn,
    CorrectionIn,
    DispositionIn,
    FateIn,
    JoinIn,
    RefundInsteadIn,
    ReturnsOut,
)
from backhaul.web.api.shapes.values import ResultOut, Size, Text
from backhaul.web.api.shapes.whole_return import WholeReturnOut
from backhaul.web.api.tokens import resolving, scope_of
from backhaul.web.exchanged import exchanges
from backhaul.web.tracks import UnitTracks, tracks

router = Router(tags=["returns"])
Stage = Literal["", "announced", "expected", "dropped-off", "shipped", "received", "inspected", "closed", "expired"]


@router.get("", response={200: ReturnsOut, **PROBLEMS}, operation_id="list_returns")
def list_returns(
    request: HttpRequest,
    search: Text = "",
    closed: bool | None = None,
    squared: bool | None = None,
    excepted: bool | None = None,
    stage: Stage = "",
    after: Text = "",
    size: Size = 50,
) -> Page[returns.ReturnRow]:
    """Newest message first. ``search`` is one whole identity, order number, SKU or id of ours."""
    wanted = returns.Wanted(search.strip(), closed, squared, excepted, stage)
    return returns.returns(scope_of(request).merchant_id, wanted, after, size)


@router.get("/{return_id}", response={200: WholeReturnOut, **PROBLEMS}, operation_id="get_return")
def get_return(request: HttpRequest, return_id: Text) -> dict[str, object]:
    """One return with facts, units, documents, expectations, exceptions and ledger."""
    merchant_id = scope_of(request).merchant_id
    whole = one_return.one_return(merchant_id, return_id, deployed.policy_of_return)
    if whole is None:
        raise nothing("return", return_id, "/api/v1/returns")
    return {
        "row": whole.row,
        "names": [{"kind": kind, "value": value} for kind, value in whole.names],
        "facts": whole.told,
        "units": [_unit(each) for each in tracks(whole)],
        "documents": [
            DocumentOut.model_validate(row).model_copy(update={"address": deployed.address(row)})
            for row in whole.documents
        ],
        "exchanges": exchanges(whole),
        "expectations": whole.expectations,
        "exceptions": whole.exceptions,
        "postings": [
            {
                "cause": each.cause,
                "source": each.posting.source,
                "destination": each.posting.destination,
                "quantity": each.posting.quantity,
                "commodity": each.posting.commodity,
                "recorded_at": each.recorded_at,
            }
            for each in whole.booked
        ],
        "balances": [
            {"account": account, "commodity": commodity, "quantity": quantity}
            for (account, commodity), quantity in sorted(whole.balances.items())
        ],
    }


@router.post("/{return_id}/disposition", response={200: ResultOut, **PROBLEMS}, operation_id="decide_disposition")
def decide_disposition(request: HttpRequest, return_id: Text, body: DispositionIn) -> Result:
    """Decide what a unit in quarantine, or of an unknown condition, is."""
    scope = resolving(request)
    if body.disposition not in DISPOSITIONS:
        wrong = Wrong(where="body.disposition", why=f"one of {', '.join(DISPOSITIONS)}")
        raise Problem(422, "No such disposition", body.disposition, "Send one of those named in `wrong`.", (wrong,))
    _must_exist(scope.merchant_id, return_id)
    return actions.decide_disposition(scope, return_id, body.unit, body.disposition, body.reason)


@router.post("/{return_id}/fate", response={200: ResultOut, **PROBLEMS}, operation_id="decide_fate")
def decide_fate(request: HttpRequest, return_id: Text, body: FateIn) -> Result:
    """Decide what became of a unit that does not come."""
    scope = resolving(request)
    if body.fate not in FATES:
        wrong = Wrong(where="body.fate", why=f"one of {', '.join(FATES)}")
        raise Problem(422, "No such fate", body.fate, "Send one of those named in `wrong`.", (wrong,))
    _must_exist(scope.merchant_id, return_id)
    return actions.decide_what_became(scope, return_id, body.unit, body.fate, body.claim, body.reason)


@router.post("/{return_id}/approval", response={200: ResultOut, **PROBLEMS}, operation_id="decide_approval")
def decide_approval(request: HttpRequest, return_id: Text, body: ApprovalIn) -> Result:
    """Decide whether the platform is told to pay for a unit. Paying cannot be taken back."""
    scope = resolving(request)
    _must_exist(scope.merchant_id, return_id)
    return actions.decide_payment(scope, return_id, body.unit, body.approved, body.reason)


@router.post("/{return_id}/correction", response={200: ResultOut, **PROBLEMS}, operation_id="decide_correction")
def decide_correction(request: HttpRequest, return_id: Text, body: CorrectionIn) -> Result:
    """Decide that the documents of a refund follow what is now known of it."""
    scope = resolving(request)
    _must_exist(scope.merchant_id, return_id)
    return actions.correct(scope, return_id, body.refund, body.reason)


@router.post("/{return_id}/refund-instead", response={200: ResultOut, **PROBLEMS}, operation_id="refund_instead")
def refund_instead(request: HttpRequest, return_id: Text, body: RefundInsteadIn) -> Result:
    """Have an exchange refunded: its order is withdrawn before any money is credited."""
    scope = resolving(request)
    _must_exist(scope.merchant_id, return_id)
    return actions.refund_instead(scope, return_id, body.exchange, body.reason)


@router.post("/{return_id}/charge", response={200: ResultOut, **PROBLEMS}, operation_id="record_charge")
def record_charge(request: HttpRequest, return_id: Text, body: ChargeIn) -> Result:
    """Record what the shopper paid for an exchange."""
    scope = resolving(request)
    _must_exist(scope.merchant_id, return_id)
    amount = Money(body.amount.minor, body.amount.currency)
    return actions.record_charge(scope, return_id, body.exchange, body.charge, amount)


@router.post("/{return_id}/join", response={200: ResultOut, **PROBLEMS}, operation_id="join_returns")
def join_returns(request: HttpRequest, return_id: Text, body: JoinIn) -> Result:
    """Say that this return and another are one."""
    scope = resolving(request)
    _must_exist(scope.merchant_id, return_id)
    return actions.join_returns(scope, return_id, body.other, body.reason)


def _must_exist(merchant_id: int, return_id: str) -> None:
    if not returns.exists(merchant_id, return_id):
        raise nothing("return", return_id, "/api/v1/returns")


def _unit(tracked: UnitTracks) -> dict[str, object]:
    unit = tracked.unit
    return {
        "ref": unit.ref,
        "order": unit.order,
        "sku": unit.sku,
        "product": unit.product,
        "reason": unit.reason,
        "condition": tracked.condition,
        "goods": tracked.goods,
        "money": tracked.money,
    }
