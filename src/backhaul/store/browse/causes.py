"""When two causes are one: they differ only in words with digits, such as numbers, references and dates."""

from __future__ import annotations

from django.db.models import Func, TextField

_SHAPE = r"regexp_replace(%(expressions)s, '\S*\d\S*', '…', 'g')"


class CauseShape(Func):
    """A cause without what only one thing can be called by: each word that has a digit in it becomes an ellipsis."""

    template = _SHAPE
    output_field = TextField()


class CauseName(Func):
    """A short name for a cause's shape, whatever its length, to be put into addresses."""

    template = f"left(encode(sha256(convert_to({_SHAPE}, 'UTF8')), 'hex'), 16)"
    output_field = TextField()


def said(first: str, last: str, shape: str) -> str:
    """How a group's cause is written: as it is where all say the same, else as its shape."""
    return first if first == last else shape
