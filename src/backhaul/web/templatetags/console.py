"""How pages write times, money and words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backhaul.domain.money import Money
from backhaul.domain.specificity import ANY
from backhaul.store.waiting import WAITING_KINDS
from backhaul.web import words as plain

register = template.Library()
_MAPPABLE = (*WAITING_KINDS, "unknown-value")

_TONES = {
    "done": "green",
    "closed": "green",
    "squared": "green",
    "read": "green",
    "finished": "green",
    "due": "blue",
    "asked": "azure",
    "sending": "blue",
    "running": "blue",
    "waiting": "azure",
    "open": "orange",
    "unsure": "yellow",
    "unplaced": "yellow",
    "waived": "purple",
    "refused": "red",
    "ambiguous": "red",
    "unreadable": "red",
    "failed": "red",
}


@register.filter
def when(moment: datetime | None) -> str | SafeString:
    """A time in the merchant's zone, the zone named; hovering shows the seconds and the offset."""
    if moment is None:
        return "–"
    local = timezone.localtime(moment)
    short = f"{local.day} {local:%b %Y, %H:%M} {local.tzname()}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), f"{local:%Y-%m-%d %H:%M:%S %z}", short
    )


@register.filter
def until(moment: datetime, now: datetime) -> str | SafeString:
    """How long until then, or how long it is overdue."""
    left = moment - now
    if left < timedelta(0):
        return format_html('<span class="text-red">{} overdue</span>', span(-left))
    return f"in {span(left)}"


@register.filter
def since(moment: datetime | None, now: datetime) -> str:
    """How long ago that was."""
    return "never" if moment is None else f"{span(now - moment)} ago"


def span(length: timedelta) -> str:
    """A length of time in its largest unit that is not zero."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


@register.filter
def money(value: Money | Iterable[Money] | None) -> str | SafeString:
    """An amount, or one line per currency; nothing at stake is a dash."""
    amounts = [value] if isinstance(value, Money) else list(value or ())
    if not amounts:
        return "–"
    return format_html_join(
        SafeString("<br>"), '<span class="amount">{}</span>', ((plain.amount(each),) for each in amounts)
    )


@register.filter
def words(name: str) -> str:
    """``issue-credit-note`` as ``Issue credit note``."""
    return plain.words(name)


@register.filter
def mappable(kind: str) -> bool:
    """Whether an exception of that kind may be closed by mapping a value."""
    return kind in _MAPPABLE


@register.filter
def anywhere(name: str) -> str:
    """A site or SKU class as a field takes it: any is an empty field."""
    return "" if name == ANY else name


@register.simple_tag
def fill(**fields: str) -> str:
    """The query of an address that opens a form with these fields filled in; empty ones are left out."""
    return f"?{urlencode({name: value for name, value in fields.items() if value})}"


@register.filter
def tone(state: str) -> str:
    """The colour of a badge: green is settled, blue on its way, yellow unclear, red a person's turn."""
    return _TONES.get(state, "secondary")
