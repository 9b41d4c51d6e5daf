"""Bytes to values for readers: whatever arrives, it ends in a value or in Unreadable or UnknownValue."""

from __future__ import annotations

import json
import re
from datetime import UTC
from decimal import Decimal
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, StringConstraints, ValidationError

from backhaul.sdk.messages import UnknownValue, Unreadable

Model = TypeVar("Model", bound=BaseModel)

# Control characters and lone surrogates: no name holds them and PostgreSQL cannot store some of them.
_NOT_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_UNKNOWN = frozenset({"literal_error", "enum"})


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")


# Made once: building it costs as much as decoding a usual message.
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_number)


def _plain(value: str) -> str:
    if _NOT_TEXT.search(value):
        raise ValueError("has characters that no name has")
    return value


def _blank_to_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), AfterValidator(_plain)]
"""A name, an identifier, a word: 1 to 255 characters without control characters."""

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""A moment with its offset, kept in UTC."""

MaybeText = Annotated[Text | None, BeforeValidator(_blank_to_none)]
"""Text, where blank and null both say that there is none."""


def decoded(body: bytes) -> Any:
    """The JSON value of a body, fractions as Decimal. Raises Unreadable."""
    try:
        return _DECODER.decode(body.decode())
    except RecursionError as error:
        raise Unreadable("the body is nested too deeply") from error
    except (ValueError, ArithmeticError) as error:
        raise Unreadable(f"the body is not JSON: {error}") from error


def validated(model: type[Model], content: Any, where: str = "") -> Model:
    """A decoded value as a model. Raises UnknownValue for a word that is not in its list, else Unreadable."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        _explain(error, where)


def validated_json(model: type[Model], body: bytes) -> Model:
    """A body as a strict model. Raises UnknownValue for a word that is not in its list, else Unreadable."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        _explain(error, "")


def _explain(error: ValidationError, where: str) -> NoReturn:
    first = error.errors(include_url=False)[0]
    place = "/".join(str(step) for step in (where, *first["loc"]) if step != "")
    if first["type"] == "union_tag_invalid":
        context = first.get("ctx", {})
        raise UnknownValue(str(context.get("discriminator")).strip("'"), str(context.get("tag"))[:100]) from None
    if first["type"] in _UNKNOWN:
        raise UnknownValue(place or "kind", str(first["input"])[:100]) from None
    # The input itself is left out: it may be an address or a name.
    raise Unreadable(first["msg"], place) from None
