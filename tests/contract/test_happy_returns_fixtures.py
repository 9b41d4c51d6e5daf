"""The examples are what the stand-in says today, and the connector is never surprised by it."""

import json
from datetime import UTC, datetime

from backhaul.connectors.happy_returns import connector
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.domain.returns import fold
from backhaul.sandbox.happy_returns import Order, OrderLine, StandIn, Wanted
from backhaul.sdk.messages import Message, readings_of
from tests.contract.fixtures import HERE, examples
from tools import fixtures as written

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
SETTINGS = HappyReturnsSettings(retailer_id="modern-retailer")
EXAMPLES = examples("happy_returns")


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
        facts += [fact for reading in readings_of(reads.read(message, SETTINGS)) for fact in reading.facts]
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
