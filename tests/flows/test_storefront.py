"""A return through platform, storefront and ERP: all of them agree in the end, and nothing is done twice anywhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.high_street import HighStreet, high_street

OURS = {"refund_owner": "backhaul", "stock_owners": {"*": "backhaul"}}


@pytest.fixture
def street(db: object) -> Iterator[HighStreet]:
    with high_street(**OURS) as street:
        yield street


def marks(street: HighStreet, name: str) -> set[str]:
    return {tag for tag in street.storefront.order(name).tags if tag.startswith("return:")}


def test_a_return_flows_through_all_and_all_agree(street: HighStreet) -> None:
    sold = street.sell(("SHIRT-M", 2))
    before = street.storefront.available("SHIRT-M")
    street.start(sold, ("SHIRT-M", 2))
    street.work()
    (opened,) = street.storefront.returns(sold)
    assert sum(line.quantity for line in opened.lines) == 2
    assert street.storefront.refunded_minor(sold) == 4400
    assert street.standing("issue-credit-note") == ["done"]
    assert marks(street, sold.name) == {"return:dropped-off", "return:refunded"}
    assert street.storefront.available("SHIRT-M") == before, "in transit nothing is for sale"
    street.count("receipt", "SHIRT-M", sold, 2)
    street.count("inspection", "SHIRT-M", sold, 1, "sellable")
    street.count("inspection", "SHIRT-M", sold, 1, "damaged", 2)
    street.work()
    street.flush()
    assert street.storefront.available("SHIRT-M") == before + 1
    assert opened.status == "CLOSED"
    assert marks(street, sold.name) == {"return:inspected", "return:refunded"}
    assert street.closed() == [True]
    assert street.problems() == []
