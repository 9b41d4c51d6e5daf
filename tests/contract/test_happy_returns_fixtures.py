"""The Happy Returns connector reads every example, refuses what is unsigned, and is never surprised by the stand-in."""

import json
from datetime import UTC, datetime

import pytest

from backhaul.connectors.happy_returns import connector
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.domain.returns import fold
from backhaul.sandbox.happy_returns import Order, OrderLine, StandIn, Wanted
from backhaul.sandbox.happy_returns.sender import signature
from backhaul.sdk.messages import Message, UnknownValue
from tests.contract.fixtures import HERE, examples
from tools import fixtures as written

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
SETTINGS = HappyReturnsSettings.model_validate(
    {"retailer_id": "modern-retailer", "signature_secrets": ["sandbox-secret"]}
)
EXAMPLES = examples("happy_returns")
KINDS = {reads.kind for reads in connector.reads}


def kind_of(name: str) -> str:
    """The declared kind a fixture's name begins with."""
    return max((kind for kind in KINDS if name.startswith(kind)), key=len, default="")


def test_each_declared_kind_has_an_example() -> None:
    assert {kind_of(name) for name in EXAMPLES} - {""} == KINDS


@pytest.mark.parametrize("name", [name for name in EXAMPLES if kind_of(name)])
def test_an_example_is_recognised_and_reading_it_twice_is_equal(name: str) -> None:
    kind = kind_of(name)
    message = Message("shop", EXAMPLES[name], NOW, kind=kind if kind.endswith("polled") else "")
    assert connector.identify is not None
    assert connector.identify(message, SETTINGS) == kind
    reads = connector.reader(kind)
    assert reads is not None
    first, second = reads.read(message, SETTINGS), reads.read(message, SETTINGS)
    assert first == second
    assert first
    assert all(reading.facts for reading in first)


def test_the_example_of_an_unknown_type_is_a_named_error() -> None:
    message = Message("shop", EXAMPLES["unknown.type"], NOW)
    with pytest.raises(UnknownValue, match="held_for_audit"):
        connector.reads[0].read(message, SETTINGS)


def test_only_what_is_signed_with_a_secret_of_ours_is_accepted() -> None:
    assert connector.signature is not None
    body = EXAMPLES["return.asn.published"]
    signed = {"x-hr-signature": signature("sandbox-secret", body)}
    assert connector.signature(SETTINGS).verify(body, signed)
    assert not connector.signature(SETTINGS).verify(body + b" ", signed)
    assert not connector.signature(SETTINGS).verify(body, {})
    closed = HappyReturnsSettings(retailer_id="modern-retailer")
    assert not connector.signature(closed).verify(body, {"x-hr-signature": signature("", body)})


def test_the_secret_is_in_no_text_of_the_settings() -> None:
    assert "sandbox-secret" not in f"{SETTINGS!r} {SETTINGS} {SETTINGS.model_dump_json()} {SETTINGS.signature()!r}"


def test_the_examples_are_what_the_stand_in_says_today() -> None:
    for name, content in written.fixtures():
        assert (HERE / "happy_returns" / f"{name}.json").read_text() == written.text(content), name


def test_a_whole_return_of_the_stand_in_is_one_return_with_every_unit_shipped_and_approved() -> None:
    world = StandIn(
        attempts=1,
        start_at=NOW,
        orders=[Order("SHOP-1", "1", "s@example.com", (OrderLine("11", "SOCK", 3), OrderLine("12", "MUG", 1)))],
    )
    started = world.platform.start([Wanted("SHOP-1", "SOCK", 2), Wanted("SHOP-1", "MUG")])
    world.settle()
    world.platform.drop_off(started.return_id, [item.item_id for item in started.items[:2]])
    world.settle()
    world.platform.drop_off(started.return_id)
    world.platform.bag(started.return_id)
    world.platform.ship()
    world.settle()
    facts = []
    for delivery in world.outbox.deliveries:
        message = Message("shop", delivery.body, NOW)
        assert connector.identify is not None
        reads = connector.reader(connector.identify(message, SETTINGS))
        assert reads is not None
        facts += [fact for reading in reads.read(message, SETTINGS) for fact in reading.facts]
    for told in (facts, facts[::-1], facts * 2):
        units = fold("r", told).units
        assert {(unit.line, unit.offset, unit.goods, unit.money) for unit in units.values()} == {
            ("11", 0, "shipped", "approved"),
            ("11", 1, "shipped", "approved"),
            ("12", 0, "shipped", "approved"),
        }
        assert {unit.item for unit in units.values()} == {item.item_id for item in started.items}


def test_an_example_holds_only_documented_fields() -> None:
    documented = set(json.loads(EXAMPLES["return.asn.published"])["items"][0]) | {"returnReasonID"}
    for name in ("return.asn.started", "return.asn.merged", "return.asn.expired"):
        assert set(json.loads(EXAMPLES[name])["items"][0]) <= documented
