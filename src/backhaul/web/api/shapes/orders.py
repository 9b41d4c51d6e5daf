"""Where the refund of an order is, as the API answers it."""

from __future__ import annotations

from ninja import Schema

from backhaul.web.api.shapes.values import MoneyOut


class ReturnAnswerOut(Schema):
    """One return of the order: sentences in the merchant's time zone, and amounts, one per currency.

    ``confirmed`` is what the shopper got, ``credited`` what credit notes say, ``recorded`` what is booked as paid out.
    """

    return_id: str
    label: str
    stage: str
    closed: bool
    goods: list[str]
    awaited: list[str]
    money: list[str]
    exchanges: list[str]
    in_the_way: list[str]
    confirmed: list[MoneyOut]
    credited: list[MoneyOut]
    recorded: list[MoneyOut]


class AnswerOut(Schema):
    """``says`` is the whole in a sentence; ``in_the_way`` is what is known of the order and belongs to no return."""

    asked: str
    orders: list[str]
    says: str
    returns: list[ReturnAnswerOut]
    in_the_way: list[str]

    @staticmethod
    def said() -> tuple[str, ...]:
        """The parts of a return's answer that are lists: of sentences, or of amounts."""
        return ("goods", "awaited", "money", "exchanges", "in_the_way", "confirmed", "credited", "recorded")
