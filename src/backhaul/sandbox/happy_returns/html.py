"""The few pieces of HTML the page is made of; every value passes through `text` on its way in."""

import html
import json
from collections.abc import Iterable

from .faults import Fault
from .model import Item, Return, State
from .orders import Order
from .outbox import Delivery
from .platform import AT_A_BAR, DROPOFF_METHODS
from .views import outcome_of

_REASONS = ("too-small", "too-big", "")


def text(value: object) -> str:
    """A value as text in HTML, also within an attribute's double quotes."""
    return html.escape(str(value), quote=True)


def options(values: Iterable[str], chosen: str = "") -> str:
    """The options of a select."""
    return "".join(
        f'<option value="{text(each)}"{" selected" if each == chosen else ""}>{text(each or "no reason")}</option>'
        for each in values
    )


def button(action: str, label: str, *, quiet: bool = False) -> str:
    """A form of one button."""
    kind = ' class="quiet"' if quiet else ""
    return f'<form method="post" action="{text(action)}"><button{kind}>{text(label)}</button></form>'


def order_chooser(numbers: Iterable[str], chosen: str) -> str:
    """The form that shows an order's lines."""
    return (
        '<form method="get" action="/"><label>Order<select name="order">'
        f'{options(numbers, chosen)}</select></label><button class="quiet">Show its lines</button></form>'
    )


def start_form(order: Order, left: dict[str, int]) -> str:
    """The form that starts a return; `left` is how many units of each line may still come back."""
    lines = "".join(
        f'<label><input type="number" name="quantity:{text(line.order_line_item_id)}" min="0" '
        f'max="{left[line.order_line_item_id]}" value="0"> {text(line.sku)} {text(line.product_name)} '
        f'<span class="faint">{left[line.order_line_item_id]} of {line.quantity} left</span></label>'
        for line in order.lines
    )
    return (
        '<form class="start" method="post" action="/page/start"><fieldset class="lines">'
        f"<legend>Order {text(order.order_number)}, {text(order.email)}</legend>"
        f'<input type="hidden" name="order" value="{text(order.order_number)}">{lines}'
        f'<label>Reason <select name="reason">{options(_REASONS)}</select></label>'
        f'<label>Handed over by <select name="dropoff">{options(DROPOFF_METHODS)}</select></label>'
        "<button>Start the return</button></fieldset></form>"
    )


def return_card(return_: Return) -> str:
    """One return with its units and what can be done with it now."""
    code, states = text(return_.express_code), {item.state for item in return_.items}
    actions = ""
    if State.STARTED in states:
        where = "Scan at the bar" if return_.dropoff_method in AT_A_BAR else "Carrier scans it"
        actions += button(f"/page/returns/{code}/drop-off", where)
    if State.DROPPED_OFF in states:
        actions += button(f"/page/returns/{code}/approve", "Approve the refund")
    if any(item.bag and not item.shipment_id for item in return_.items):
        actions += button(f"/page/returns/{code}/ship", "Ship to the warehouse")
    if states == {State.STARTED}:
        actions += button(f"/page/returns/{code}/expire", "Let it expire", quiet=True)
    units = "".join(f"<li>{_unit(item)}</li>" for item in return_.items)
    return (
        f"<article><h3>{code} <span class=faint>order {text(', '.join(return_.orders()))}, "
        f"{text(return_.dropoff_method)}</span></h3><ul>{units}</ul>{actions}</article>"
    )


def _unit(item: Item) -> str:
    state = f"shipped in {item.shipment_id}" if item.shipment_id else item.state.replace("_", " ")
    bag = f" in bag {item.bag}" if item.bag and not item.shipment_id else ""
    return f"{text(item.line.sku)} <span class=state>{text(state + bag)}</span>"


def delivery_row(delivery: Delivery) -> str:
    """One webhook: what it was, what befell it, what was answered, and its body on request."""
    faults = f", fault: {', '.join(sorted(delivery.faults))}" if delivery.faults else ""
    answers = f", answered {', '.join(delivery.answers)}" if delivery.answers else ""
    body = json.dumps(json.loads(delivery.body), indent=2)
    again = button(f"/page/deliveries/{delivery.number}/again", "Send again", quiet=True)
    return (
        f"<li><details><summary>{delivery.number}. {text(delivery.kind)} "
        f"<span class=state>{text(outcome_of(delivery))}</span>"
        f"<span class=faint>{text(answers + faults)}</span></summary><pre>{text(body)}</pre>{again}</details></li>"
    )


def fault_form() -> str:
    """The form that lets the next webhook or call go wrong."""
    return (
        '<form method="post" action="/page/faults"><label>The next one suffers'
        f'<select name="fault">{options(fault.value for fault in Fault)}</select></label>'
        '<button class="quiet">Arrange it</button></form>'
    )


def document(said: str, sections: Iterable[tuple[str, str]]) -> str:
    """The whole page: what was just said, then each section under its heading."""
    notice = f'<p class="said" role="status">{text(said)}</p>' if said else ""
    body = "".join(f"<section><h2>{text(title)}</h2>{content}</section>" for title, content in sections)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Happy Returns stand-in</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/style.css"></head><body><header><h1>Happy Returns stand-in</h1>'
        '<p class="faint">Speaks the documented partner API and sends the documented webhooks. '
        f"It is not Happy Returns and no money moves.</p></header><main>{notice}{body}</main></body></html>"
    )
