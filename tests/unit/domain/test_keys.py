"""Keys are names that every system takes, the same for the same obligation and different for any other."""

from __future__ import annotations

import re

from backhaul.domain import effects as e


def opened(*units: str, order: str = "1001", again: int = 0) -> e.OpenReturnAuthorisation:
    return e.OpenReturnAuthorisation("r1", order, "HR1", (e.DocumentLine("1", "S", units),), again=again)


def note(refund: str, order: str = "1001") -> e.IssueCreditNote:
    return e.IssueCreditNote("r1", order, "a", "HR1", refund, "USD", (), 0, 0, 5)


def test_a_key_says_what_it_is_about() -> None:
    assert e.key(note("R1")) == "issue-credit-note:r1:1001:R1"
    assert e.key(opened("1001-777-0")) == "open-return-authorisation:r1:1001:1001-777-0"
    assert e.key(opened("1001-777-0", again=1)) == "open-return-authorisation:r1:1001:1001-777-0#1"


def test_the_order_units_are_listed_in_does_not_matter() -> None:
    assert e.key(opened("a", "b")) == e.key(opened("b", "a"))


def test_any_id_of_any_source_makes_a_key_every_system_takes() -> None:
    for wild in ("gid://shopify/Refund/1", "été", "a b", "a:b", "x" * 300, ""):
        for effect in (note(wild), note("R1", wild), opened(wild), e.LookUpOrder("r1", wild)):
            assert re.fullmatch(r"[A-Za-z0-9_.:+#-]{1,200}", e.key(effect))


def test_a_colon_in_an_id_does_not_make_two_obligations_one() -> None:
    assert e.key(note("2:3", "1")) != e.key(note("3", "1:2"))


def test_closing_two_authorisations_of_one_order_are_two_effects() -> None:
    keys = {
        e.key(e.CloseReturnAuthorisation("r1", "1001", e.key(opened(unit, again=turn))))
        for unit in ("a", "b")
        for turn in (0, 1)
    }
    assert len(keys) == 4
