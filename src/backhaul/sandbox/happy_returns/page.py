"""The page on which a newcomer plays the shopper, the bar and the hub by hand, and watches what is sent of it."""

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, urlencode

from backhaul.sandbox.answer import Answer, Call, problem

from . import html
from .faults import Fault
from .model import NotPossible
from .platform import Wanted

if TYPE_CHECKING:
    from .stand_in import StandIn

_STYLE = Path(__file__).with_name("style.css")
_RETURNS_SHOWN = 25
_DELIVERIES_SHOWN = 50


class Page:
    """Answers the page and its forms; each form comes back to the page with a sentence on what it did."""

    PATHS: ClassVar[frozenset[str]] = frozenset({"", "page", "style.css"})

    def __init__(self, stand_in: "StandIn") -> None:
        self._stand_in = stand_in

    def answer(self, call: Call) -> Answer:
        """The page, its style sheet, or the redirect after a form."""
        match call.method, call.path.strip("/").split("/"):
            case "GET", [""]:
                return Answer(200, self._html(call).encode(), "text/html; charset=utf-8")
            case "GET", ["style.css"]:
                return Answer(200, _STYLE.read_bytes(), "text/css; charset=utf-8")
            case "POST", ["page", *steps]:
                form = dict(parse_qsl(call.body.decode(errors="replace")))
                try:
                    said = self._act(steps, form)
                except NotPossible as error:
                    said = f"Not possible: {error}."
                shown = {"said": said} | ({"order": form["order"]} if form.get("order") else {})
                return Answer(303, location=f"/?{urlencode(shown)}")
        return problem(404, "no such page")

    def _html(self, call: Call) -> str:
        stand_in = self._stand_in
        with stand_in.lock:
            platform = stand_in.platform
            numbers = list(platform.orders)
            chosen = call.query.get("order") or next(iter(numbers), "")
            order = platform.orders.get(chosen)
            start = html.order_chooser(numbers, chosen)
            if order is not None:
                left = {line.order_line_item_id: platform.refundable(order, line) for line in order.lines}
                start += html.start_form(order, left)
            if not numbers:
                start = "<p>No orders yet: give a catalogue with --orders, or POST one to /control/orders.</p>"
            cards = "".join(
                html.return_card(each) for each in islice(reversed(platform.returns.values()), _RETURNS_SHOWN)
            )
            rows = "".join(
                html.delivery_row(each) for each in islice(reversed(stand_in.outbox.deliveries), _DELIVERIES_SHOWN)
            )
            waiting = stand_in.outbox.next_due() is not None
        send = html.button("/page/settle", "Send what waits now") if waiting else ""
        where = f"<p class=faint>Sent to {html.text(stand_in.target or 'nobody: no target set')}. "
        where += f"What happens to a return within {stand_in.outbox.merge_seconds:g} s is merged into one.</p>"
        sections = [
            ("Start a return", start),
            ("Returns", cards or "<p>None yet.</p>"),
            ("Webhooks", where + send + html.fault_form() + f"<ul>{rows}</ul>"),
        ]
        return html.document(call.query.get("said", ""), sections)

    def _act(self, steps: list[str], form: dict[str, str]) -> str:
        stand_in = self._stand_in
        match steps:
            case ["start"]:
                return self._start(form)
            case ["returns", code, what]:
                return self._act_on(code, what)
            case ["settle"]:
                return f"{len(stand_in.settle())} sent."
            case ["faults"] if form.get("fault") in list(Fault):
                with stand_in.lock:
                    stand_in.outbox.dice.ask([Fault(form["fault"])])
                return f"The next one suffers: {form['fault']}."
            case ["deliveries", number, "again"] if number.isdigit() and stand_in.send_again(int(number)):
                return f"Webhook {number} goes out once more."
        raise NotPossible("there is nothing here by that name")

    def _start(self, form: dict[str, str]) -> str:
        wanted = [
            Wanted(form.get("order", ""), name.removeprefix("quantity:"), int(count), form.get("reason", ""))
            for name, count in form.items()
            if name.startswith("quantity:") and count.isdigit() and int(count)
        ]
        dropoff = form.get("dropoff", "return-bar")
        started = self._stand_in.act(lambda platform: platform.start(wanted, dropoff=dropoff))
        return f"Return {started.express_code} has started."

    def _act_on(self, code: str, what: str) -> str:
        with self._stand_in.lock:
            platform = self._stand_in.platform
            return_id = platform.find(code).return_id
            match what:
                case "drop-off":
                    platform.drop_off(return_id)
                    return f"{code} was handed over in bag {platform.bag(return_id)}."
                case "approve":
                    platform.approve(return_id)
                    return f"The refund of {code} was approved."
                case "ship":
                    return f"{code} left the hub in shipment {platform.ship([return_id]).shipment_id}."
                case "expire":
                    platform.expire(return_id)
                    return f"{code} has expired."
        raise NotPossible(f"a return knows no {what}")
