"""Names that platforms give are theirs: another merchant's return of the same name is another return."""

from __future__ import annotations

from dataclasses import replace

from backhaul.store.sql import rows
from tests.support.day import paid, parcel
from tests.support.shop import Town


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
