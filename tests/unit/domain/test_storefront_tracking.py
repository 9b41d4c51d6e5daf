"""The parcel's tracking number on the storefront's return."""

from __future__ import annotations

from dataclasses import replace

from backhaul.domain import effects as e
from backhaul.domain.policy import Policy
from tests.unit.domain.cast import SHIRT, dropped_off, received, shop, started

SHOP = Policy("v1", storefront_returns="authorisation", mark_orders="changes")


def test_each_parcels_number_is_told_once_and_not_when_all_has_arrived() -> None:
    told = shop(replace(SHOP, track_returns="label")).told("r1", *started(SHIRT))
    told.rest()
    assert not told.documents(e.TrackStorefrontReturn)
    told.called = (("label", "1Z-1"), ("express", "HR1"))
    told.tell(*dropped_off(SHIRT))
    told.rest()
    assert [one.number for one in told.documents(e.TrackStorefrontReturn)] == ["1Z-1"]
    told.tell(received(SHIRT))
    told.called = (*told.called, ("label", "1Z-2"))
    told.decide()
    told.rest()
    assert [one.number for one in told.documents(e.TrackStorefrontReturn)] == ["1Z-1"]
