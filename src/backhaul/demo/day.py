"""Plays the day: shoppers start, bars scan, hubs ship, finance pays, the warehouse receives, a person decides."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from backhaul.demo.actors import Clerk, Person, Platform, Sender, Started, reference
from backhaul.demo.books import ReturnSale, Start, return_sales_of, stock_of
from backhaul.demo.expected import refund_minor
from backhaul.demo.ground import DemoFailed
from backhaul.demo.parcels import Parcels
from backhaul.demo.rest import Pace, wait_for_rest
from backhaul.demo.rubbish import send_rubbish
from backhaul.demo.storefront import Storefront
from backhaul.demo.tales import MAPPED, Ending, Merchant, Tale, Twist
from backhaul.demo.telling import Advance
from backhaul.demo.tryton_rest import TrytonRest
from backhaul.demo.witness import Witness

_UNHEARD = frozenset({Twist.LOST_UNTIL_SHIPMENT, Twist.LOST_UNTIL_REFUND, Twist.REORDERED, Twist.MERGED})
_LOST = frozenset({Twist.LOST_UNTIL_SHIPMENT, Twist.LOST_UNTIL_REFUND})
_MERGING_S = 61.0
_SHARES = {"duplicate": 0.2, "reorder": 0.1}
_CLERK_LIMIT_S = 60.0
OPENED, CREDITED, PAID = "open-return-authorisation", "issue-credit-note", "record-refund"
RECEIVED, CLOSED, APPROVED = "receive-return", "close-return-authorisation", "approve-refund"


@dataclass(slots=True)
class Day:
    """One day of tales. ``witnessed`` collects what only the moment can show."""

    tales: Sequence[Tale]
    tryton: TrytonRest
    start: Start
    rate: Decimal
    platforms: dict[Merchant, Platform]
    sender: Sender
    person: Person
    parcels: Parcels
    storefront: Storefront
    watch: Callable[[], None]
    advance: Advance = lambda _done, _now: None
    started: dict[str, list[Started]] = field(default_factory=dict)
    witnessed: list[Witness] = field(default_factory=list)

    def play(self) -> None:
        """The whole day; afterwards all is at rest, or has not moved for two minutes."""
        self.shoppers_start()
        self.witnessed += send_rubbish(self.sender)
        self.bars_scan()
        self.finance_pays()
        self.hubs_ship()
        self.warehouse_receives()
        self.person_decides()

    # -- the steps -----------------------------------------------------------

    def shoppers_start(self) -> None:
        """Every return starts; what is to be lost is lost while nothing else is on its way."""
        now = "shoppers start their returns"
        self.advance(0, now)
        for tale in self._with(*_LOST):
            self._quietly(tale, 1, partial(self._start, tale))
        for tale in self._with(Twist.REORDERED):
            platform = self.platforms[tale.merchant]
            platform.suffer("reorder")
            self._start(tale)
            platform.pass_time(_MERGING_S)
        for platform in self.platforms.values():
            platform.shares(**_SHARES)
        heard = [tale for tale in self.tales if tale.twist not in _UNHEARD]
        for tale in heard:
            self._start(tale)
        self._settle()
        self._rest(lambda pace: pace.done.get(OPENED, 0) >= len(heard), now)
        opened = {sale.order for sale in self._sales()}
        for tale in self.tales:
            if tale.swap is not None:
                self.sender.exchange(tale, tale.swap, reference(tale, self.started[tale.order][0]))
            if tale.ending is not None and not tale.comes:
                self._end(tale, tale.ending)
        by_hand = [tale for tale in self.tales if tale.by_hand]
        for tale in by_hand:
            self.storefront.pay_by_hand(tale, refund_minor(tale, self.tryton.shop.orders, self.rate))
        self._rest(lambda pace: pace.refunds >= len(by_hand), now)
        late = [tale.order for tale in heard if tale.order not in opened]
        self._witness("the authorisation is in Tryton before the drop-off", not late, ", ".join(late))

    def bars_scan(self) -> None:
        """Goods are handed over. What was merged starts only now, within the same minute."""
        self.advance(0, "bars scan, carriers collect")
        for tale in self.tales:
            if tale.twist is Twist.MERGED:
                self._start(tale)
            if tale.twist in _LOST or tale.twist is Twist.DROP_OFF_LOST:
                self._quietly(tale, 2, partial(self._drop_off, tale))
            elif tale.comes:
                self._drop_off(tale)
            if tale.ending is Ending.DECLINED:
                self._end(tale, tale.ending)
        self._settle()
        for tale in self._with(Twist.DOUBLED):
            for started in self.started[tale.order]:
                self.platforms[tale.merchant].send_again(started)
        self._settle()

    def finance_pays(self) -> None:
        """Finance states each refund of Acme. The outlet's rest on the platform's word, the boutique's are ours."""
        self.advance(0, "finance pays")
        for tale in self._of("acme"):
            if tale.paid_back and not tale.let_pay:
                self._pay(tale)

    def hubs_ship(self) -> None:
        """Two boxes per merchant; still nothing is in stock, though the credit notes are there."""
        now = "hubs ship, credit notes are posted"
        for merchant, platform in self.platforms.items():
            coming = [tale for tale in self._of(merchant) if tale.comes]
            codes = [started.code for tale in coming for started in self.started[tale.order]]
            for some in (codes[::2], codes[1::2]):
                if some:
                    platform.ship(some)
        self._settle()
        wanted, paid = len(self.tales), sum(tale.paid_back and not tale.let_pay for tale in self.tales)
        self._rest(lambda pace: pace.done.get(PAID, 0) >= paid and pace.done.get(OPENED, 0) >= wanted, now)
        before, seen = self.start.stock, stock_of(self.tryton)
        moved = [f"{sku} in {place}" for (place, sku), level in seen.items() if level != before.get((place, sku), 0)]
        self._witness("nothing in transit was put in stock", not moved, ", ".join(moved))
        unheard = {tale.order for tale in self._of("acme") if tale.comes} - self.parcels.announced()
        self._witness("the warehouse is told of every parcel before it comes", not unheard, ", ".join(sorted(unheard)))

    def warehouse_receives(self) -> None:
        """Acme's warehouse tells of receipts and inspections; the outlet's people receive in Tryton itself."""
        now = "the warehouse receives and inspects"
        won = {sale.label for sale in self._sales()}
        coming = [tale for tale in self._of("acme", "boutique") if tale.comes]
        for tale in coming:
            named = next((one for one in self.started[tale.order] if one.labels & won), self.started[tale.order][0])
            if tale.let_pay:
                self.parcels.tell(tale, reference(tale, named))
                continue
            for _ in range(2 if tale.twist is Twist.DOUBLED else 1):
                self.sender.receive(tale, reference(tale, named))
        for tale in coming:
            if tale.let_pay:
                continue
            named = next((one for one in self.started[tale.order] if one.labels & won), self.started[tale.order][0])
            self.sender.inspect(tale, reference(tale, named))
        clerk = Clerk(self.tryton)
        for tale in self._of("outlet"):
            self.advance(0, now)
            self._by_hand(clerk, tale)
        wanted = sum(tale.closes and not (tale.fate or tale.let_pay) for tale in self.tales)
        self._rest(lambda pace: pace.done.get(CLOSED, 0) >= wanted and pace.done.get(RECEIVED, 0) >= len(coming), now)

    def person_decides(self) -> None:
        """A person decides what was quarantined, over the API as the console would; then the last flush."""
        now = "a person decides, stock is flushed"
        self._map_words()
        self._let_pay(now)
        decided = [tale for tale in self.tales if tale.decided or tale.fate]
        for tale in decided:
            for started in self.started[tale.order]:
                if tale.fate:
                    self.person.say_what_became(tale.merchant, started.code, tale.fate)
                else:
                    self.person.decide(tale.merchant, started.code, tale.decided)
        closed = sum(tale.closes for tale in self.tales)
        if decided or any(tale.let_pay for tale in self.tales):
            self._rest(lambda pace: pace.done.get(CLOSED, 0) >= closed, now)

    def _map_words(self) -> None:
        """A person says once what a word of the warehouse means, for all that waits for it."""
        for word, condition in MAPPED.items():
            waiting = sum(back.conditions.get(word, 0) for tale in self._of("acme") for back in tale.back)
            if waiting:
                units = self.person.map_condition("acme", word, condition)
                says = f"{units} units, not {waiting}"
                self._witness("one mapping completes what waited for it", units == waiting, says)

    def _let_pay(self, now: str) -> None:
        """A person lets the platform pay for what is here; it does, and finance hears of the money."""
        asked = [tale for tale in self.tales if tale.let_pay]
        units = 0
        for tale in asked:
            for started in self.started[tale.order]:
                units += self.person.let_pay(tale.merchant, started.code)
        if not asked:
            return
        self._rest(lambda pace: pace.done.get(APPROVED, 0) >= units, now)
        self._settle()
        orders = {tale.order for tale in asked}
        paid = [one["payouts"] for one in self.platforms["acme"].items() if one["orderNumber"] in orders]
        self._witness("the platform was told once to pay for what a person let", paid == [1] * units, str(paid))
        for tale in asked:
            self._pay(tale)

    # -- what the steps are made of ------------------------------------------

    def _with(self, *twists: Twist) -> list[Tale]:
        return [tale for tale in self.tales if tale.twist in twists]

    def _of(self, *merchants: Merchant) -> list[Tale]:
        return [tale for tale in self.tales if tale.merchant in merchants]

    def _start(self, tale: Tale) -> None:
        platform = self.platforms[tale.merchant]
        self.started[tale.order] = [platform.start(tale, beyond_sold=place > 0) for place in range(tale.returns)]

    def _drop_off(self, tale: Tale) -> None:
        platform = self.platforms[tale.merchant]
        self.started[tale.order] = [platform.drop_off(one, tale) for one in self.started[tale.order]]

    def _pay(self, tale: Tale) -> None:
        amount = refund_minor(tale, self.tryton.shop.orders, self.rate)
        for place, started in enumerate(self.started[tale.order]):
            suffix = f"-{place + 1}" if tale.rival else ""
            self.sender.refund(tale, amount, reference(tale, started), suffix)

    def _end(self, tale: Tale, ending: Ending) -> None:
        for started in self.started[tale.order]:
            self.platforms[tale.merchant].say(started, ending)

    def _quietly(self, tale: Tale, lost: int, act: Callable[[], None]) -> None:
        """Do something whose ``lost`` webhooks nobody hears of; nothing else waits at that moment."""
        platform = self.platforms[tale.merchant]
        platform.settle()
        platform.suffer(*["lose"] * lost)
        act()
        platform.settle()

    def _settle(self) -> None:
        for platform in self.platforms.values():
            platform.settle()

    def _rest(self, reached: Callable[[Pace], bool], now: str) -> None:
        if not wait_for_rest(reached, self.advance, now, self.watch):
            self._witness(f"all came to rest while {now}", so=False, but="nothing moved for two minutes")

    def _witness(self, what: str, so: bool, but: str = "") -> None:
        self.witnessed.append(Witness(what, so, but))

    def _sales(self) -> Iterable[ReturnSale]:
        return return_sales_of(self.tryton)

    def _by_hand(self, clerk: Clerk, tale: Tale) -> None:
        end = time.monotonic() + _CLERK_LIMIT_S
        while not clerk.receive(tale):
            self.watch()
            if time.monotonic() > end:
                raise DemoFailed(f"Tryton has no return shipment for {tale.order} to receive by hand")
            time.sleep(0.5)
