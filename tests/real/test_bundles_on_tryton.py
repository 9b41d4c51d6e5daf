"""Bundles on a real Tryton: components that come back by themselves, and a kit that means something else today."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from backhaul.connectors.tryton.client import Tryton
from backhaul.connectors.tryton.values import id_of
from backhaul.domain import effects as e
from backhaul.domain.orders import component_ref, share
from backhaul.domain.products import Product, ProductComponent, completed
from backhaul.sandbox import tryton as sandbox
from backhaul.sdk.outcomes import Refused
from tests.real.test_tryton_documents import gained, stock
from tests.support.ports import free_port
from tests.support.tryton_story import Story, connect

pytestmark = [pytest.mark.real]


@pytest.fixture(scope="module")
def home(seeded_tryton: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a shop of our own lives: what a kit is gets changed under it."""
    return tmp_path_factory.mktemp("kits")


@pytest.fixture(scope="module")
def system(seeded_tryton: Path, home: Path) -> Iterator[Tryton]:
    shop = sandbox.copy(seeded_tryton, home, free_port())
    with closing(connect(shop)) as system:
        yield system
    sandbox.down(home)


def part(story: Story, sku: str, *indexes: int, name: str = "") -> e.DocumentLine:
    """Units of one component of the order's kit."""
    order = story.order or story.look_up()
    kit = next(line for line in order.lines if line.components)
    line = order.line(component_ref(kit.ref, sku))
    worth = [share(line, index) for index in indexes]
    units = tuple(f"{story.return_id}/{name or sku}-{index}" for index in indexes)
    net, tax = sum(one.net_minor for one in worth), sum(one.tax_minor for one in worth)
    return e.DocumentLine(line.ref, sku, units, net, tax, line.extra)


def test_a_component_comes_back_as_itself_and_the_rest_of_the_kit_makes_up_the_price_to_the_cent(
    system: Tryton,
) -> None:
    total = Decimal(0)
    for number, (sku, indexes) in enumerate((("SOCK", (0,)), ("SHIRT-M", (0,)), ("SOCK", (1,)))):
        story = Story(system, "SHOP-1002", f"piece-{number}")
        before = {name: stock(system, name) for name in ("SHIRT-M", "SOCK")}
        line = part(story, sku, *indexes)
        opened = story.authorisation(line)
        story.done(opened)
        story.done(story.receipt(opened, line))
        story.done(story.put_away("quarantine", "QUAR", line))
        for name, levels in before.items():
            assert gained(levels, stock(system, name)) == ({"CUS": -1, "QUAR": 1} if name == sku else {})
        note = story.credit(opened, f"re_piece_{number}", line)
        credited = system.read("account.invoice", id_of(story.done(note)), "total_amount")["total_amount"]
        assert credited == Decimal(-note.total_minor).scaleb(-2)
        total += credited
        story.done(story.refund(note))
        story.done(story.close(opened))
    assert total == Decimal("-29.16"), "the whole kit, to the cent"
    whole = Story(system, "SHOP-1002", "whole")
    refused = whole.do(whole.authorisation(whole.line("SET", 2)))
    assert isinstance(refused, Refused)
    assert refused.kind == "over-return"


@contextmanager
def redefined(home: Path) -> Iterator[None]:
    """The kit has three mugs and one pair of socks for as long as this lasts; the service user may not do that."""
    find = "SELECT id FROM product_product WHERE code = ?"
    with closing(sqlite3.connect(home / "db/shop.sqlite", timeout=30)) as database:
        shirt, socks, mug = (database.execute(find, (sku,)).fetchone()[0] for sku in ("SHIRT-M", "SOCK", "MUG"))

        def define(was: int, product: int, quantity: int) -> None:
            changed = database.execute(
                "UPDATE product_component SET product = ?, quantity = ? WHERE product = ?", (product, quantity, was)
            )
            database.commit()
            assert changed.rowcount == 1

        define(shirt, mug, 3)
        define(socks, socks, 1)
        try:
            yield
        finally:
            define(mug, shirt, 1)
            define(socks, socks, 2)


def test_a_kit_redefined_after_the_sale_comes_back_as_it_was_sold(system: Tryton, home: Path) -> None:
    story = Story(system, "SHOP-1022", "redefined")
    with redefined(home):
        kit = story.line("SET", 1)
        today = Story(system, "SHOP-1022", "").look_up()
        before = {name: stock(system, name) for name in ("SHIRT-M", "SOCK", "MUG")}
        opened = story.authorisation(kit)
        story.done(opened)
        story.done(story.receipt(opened, kit))
        story.done(story.put_away("quarantine", "QUAR", kit))
        moved = {name: gained(levels, stock(system, name)) for name, levels in before.items()}
        assert moved == {"SHIRT-M": {"CUS": -1, "QUAR": 1}, "SOCK": {"CUS": -2, "QUAR": 2}, "MUG": {}}
        note = story.credit(opened, "re_redefined", kit)
        story.done(note)
        story.done(story.refund(note))
        story.done(story.close(opened))
    assert today == story.order, "what was sold is what the sale says"


def test_a_component_that_only_the_product_master_knows_is_found_by_its_sku(system: Tryton) -> None:
    # Tryton sold a mug. By the product master a mug is a belt and a shirt, and the sale did not explode it.
    story = Story(system, "SHOP-1004", "master")
    at = datetime(2020, 1, 1, tzinfo=UTC)
    parts = (ProductComponent("BELT-90", 1), ProductComponent("SHIRT-L", 2))
    story.order = completed(story.look_up(), {"MUG": [Product("MUG", at, components=parts)]})
    assert [line.exploded_by for line in story.order.lines] == ["product-master"]
    line = part(story, "SHIRT-L", 0)
    before = stock(system, "SHIRT-L"), stock(system, "MUG")
    opened = story.authorisation(line)
    story.done(opened)
    story.done(story.receipt(opened, line))
    story.done(story.put_away("quarantine", "QUAR", line))
    assert gained(before[0], stock(system, "SHIRT-L")) == {"CUS": -1, "QUAR": 1}
    assert gained(before[1], stock(system, "MUG")) == {}
    note = story.credit(opened, "re_master", line)
    story.done(note)
    story.done(story.refund(note))
    story.done(story.close(opened))
    again = Story(system, "SHOP-1004", "master-again", order=story.order)
    assert isinstance(
        refused := again.do(again.authorisation(again.line("MUG", 1), part(again, "SHIRT-L", 1))), Refused
    )
    assert refused.kind == "over-return"
