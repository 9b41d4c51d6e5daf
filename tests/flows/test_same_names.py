"""Names that platforms give are theirs: a return of the same name at another merchant or platform is another return."""

from __future__ import annotations

from dataclasses import replace

from backhaul.store import merchants, registry
from backhaul.store.registry import Minted
from backhaul.store.sql import rows
from tests.support.day import paid, parcel
from tests.support.shop import MORNING, Town


def test_two_merchants_whose_returns_have_the_same_names_have_two_returns(db: object) -> None:
    town = Town()
    acme, beta = town.open("acme", "Acme"), town.open("beta", "Beta")
    one = parcel(acme, 1001, "MUG")
    beta.sold(one.order, ("MUG", 1, 1290))
    other = replace(one, shop=beta)
    for each in (one, other):
        for word in ("started", "dropped_off", "approved"):
            each.said(word)
        each.shop.work()
    one.refunded(paid(("MUG",)))
    for shop in (acme, beta):
        shop.work()
    found: list[tuple[int, int]] = rows(
        """
        SELECT r.merchant_id, count(e.id) FROM returns r
        LEFT JOIN effects e ON e.return_id = r.id AND e.verb = 'issue-credit-note' GROUP BY 1 ORDER BY 1
        """
    )
    assert found == [(acme.merchant_id, 1), (beta.merchant_id, 0)]
    assert rows("SELECT count(DISTINCT id), count(DISTINCT label) FROM returns") == [(2, 1)]


def test_two_platforms_of_one_merchant_that_give_the_same_number_mean_two_returns(db: object) -> None:
    merchant = merchants.keep("acme", "Acme", "UTC")
    one, other = (merchants.keep_connection(merchant, name, "happy-returns", None) for name in ("shop-us", "shop-eu"))
    registry.mint([Minted("R1", merchant, one, "RMA-7", None), Minted("R2", merchant, other, "RMA-7", None)], MORNING)
    slots = {(one, "rma", "RMA-7"): "R1", (other, "rma", "RMA-7"): "R2"}
    assert registry.bind(slots) == {}
    assert registry.known(slots) == slots
