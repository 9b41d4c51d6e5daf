"""What a merchant's real payload carries beyond the published fields, found by JSON pointers from the settings.

Happy Returns publishes no amounts, replacements or dispositions. Where a payload has them, a pointer says where;
nothing is read that no pointer names. A pointer counts from the item, with ``$`` before it from the whole body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from jsonpointer import JsonPointer, JsonPointerException
from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError

from backhaul.domain.money import Money, from_decimal
from backhaul.sdk.bodies import MaybeText
from backhaul.sdk.messages import Unreadable

_TEXT: TypeAdapter[str | None] = TypeAdapter(MaybeText, config=ConfigDict(coerce_numbers_to_str=True))


def _pointer(text: str) -> str:
    try:
        JsonPointer(text.removeprefix("$"))
    except JsonPointerException as error:
        raise ValueError(f"{text!r} is not a JSON pointer such as /refund/amount or $/refund/amount") from error
    return text


Pointer = Annotated[str, AfterValidator(_pointer)]


class FieldMapping(BaseModel):
    """Where each further field is; all optional. Amounts may be numbers or decimal strings.
    ``returnless`` is true or false.

    ``refund_currency`` may also be a currency code itself. A refund needs ``refund_id`` and ``refund_amount``;
    an amount counted from the item is that item's own and becomes a refund of its own. A ``disposition`` needs an
    item id in the payload.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    item_id: Pointer | None = None
    express_code: Pointer | None = None
    reason: Pointer | None = None
    dropped_off_at: Pointer | None = None
    approved_at: Pointer | None = None
    refund_id: Pointer | None = None
    refund_amount: Pointer | None = None
    refund_currency: str | None = None
    refund_tender: Pointer | None = None
    refund_fee: Pointer | None = None
    exchange_id: Pointer | None = None
    replacement_sku: Pointer | None = None
    exchange_value: Pointer | None = None
    exchange_order: Pointer | None = None
    disposition: Pointer | None = None
    returnless: Pointer | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """Reads mapped fields from one item of one body. Raises Unreadable with the field's name."""

    mapping: FieldMapping
    item: Mapping[str, Any]
    body: Any

    def text(self, name: str) -> str | None:
        """The field as text, None when no pointer names it or nothing is there."""
        pointer = getattr(self.mapping, name)
        if pointer is None:
            return None
        value = self._at(pointer)
        if isinstance(value, bool):
            raise Unreadable("expected text, found true or false", f"the mapped {name}")
        try:
            return _TEXT.validate_python(value)
        except ValidationError as error:
            raise Unreadable(error.errors()[0]["msg"], f"the mapped {name}") from None

    def flag(self, name: str) -> bool:
        """Whether the field is true, as a JSON value or a word; false when nothing is there."""
        pointer = getattr(self.mapping, name)
        value = self._at(pointer) if pointer is not None else None
        if value is None or isinstance(value, bool):
            return bool(value)
        if isinstance(value, str) and value.strip().lower() in ("true", "false", ""):
            return value.strip().lower() == "true"
        raise Unreadable("expected true or false", f"the mapped {name}")

    def moment(self, name: str) -> datetime | None:
        """The field as a time in UTC; one without an offset is taken as UTC."""
        text = self.text(name)
        return None if text is None else as_moment(text, f"the mapped {name}")

    def money(self, name: str, currency: str | None, *, minor: bool) -> Money | None:
        """The field as money; ``minor`` when the payload counts minor units."""
        text = self.text(name)
        if text is None:
            return None
        if currency is None:
            raise Unreadable("an amount without a currency", f"the mapped {name}")
        try:
            amount = Decimal(text)
            if not amount.is_finite() or abs(amount.adjusted()) > 12:
                raise Unreadable("the amount is out of range", f"the mapped {name}")
            return _whole(amount, currency) if minor else from_decimal(amount, currency)
        except (InvalidOperation, ValueError) as error:
            raise Unreadable(f"not an amount of {currency}: {text[:40]}", f"the mapped {name}") from error

    def currency(self) -> str | None:
        """The currency code, stated in the settings or found in the payload."""
        stated = self.mapping.refund_currency
        if stated is None or not stated.startswith(("/", "$")):
            return stated
        value = self._at(stated)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) != 3 or not value.isascii() or not value.isalpha():
            raise Unreadable("not a currency code", "the mapped refund_currency")
        return value.upper()

    def counts_from_item(self, name: str) -> bool:
        """Whether the field is the item's own rather than the whole body's."""
        pointer = getattr(self.mapping, name)
        return pointer is not None and not pointer.startswith("$")

    def _at(self, pointer: str) -> Any:
        root = self.body if pointer.startswith("$") else self.item
        try:
            return JsonPointer(pointer.removeprefix("$")).resolve(root, None)
        except (JsonPointerException, TypeError, ValueError):
            return None


def as_moment(text: str, where: str) -> datetime:
    """ISO 8601 as a time in UTC; one without an offset is taken as UTC. Raises Unreadable."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable("not a time in ISO 8601", where) from error


def _whole(amount: Decimal, currency: str) -> Money:
    if amount != amount.to_integral_value():
        raise ValueError("not whole")
    return Money(int(amount), currency)
