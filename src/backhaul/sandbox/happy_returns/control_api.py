"""The control API: everything a shopper, a bar or a hub can do, and every fault, for a script on this machine."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from backhaul.sandbox.answer import Answer, Call, as_json, problem

from .faults import Fault, Faults
from .model import NotPossible
from .orders import UnreadableCatalogue, orders_from_json
from .platform import Wanted
from .views import delivery_view, order_view, return_view, shipment_view

if TYPE_CHECKING:
    from .stand_in import StandIn


class ControlApi:
    """Answers calls below /control; 409 says why something is not possible now."""

    def __init__(self, stand_in: "StandIn") -> None:
        self._stand_in = stand_in

    def answer(self, call: Call) -> Answer:
        """What the path says; 400 for an unreadable body, 404 for an unknown path."""
        steps = call.path.strip("/").split("/")[1:]
        try:
            if call.method == "GET":
                return self._look(steps)
            asked = json.loads(call.body or b"{}")
            if steps == ["orders"]:
                self._stand_in.act(lambda platform: platform.sell(orders_from_json(asked)))
                return as_json({"orders": len(self._stand_in.platform.orders)})
            if not isinstance(asked, dict):
                return problem(400, "the body is not a JSON object")
            return self._act(steps, asked)
        except NotPossible as error:
            return problem(409, str(error))
        except (UnreadableCatalogue, KeyError, TypeError, ValueError) as error:
            return problem(400, f"{type(error).__name__}: {error}")

    def _look(self, steps: list[str]) -> Answer:
        stand_in = self._stand_in
        with stand_in.lock:
            match steps:
                case ["state"]:
                    return as_json(
                        {
                            "now": stand_in.clock.now().isoformat(),
                            "returns": [return_view(each) for each in stand_in.platform.returns.values()],
                            "shipments": [shipment_view(each) for each in stand_in.platform.shipments.values()],
                            "faults": asdict(stand_in.outbox.dice.faults),
                        }
                    )
                case ["orders"]:
                    return as_json([order_view(each) for each in stand_in.platform.orders.values()])
                case ["deliveries"]:
                    return as_json([delivery_view(each) for each in stand_in.outbox.deliveries])
        return problem(404, "no such resource")

    def _act(self, steps: list[str], asked: Mapping[str, Any]) -> Answer:
        stand_in = self._stand_in
        match steps:
            case ["returns"]:
                return as_json(self._start(asked), 201)
            case ["returns", return_id, what]:
                return self._act_on(return_id, what, asked)
            case ["shipments"]:
                named = asked.get("returns")
                return as_json(shipment_view(stand_in.act(lambda platform: platform.ship(named))), 201)
            case ["clock"]:
                sent = stand_in.advance(float(asked["advance"]))
                return as_json({"now": stand_in.clock.now().isoformat(), "sent": len(sent)})
            case ["settle"]:
                return as_json({"sent": len(stand_in.settle())})
            case ["faults"]:
                return self._faults(asked)
            case ["deliveries", number, "again"] if stand_in.send_again(int(number)):
                return as_json({})
        return problem(404, "no such resource")

    def _start(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        wanted = [
            Wanted(
                str(unit["orderNumber"]),
                str(unit["line"]),
                int(unit.get("quantity", 1)),
                str(unit.get("reason", "")),
            )
            for unit in asked["units"]
        ]
        dropoff, beyond_sold = str(asked.get("dropoff", "return-bar")), bool(asked.get("beyondSold"))
        return self._stand_in.act(
            lambda platform: return_view(platform.start(wanted, dropoff=dropoff, beyond_sold=beyond_sold))
        )

    def _act_on(self, return_id: str, what: str, asked: Mapping[str, Any]) -> Answer:
        units: Iterable[str] | None = asked.get("items")
        with self._stand_in.lock:
            platform = self._stand_in.platform
            match what:
                case "drop-off":
                    platform.drop_off(return_id, units)
                    if asked.get("bag", True):
                        platform.bag(return_id, units)
                case "dropoff-method":
                    platform.choose_dropoff(return_id, str(asked["method"]))
                case "approve":
                    platform.approve(return_id, units)
                case "bag":
                    platform.bag(return_id, units)
                case "say":
                    platform.say(return_id, str(asked["word"]), units)
                case "expire":
                    platform.expire(return_id)
                case _:
                    return problem(404, f"a return knows no {what}")
            return as_json(return_view(platform.find(return_id)))

    def _faults(self, asked: Mapping[str, Any]) -> Answer:
        """`next` names faults for the coming webhooks, one each; `shares` replaces how often each strikes by itself."""
        with self._stand_in.lock:
            dice = self._stand_in.outbox.dice
            asked_for = [Fault(each) for each in asked.get("next", ())]
            if "shares" in asked:
                dice.faults = Faults(**{name: float(share) for name, share in asked["shares"].items()})
            dice.ask(asked_for)
            return as_json(asdict(dice.faults))
