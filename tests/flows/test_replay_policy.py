"""Another policy is played over what is known: told before it counts, exact, and without a trace."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import InternalError
from typer.testing import CliRunner

from backhaul.cli import app
from backhaul.domain.policy import Place, Policy
from backhaul.flows.compare_policies import Comparison, compare_policies
from backhaul.flows.decide import decide_returns
from backhaul.store import returns
from backhaul.store.sql import atomic, looking, rows, run
from tests.support.day import Parcel, paid, parcel
from tests.support.door import write_config
from tests.support.house import MASTER
from tests.support.shop import Shop, Town

OWED = "SELECT key, payload::text, after::text, first_attempt_at IS NOT NULL FROM effects WHERE standing <> 'moot'"
TABLES = ("effects", "facts", "exceptions", "expectations", "entries", "returns", "allocations", "attempts", "messages")


def came_back(shop: Shop, number: int, condition: str, *skus: str) -> Parcel:
    one = parcel(shop, number, *skus)
    one.said("started")
    one.said("dropped_off")
    one.said("approved")
    shop.work()
    one.received()
    one.inspected(condition)
    return one


@pytest.fixture
def shop(db: object) -> Shop:
    """One return that is done, one whose documents are still to be made, one that waits for money, one unclear."""
    shop = Town().open("acme", "Acme")
    came_back(shop, 1001, "damaged", "MUG").refunded(paid(("MUG",)))
    shop.work()
    shop.clock.at += timedelta(days=2)
    came_back(shop, 1003, "sellable", "SCARF-RED")
    came_back(shop, 1004, "moth-eaten", "JEANS-32")
    came_back(shop, 1002, "damaged", "MUG", "SHIRT-M").refunded(paid(("MUG", "SHIRT-M")))
    return shop


def other(shop: Shop) -> Policy:
    said = shop.deployment.effective.said[shop.merchant_id]
    return replace(
        said, version="other", refund_confirmation="approval", dispositions={"moth-eaten": "dispose"},
        places={**said.places, "damaged": Place("quarantine", "QUAR")},
    )  # fmt: skip


def whole_database() -> dict[str, list[str]]:
    return {table: sorted(text for (text,) in rows(f"SELECT t::text FROM {table} t")) for table in TABLES}


def owed() -> dict[str, tuple[str, str, bool]]:
    return {key: (payload, after, tried) for key, payload, after, tried in rows(OWED)}


def open_exceptions() -> set[str]:
    return {key for (key,) in rows("SELECT key FROM exceptions WHERE closed_at IS NULL")}


def test_what_is_told_is_what_happens_when_the_policy_counts(shop: Shop) -> None:
    told = compare_policies(shop.deployment, shop.merchant_id, other(shop))
    before, raised = owed(), open_exceptions()
    shop.deployment.effective.said[shop.merchant_id] = other(shop)  # type: ignore[index]  # a dict, in this town
    with atomic():
        decide_returns(shop.deployment, returns.to_compare(shop.merchant_id, None))
    after = owed()
    documents = [one for each in told.returns for one in each.difference.documents]
    assert {one.key for one in documents if one.how == "more"} <= after.keys() - before.keys()
    assert {one.key for one in documents if one.how == "less"} <= before.keys() - after.keys()
    changed = {key for key in before.keys() & after.keys() if before[key] != after[key]}
    otherwise = {one.key for one in documents if one.how == "otherwise"}
    assert changed <= otherwise <= changed | (after.keys() - before.keys())
    assert {one.key for one in documents if one.how != "less"} == (after.keys() - before.keys()) | changed
    assert {one.key for each in told.returns for one in each.difference.opened} == open_exceptions() - raised
    assert {one.key for each in told.returns for one in each.difference.closed} == raised - open_exceptions()
    assert told.totals.changed == len(told.returns) == 3
    tried = {key for key, (_, _, attempted) in before.items() if attempted}
    assert tried.isdisjoint(one.key for one in documents)


def test_the_totals_are_the_money_of_the_credit_notes(shop: Shop) -> None:
    told = compare_policies(shop.deployment, shop.merchant_id, other(shop))
    more = paid(("SCARF-RED",)) + paid(("JEANS-32",))
    assert told.totals.after_minor["USD"] - told.totals.before_minor["USD"] == more
    assert sum(amount.minor for each in told.returns for amount in each.difference.credited) == more
    assert told.totals.closed == {"unmapped-disposition": 1}


def test_nothing_is_written_and_nothing_could_be(shop: Shop) -> None:
    before = whole_database()
    compare_policies(shop.deployment, shop.merchant_id, other(shop), shop.clock.at - timedelta(days=30))
    assert whole_database() == before
    with pytest.raises(InternalError, match="read-only"), looking():
        run("UPDATE returns SET undecided = true")


def test_since_counts_the_closed_ones_too_and_progress_is_told(shop: Shop) -> None:
    shop.flush()
    steps: list[tuple[int, int]] = []

    def compared(since: timedelta | None) -> Comparison:
        at = None if since is None else shop.clock.at - since
        return compare_policies(
            shop.deployment, shop.merchant_id, other(shop), at, lambda done, of: steps.append((done, of))
        )

    assert compared(None).totals.returns == 2
    assert compared(timedelta(days=30)).totals.returns == 4
    assert compared(timedelta(days=1)).totals.returns == 3
    assert steps == [(2, 2), (4, 4), (3, 3)]


def test_two_returns_of_one_order_do_not_take_the_same_unit_twice(shop: Shop) -> None:
    one = parcel(shop, 1010, "CUP")
    again = Parcel(shop, one.order, one.name.replace("0", "1"), "HRAGAIN1", ((one.units[0][0], "CUP-ALIAS", 1),))
    for each in (one, again):
        each.said("started")
        each.said("dropped_off")
        shop.work()
    aliased = replace(other(shop), sku_aliases={"CUP-ALIAS": "CUP"})
    told = compare_policies(shop.deployment, shop.merchant_id, aliased)
    opened = [one.verb for each in told.returns for one in each.difference.documents if each.label == "HRAGAIN1"]
    assert "open-return-authorisation" not in opened


class Desk:
    """A terminal at which the command is typed."""

    def __init__(self, config: Path) -> None:
        self.config = config

    def types(self, *words: str, exits: int = 0) -> str:
        told = CliRunner().invoke(app, ["replay", *words, "--config", str(self.config)], env={"COLUMNS": "300"})
        assert told.exit_code == exits, told.output
        return told.stdout if exits == 0 else str(told.exception or told.output)


@pytest.fixture
def desk(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    config = write_config(tmp_path / "backhaul.toml", 8000)
    for name, value in {"BACKHAUL_MASTER_KEY": MASTER.hex(), "BACKHAUL_CONFIG": str(config)}.items():
        monkeypatch.setenv(name, value)
    return Desk(config)


def test_the_command_says_the_totals_first_and_writes_every_difference(desk: Desk, tmp_path: Path) -> None:
    new, sheet = tmp_path / "new.toml", tmp_path / "differences.csv"
    new.write_text('refund_confirmation = "approval"\n[places.damaged]\naccount = "quarantine"\nlocation = "QUAR"\n')
    lines = desk.types("--policy", str(new), "--since", "2026-11-01", "--csv", str(sheet)).splitlines()
    assert lines[0] == "4 returns compared, 4 would differ. Nothing was written."
    assert "issue-credit-note owed in addition" in "\n".join(lines[:8])
    told = json.loads(desk.types("--policy", str(new), "--since", "2026-11-01", "--json"))
    with sheet.open() as file:
        written = list(csv.DictReader(file))
    assert written == told["differences"]
    assert {one["what"] for one in written} >= {"more", "awaits no more"}
    assert told["returns"] == 4


def test_the_how_to_shows_what_the_command_takes(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/change-a-policy.md").read_text()
    (table,) = re.findall(r"^```toml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    Path("new.toml").write_text(table)
    typed = re.findall(r"^backhaul replay (.*)$", page, re.MULTILINE)
    assert len(typed) == 2
    for words in typed:
        assert "Nothing was written" in desk.types(*words.split())
    assert Path("differences.csv").exists()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('sellable_on = "never"', "policy.sellable_on"),
        ('refunds = "money"', "policy: refunds"),
        ('[places.damaged]\naccount = "attic"\nlocation = "A"', "places.damaged.account"),
        ("[due_days]\nlunch = 1", "policy.due_days: lunch"),
        ("[fees]\nmail = { USD = 1, EUR = 2 }", "policy.fees.mail"),
        ('[places.damaged]\naccount = "stock"\nlocation = "STO"', "places.damaged leads to sellable stock"),
        ('storefront_returns = "never"\n[stock_owners]\n"*" = "storefront"', "no return to take back"),
        ('refund_owner = "backhaul"\nrefund_confirmation = "approval"', "set refund_confirmation = 'money'"),
        ("sellable_on =", "is not TOML"),
        ("[merchants.beta.policy]\n", "merchants.acme is not in it"),
        ('[merchants.acme.policy]\nsellable_on = "never"', "merchants.acme.policy.sellable_on"),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_used_names_its_key(desk: Desk, tmp_path: Path, text: str, named: str) -> None:
    new = tmp_path / "new.toml"
    new.write_text(text)
    said = desk.types("--policy", str(new), exits=1)
    assert named in said
    assert "new.toml" in said
