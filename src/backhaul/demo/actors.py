"""The people and systems of the day, each speaking over HTTP as it would: platform, finance, warehouse, ERP clerk."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from backhaul.demo.expected import PLACE_OF
from backhaul.demo.tales import Swap, Tale
from backhaul.demo.tryton_rest import TrytonRest
from backhaul.sdk.signatures import Signature


@dataclass(frozen=True, slots=True)
class Started:
    """A return as the platform names it."""

    return_id: str
    code: str
    bag: str = ""

    @property
    def labels(self) -> frozenset[str]:
        return frozenset({self.return_id, self.code})


class Platform:
    """One Happy Returns stand-in, driven by its control API as shoppers, bars and hubs would."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/control/", timeout=60.0, trust_env=False)

    def answers(self) -> bool:
        """Whether it is up."""
        try:
            return self._http.get("state").is_success
        except httpx.HTTPError:
            return False

    def start(self, tale: Tale, *, beyond_sold: bool = False) -> Started:
        """The shopper starts the return and says how it will be handed over."""
        units = [{"orderNumber": tale.order, "line": back.sku, "quantity": back.quantity} for back in tale.back]
        shown = self._post("returns", {"units": units, "dropoff": tale.dropoff, "beyondSold": beyond_sold})
        started = Started(shown["happyReturnsReturnID"], shown["happyReturnsExpressCode"])
        self._post(f"returns/{started.code}/dropoff-method", {"method": tale.dropoff})
        return started

    def say(self, started: Started, word: str) -> None:
        """Tell of all its units by a word that is agreed with this merchant only."""
        self._post(f"returns/{started.code}/say", {"word": word})

    def drop_off(self, started: Started, tale: Tale) -> Started:
        """Scanned and bagged; what comes by mail is approved afterwards, where it is."""
        shown = self._post(f"returns/{started.code}/drop-off", {})
        if tale.dropoff == "mail" and tale.ending is None and not tale.let_pay:
            shown = self._post(f"returns/{started.code}/approve", {})
        return Started(started.return_id, started.code, shown["items"][0]["labelID"] or "")

    def ship(self, codes: Sequence[str]) -> None:
        """The hub sends these returns to the warehouse."""
        self._post("shipments", {"returns": list(codes)})

    def pass_time(self, seconds: float) -> None:
        """Drive its clock."""
        self._post("clock", {"advance": seconds})

    def settle(self) -> None:
        """Its clock runs until nothing waits to be sent."""
        self._post("settle", {})

    def suffer(self, *faults: str) -> None:
        """The next webhooks suffer these faults, one each."""
        self._post("faults", {"next": list(faults)})

    def shares(self, **shares: float) -> None:
        """How often each fault strikes by itself from now on."""
        self._post("faults", {"shares": shares})

    def deliveries(self) -> list[dict[str, Any]]:
        """Every webhook with its faults and answers."""
        found: list[dict[str, Any]] = self._http.get("deliveries").raise_for_status().json()
        return found

    def items(self) -> list[dict[str, Any]]:
        """Every unit it knows, with what it was told of it."""
        known = self._http.get("state").raise_for_status().json()
        return [item for one in known["returns"] for item in one["items"]]

    def send_again(self, started: Started) -> int:
        """All that was said of a return is said once more, byte for byte; answers how often."""
        own = [one["number"] for one in self.deliveries() if started.return_id in one["body"]]
        for number in own:
            self._post(f"deliveries/{number}/again", {})
        return len(own)

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._http.post(path, json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@dataclass(slots=True)
class Sender:
    """Finance and the warehouse: neutral messages, signed and really posted."""

    url: str
    secret: str = field(repr=False)
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30.0, trust_env=False))
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def refund(self, tale: Tale, minor: int, ref: Mapping[str, str] | None, suffix: str = "") -> None:
        """Finance: the refund succeeded."""
        amount = {"minor": minor, "currency": "USD"}
        body = {"kind": "refund", "refund_id": f"re_{tale.order}{suffix}", "state": "succeeded", "amount": amount}
        fee = {"fee": {"minor": tale.fee_minor, "currency": "USD"}} if tale.fee_minor else {}
        self.post(_door(tale, "money"), {**body, **fee, "order_number": tale.order, **self._about(ref)})

    def exchange(self, tale: Tale, swap: Swap, ref: Mapping[str, str] | None) -> None:
        """The storefront: the shopper chose another one instead of money."""
        worth = {"value": {"minor": swap.worth_minor, "currency": "USD"}} if swap.worth_minor is not None else {}
        body = {"kind": "exchange", "exchange_id": f"ex_{tale.order}", "replacement_sku": swap.sku, **worth}
        unit = {"unit": {"sku": tale.back[0].sku}}
        self.post(_door(tale, "money"), {**body, **unit, "order_number": tale.order, **self._about(ref)})

    def receive(self, tale: Tale, ref: Mapping[str, str] | None) -> None:
        """The warehouse: the parcel was opened and its units counted."""
        lines = [{"sku": back.sku, "received_total": back.arrived} for back in tale.back]
        self.post(_door(tale, "warehouse"), {"kind": "receipt", "lines": lines, **self._site(tale, ref)})

    def inspect(self, tale: Tale, ref: Mapping[str, str] | None) -> None:
        """The warehouse: how the units were found."""
        lines = [
            {"sku": back.sku, "disposition": word, "inspected_total": count}
            for back in tale.back
            for word, count in back.conditions.items()
        ]
        self.post(_door(tale, "warehouse"), {"kind": "inspection", "lines": lines, **self._site(tale, ref)})

    def post(self, connection: str, message: Mapping[str, Any]) -> int:
        """Any message, with an id and a time; the answer's code."""
        named = {"message_id": f"demo-{next(self.numbers)}", "occurred_at": datetime.now(UTC).isoformat(), **message}
        return self.post_raw(connection, json.dumps(named).encode())

    def post_raw(self, connection: str, body: bytes, header: str = "X-Backhaul-Signature", sign: str = "") -> int:
        """Bytes as they are, signed with our secret unless another signature is given."""
        signature = sign or Signature(header, (self.secret.encode(),)).sign(body)
        answer = self.http.post(
            f"{self.url}/hooks/{connection}",
            content=body,
            headers={"Content-Type": "application/json", header: signature},
        )
        return answer.status_code

    def _site(self, tale: Tale, ref: Mapping[str, str] | None) -> dict[str, Any]:
        return {"warehouse": "MAIN", "order_number": tale.order, **self._about(ref)}

    @staticmethod
    def _about(ref: Mapping[str, str] | None) -> dict[str, Any]:
        return {"return_ref": dict(ref)} if ref else {}


def _door(tale: Tale, connection: str) -> str:
    """The connection of the tale's merchant for such messages."""
    return connection if tale.merchant == "acme" else f"{tale.merchant}-{connection}"


def reference(tale: Tale, started: Started) -> dict[str, str] | None:
    """How messages about a return name it in this tale; by its order number alone where there is nothing else."""
    names = {"return": started.return_id, "express": started.code, "bag": started.bag}
    value = names.get(tale.naming, "")
    return {"kind": tale.naming, "value": value} if value else None


class Clerk:
    """Somebody in Tryton who receives a return by hand, as where the ERP is the authority."""

    def __init__(self, tryton: TrytonRest) -> None:
        self._tryton = tryton
        places = tryton.search("stock.location", [["code", "in", sorted(PLACE_OF.values())]], "code")
        self._places = {row["code"]: row["id"] for row in places}

    def receive(self, tale: Tale) -> bool:
        """Receive the return's shipment and put each unit where it belongs; False while there is none to receive."""
        sold = self._tryton.shop.orders[tale.order]["id"]
        sales = self._tryton.search("sale.sale", [["origin", "=", f"sale.sale,{sold}"]], "shipment_returns")
        shipments = [shipment for sale in sales for shipment in sale["shipment_returns"]]
        if not shipments:
            return False
        model = "stock.shipment.out.return"
        self._tryton.press(model, shipments[0], "receive")
        moves = self._tryton.search(
            "stock.move",
            [["shipment", "=", f"{model},{shipments[0]}"], ["state", "=", "draft"]],
            "product.code",
            "quantity",
        )
        self._tryton.write(model, shipments[0], {"inventory_moves": [self._put(tale, move) for move in moves]})
        self._tryton.press(model, shipments[0], "do")
        return True

    def _put(self, tale: Tale, move: Mapping[str, Any]) -> list[Any]:
        """Where one line of the shipment goes: all of it to the place of the first condition."""
        back = next((each for each in tale.back if each.sku == move["product"]["code"]), tale.back[0])
        word = next(iter(back.conditions))
        return ["write", [move["id"]], {"to_location": self._places[PLACE_OF[word]]}]


class Person:
    """Somebody at a desk who decides over the REST API; a token per merchant."""

    def __init__(self, url: str, tokens: Mapping[str, str]) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v1/", timeout=30.0, trust_env=False)
        self._tokens = tokens

    def say_what_became(self, merchant: str, code: str, fate: str) -> int:
        """What became of everything that was missing of a return; answers of how many units."""
        claim = f"C-{code}" if fate == "claimed" else ""
        said = {"fate": fate, "claim": claim, "reason": "the carrier has lost it"}
        return self._say(merchant, code, "fate", said, "missing")

    def decide(self, merchant: str, code: str, disposition: str) -> int:
        """What everything quarantined of a return is from now on; answers for how many units."""
        said = {"disposition": disposition, "reason": "looked at it: the demo's person"}
        return self._say(merchant, code, "disposition", said, "quarantine")

    def let_pay(self, merchant: str, code: str) -> int:
        """The platform is to pay for what is sellable of a return; answers for how many units."""
        said = {"approved": True, "reason": "it is here and as good as new"}
        return self._say(merchant, code, "approval", said, "sellable")

    def map_condition(self, merchant: str, word: str, condition: str) -> int:
        """What the warehouse's word means from now on; answers how many units waited for that."""
        change = {"kind": "disposition", "value": word, "target": condition}
        body = {"changes": [change], "why": "asked the warehouse what it means"}
        done = self._http.post("mappings/set", json=body, headers=self._as(merchant)).raise_for_status().json()
        return int(done["units"])

    def _say(self, merchant: str, code: str, what: str, said: Mapping[str, Any], condition: str) -> int:
        """The same of every unit of a return that was found like that."""
        headers = self._as(merchant)
        found = self._http.get("returns", params={"search": code}, headers=headers).raise_for_status().json()
        units = [
            (row["id"], unit["ref"])
            for row in found["rows"]
            for unit in self._http.get(f"returns/{row['id']}", headers=headers).raise_for_status().json()["units"]
            if unit["condition"] == condition
        ]
        for return_id, ref in units:
            path, body = f"returns/{return_id}/{what}", {"unit": ref, **said}
            self._http.post(path, json=body, headers=headers).raise_for_status()
        return len(units)

    def _as(self, merchant: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[merchant]}"}
