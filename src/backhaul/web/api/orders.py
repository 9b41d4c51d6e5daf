"""Orders over the API: where the refund of one is."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from backhaul.flows.find_refund import find_refund
from backhaul.web import deployed
from backhaul.web.api.problems import PROBLEMS, Problem
from backhaul.web.api.shapes.orders import AnswerOut
from backhaul.web.api.shapes.values import Text
from backhaul.web.api.tokens import scope_of

router = Router(tags=["orders"])


@router.get("/{number}/refund", response={200: AnswerOut, **PROBLEMS}, operation_id="find_refund")
def get_refund(request: HttpRequest, number: Text) -> dict[str, object]:
    """Where the refund of an order is, over all its returns, in sentences for a shopper and in amounts.

    ``number`` is taken as the shopper types it: with or without #, blanks and capitals.
    """
    answer = find_refund(deployed.current(), scope_of(request).merchant_id, number)
    if not answer.found:
        detail = " ".join((answer.says, *answer.in_the_way))
        advice = "Ask the shopper for the number on the order's confirmation, or for the return's express code."
        raise Problem(404, "No return speaks of this order", detail, advice)
    told = [
        {
            "return_id": one.return_id,
            "label": one.label,
            "stage": one.stage,
            "closed": one.closed,
            **{name: list(getattr(one.telling, name)) for name in AnswerOut.said()},
        }
        for one in answer.returns
    ]
    return {
        "asked": answer.asked,
        "orders": list(answer.orders),
        "says": answer.says,
        "returns": told,
        "in_the_way": list(answer.in_the_way),
    }
