"""Orders as a shopper names them, the returns that speak of them, and what waits for a return of theirs."""

from __future__ import annotations

from dataclasses import dataclass

from backhaul.store.browse.exceptions import ExceptionRow, exceptions_about
from backhaul.store.models import Identity, Message, Order, ReturnOrder
from backhaul.store.sql import rows

_MOST_RETURNS = 200


@dataclass(frozen=True, slots=True)
class OrderReturns:
    """Orders with the ids of their returns, newest message first. ``through`` is a return's name if it led there."""

    numbers: tuple[str, ...]
    return_ids: tuple[str, ...]
    through: str = ""


def find_order(merchant_id: int, typed: str) -> OrderReturns | None:
    """The order that somebody means who types this: exactly, else without #, blanks and case; else by a return's name.

    None where no return of this merchant speaks of such an order.
    """
    numbers = _numbers(merchant_id, typed)
    through = ""
    if not numbers:
        through, numbers = _through_a_return(merchant_id, typed)
    if not numbers:
        return None
    spoken = ReturnOrder.objects.filter(order__merchant_id=merchant_id, order__number__in=numbers)
    found = spoken.values_list("return_ref_id", "return_ref__linked_to_id")
    newest = found.order_by("-return_ref__last_message_at", "return_ref_id")[:_MOST_RETURNS]
    ids = tuple(dict.fromkeys(linked or own for own, linked in newest))
    return OrderReturns(tuple(numbers), ids, through) if ids else None


def waiting_for_a_return(merchant_id: int, typed: str) -> tuple[ExceptionRow, ...]:
    """Exceptions about messages that name this order and belong to no return yet."""
    told = Message.objects.filter(
        connection__merchant_id=merchant_id, state="unplaced", about_order__in=_spellings(typed)
    )
    return exceptions_about(merchant_id, list(told.order_by("id").values_list("id", flat=True)[:_MOST_RETURNS]))


def count_orders(merchant_id: int) -> int:
    """How many orders are known: what a search has looked at."""
    return Order.objects.filter(merchant_id=merchant_id).count()


def plain_number(typed: str) -> str:
    """An order number without what people add or leave out: blanks, a leading #, upper and lower case."""
    return "".join(typed.split()).lstrip("#").casefold()


def _spellings(typed: str) -> list[str]:
    bare = "".join(typed.split()).lstrip("#")
    words = (typed.strip(), bare, bare.upper(), bare.lower())
    return list(dict.fromkeys(f"{mark}{word}" for word in words for mark in ("", "#") if word))


def _numbers(merchant_id: int, typed: str) -> list[str]:
    if not plain_number(typed):
        return []
    likely = Order.objects.filter(merchant_id=merchant_id, number__in=_spellings(typed))
    found = set(likely.values_list("number", flat=True))
    if typed.strip() in found:
        return [typed.strip()]
    if not found:
        # Seldom: a number in mixed case. It reads the unique index of orders from end to end, not the orders.
        named = rows(
            r"""
            SELECT number FROM orders
            WHERE merchant_id = %s AND lower(ltrim(regexp_replace(number, '\s', '', 'g'), '#')) = %s
            """,
            (merchant_id, plain_number(typed)),
        )
        found = {number for (number,) in named}
    return sorted(found)


def _through_a_return(merchant_id: int, typed: str) -> tuple[str, list[str]]:
    named = Identity.objects.filter(value__in=_spellings(typed), scope__merchant_id=merchant_id).first()
    if named is None:
        return "", []
    spoken = ReturnOrder.objects.filter(return_ref_id=named.return_ref_id).order_by("order__number")
    return named.value, list(spoken.values_list("order__number", flat=True))
