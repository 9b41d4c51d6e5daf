"""Mappings laid over a policy: which one counts, what they may not say, and where the goods go by them."""

from __future__ import annotations

import pytest

from backhaul.domain import effects as e
from backhaul.domain import facts as f
from backhaul.domain.mappings import Kind, ValueMapping, conflicts, faults, lay_over, tidied
from backhaul.domain.policy import Place, Policy
from tests.support.world import Told
from tests.unit.domain import cast
from tests.unit.domain.cast import JEANS, SHIRT

PLAIN = Policy("v1")


def mapped(*mappings: ValueMapping, policy: Policy = PLAIN) -> Policy:
    return lay_over(policy, mappings)


def place(value: str, target: str, site: str = "*", sku_class: str = "*") -> ValueMapping:
    return ValueMapping("place", value, target, site, sku_class)


EVERY_PLACE = (
    place("b-ware", "quarantine:P1", "MAIN", "shoes"),
    place("b-ware", "quarantine:P2", "MAIN"),
    place("b-ware", "quarantine:P3", "*", "shoes"),
    place("b-ware", "quarantine:P4"),
    place("*", "quarantine:P5", "MAIN", "shoes"),
    place("*", "quarantine:P6", "MAIN"),
    place("*", "quarantine:P7", "*", "shoes"),
    place("*", "quarantine:P8"),
)


@pytest.mark.parametrize("first", range(len(EVERY_PLACE)))
def test_the_place_that_says_most_counts(first: int) -> None:
    """The condition counts most, then the site, then the class."""
    policy = mapped(*EVERY_PLACE[first:])
    assert policy.place("b-ware", "MAIN", "shoes") == Place("quarantine", f"P{first + 1}")


@pytest.mark.parametrize(
    ("condition", "site", "sku_class", "location"),
    [
        ("b-ware", "MAIN", "", "P2"),
        ("b-ware", "WEST", "shoes", "P3"),
        ("b-ware", "WEST", "", "P4"),
        ("b-ware", "MAIN", "hats", "P2"),
        ("c-ware", "MAIN", "shoes", "P5"),
        ("c-ware", "MAIN", "", "P6"),
        ("c-ware", "WEST", "shoes", "P7"),
        ("c-ware", "WEST", "", "P8"),
    ],
)
def test_a_place_is_for_its_own_site_and_class_only(condition: str, site: str, sku_class: str, location: str) -> None:
    assert mapped(*EVERY_PLACE).place(condition, site, sku_class) == Place("quarantine", location)


def test_what_no_place_speaks_of_is_a_gap() -> None:
    assert mapped(place("b-ware", "quarantine:QUAR", "WEST")).place("b-ware", "MAIN") is None
    assert mapped(place("b-ware", "quarantine:QUAR", "*", "shoes")).place("b-ware", "MAIN") is None


def test_of_two_that_say_the_same_the_mapping_counts_and_else_the_one_that_says_more() -> None:
    policy = Policy("v1", places={"damaged": Place("damaged", "OLD"), "damaged@WEST": Place("damaged", "OLD-WEST")})
    over = mapped(place("damaged", "damaged:NEW"), policy=policy)
    assert over.place("damaged", "MAIN") == Place("damaged", "NEW")
    assert over.place("damaged", "WEST") == Place("damaged", "OLD-WEST")


def test_a_word_means_at_a_site_what_is_said_of_that_site() -> None:
    policy = mapped(
        ValueMapping("disposition", "b-ware", "damaged"),
        ValueMapping("disposition", "b-ware", "quarantine", "WEST"),
    )
    assert policy.disposition("B-Ware", "MAIN") == "damaged"
    assert policy.disposition("B_WARE", "WEST") == "quarantine"
    assert policy.disposition("other", "WEST") == "other"


def test_a_mapping_counts_before_the_policy_however_that_spells_the_word() -> None:
    policy = Policy("v1", dispositions={"B Ware": "damaged"}, reasons={"Too small": "old"})
    over = mapped(
        ValueMapping("disposition", "b-ware", "quarantine"), ValueMapping("reason", "too-small", "new"), policy=policy
    )
    assert over.disposition("B Ware", "MAIN") == "quarantine"
    assert over.reason("Too small") == "new"


def test_the_version_is_that_of_policy_and_mappings_together() -> None:
    one, other = place("b-ware", "quarantine:QUAR"), ValueMapping("tender", "gift-card", "Gift cards")
    assert mapped() is PLAIN
    assert mapped(one, other).version == mapped(other, one).version
    assert len({PLAIN.version, mapped(one).version, mapped(other).version, mapped(one, other).version}) == 4
    assert mapped(one).version != mapped(one, policy=Policy("v2")).version


def test_a_sku_is_of_the_class_of_the_longest_pattern_that_fits() -> None:
    policy = mapped(
        ValueMapping("sku-class", "*", "goods"),
        ValueMapping("sku-class", "SH*", "shirts"),
        ValueMapping("sku-class", "SHOE-*", "shoes"),
        ValueMapping("sku-class", "SHOE-40", "samples"),
    )
    assert [policy.sku_class(sku) for sku in ("MUG", "SHIRT-M", "SHOE-41", "SHOE-40")] == [
        "goods",
        "shirts",
        "shoes",
        "samples",
    ]


@pytest.mark.parametrize(
    ("kind", "value", "target", "site", "sku_class", "why"),
    [
        ("place", "damaged", "stock:STO", "*", "*", "sellable stock"),
        ("place", "*", "stock:STO", "MAIN", "*", "sellable stock"),
        ("place", "lost", "missing:LOST", "*", "shoes", "missing"),
        ("place", "b-ware", "QUAR", "*", "*", "no place"),
        ("place", "b-ware", "elsewhere:QUAR", "*", "*", "no place"),
        ("place", "b@ware", "quarantine:QUAR", "*", "*", "no @"),
        ("disposition", "damaged", "sellable", "*", "*", "never sellable"),
        ("disposition", "*", "damaged", "*", "*", "word by word"),
        ("disposition", "b-ware", "damaged", "*", "shoes", "leave the class out"),
        ("sku-alias", "A", "A", "*", "*", "means itself"),
        ("sku-alias", "*", "A", "*", "*", "word by word"),
        ("reason", "too-small", "small", "MAIN", "*", "leave the site out"),
        ("account", "postage", "Postage", "*", "*", "fee, difference"),
        ("reason", "", "small", "*", "*", "value is empty"),
        ("reason", "small", "", "*", "*", "target is empty"),
        ("reason", "a\nb", "small", "*", "*", "cannot be printed"),
    ],
)
def test_what_a_mapping_may_not_say(kind: Kind, value: str, target: str, site: str, sku_class: str, why: str) -> None:
    found = faults(ValueMapping(kind, value, target, site, sku_class))
    assert why in " ".join(found)


def test_what_a_mapping_may_say() -> None:
    assert not any(map(faults, EVERY_PLACE))
    assert not faults(place("sellable", "stock:A1", "MAIN"))
    assert not faults(place("sellable", "quarantine:QUAR", "*", "samples"))
    assert not faults(ValueMapping("disposition", "as-new", "sellable"))


def test_a_mapping_leads_somewhere_at_once() -> None:
    nowhere = ValueMapping("disposition", "b-ware", "c-ware")
    assert conflicts(nowhere, mapped(nowhere))
    assert not conflicts(nowhere, mapped(nowhere, place("c-ware", "quarantine:QUAR")))
    assert not conflicts(ValueMapping("disposition", "gone", "missing"), PLAIN)


def test_a_mapping_is_not_mapped_on() -> None:
    first, second = ValueMapping("sku-alias", "A", "B"), ValueMapping("sku-alias", "B", "C")
    both = mapped(first, second)
    assert conflicts(first, both)
    assert conflicts(second, both)
    assert not conflicts(first, mapped(first))


def test_conditions_and_reasons_have_one_spelling_and_other_words_their_own() -> None:
    assert tidied(ValueMapping("disposition", " B_Ware", "Damaged ")).name == ("disposition", "b-ware", "*", "*")
    assert tidied(ValueMapping("sku-alias", " Mug_1 ", "M ")) == ValueMapping("sku-alias", "Mug_1", "M")
    assert tidied(place("b-ware", "quarantine:QUAR", "", "")) == place("b-ware", "quarantine:QUAR")


def in_inspection(*found: f.ItemInspected) -> Told:
    told = cast.at_the_bar(SHIRT, JEANS)
    told.tell(cast.received(SHIRT), cast.received(JEANS), *found)
    told.rest()
    return told


def anew(told: Told, *mappings: ValueMapping) -> None:
    told.shop.policy = lay_over(told.shop.policy, mappings)
    told.decide()
    told.rest()


def put(told: Told) -> dict[str, str]:
    """The location each SKU was put away to."""
    return {line.sku: one.location for one in told.documents(e.PutAway) for line in one.lines}


def test_a_unit_of_an_unmapped_condition_goes_to_its_place_once_it_is_mapped() -> None:
    told = in_inspection(cast.inspected(SHIRT, "B-ware"))
    assert put(told) == {}
    assert "unmapped-disposition" in told.problems()
    anew(told, ValueMapping("disposition", "b-ware", "quarantine"))
    assert put(told) == {"SHIRT-M": "QUAR"}
    assert "unmapped-disposition" not in told.problems()


def test_units_of_one_condition_go_to_the_places_of_their_classes() -> None:
    told = in_inspection(cast.inspected(SHIRT, "b-ware"), cast.inspected(JEANS, "b-ware"))
    anew(
        told,
        ValueMapping("sku-class", "JEANS-*", "trousers"),
        place("b-ware", "quarantine:QUAR"),
        place("b-ware", "damaged:TROUSERS", "*", "trousers"),
    )
    assert put(told) == {"SHIRT-M": "QUAR", "JEANS-32": "TROUSERS"}


def test_a_site_is_the_one_it_is_mapped_to() -> None:
    told = cast.at_the_bar(SHIRT)
    told.shop.policy = mapped(ValueMapping("location", "Dock 3", "MAIN"), place("damaged", "damaged:M1", "MAIN"))
    told.tell(f.ItemReceived(SHIRT, "Dock 3", 1), f.ItemInspected(SHIRT, "MAIN", "damaged", 1))
    told.rest()
    assert [one.site for one in told.documents(e.ReceiveReturn)] == ["MAIN"]
    assert put(told) == {"SHIRT-M": "M1"}


def test_two_names_of_a_site_count_each_for_itself() -> None:
    """Totals are those of who tells them: one at each name is two, not the same one again."""
    told = cast.at_the_bar(SHIRT, cast.SECOND_SHIRT)
    told.shop.policy = mapped(ValueMapping("location", "Dock 3", "MAIN"))
    line = f.UnitName("1001", "777")
    told.tell(f.ItemReceived(line, "Dock 3", 1), f.ItemReceived(line, "MAIN", 1))
    told.rest()
    assert sum(line.quantity for one in told.documents(e.ReceiveReturn) for line in one.lines) == 2


def test_a_reason_goes_out_in_the_words_of_the_erp_and_an_unmapped_one_keeps_nothing_back() -> None:
    told = cast.shop().told("r1", f.ReturnInitiated(SHIRT, reason="Too Small"), f.ReturnInitiated(JEANS, reason="ugly"))
    (opened,) = told.documents(e.OpenReturnAuthorisation)
    assert opened.reasons == {}
    told.shop.policy = mapped(ValueMapping("reason", "too-small", "SIZE-"))
    told.decide()
    (opened,) = told.documents(e.OpenReturnAuthorisation)
    assert list(opened.reasons.values()) == ["SIZE-"]
    told.rest()
    told.shop.policy = mapped(ValueMapping("reason", "too-small", "OTHER"))
    told.decide()
    assert told.documents(e.OpenReturnAuthorisation) == [opened], "what was attempted keeps its payload"
