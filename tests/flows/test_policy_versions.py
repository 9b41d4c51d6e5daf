"""A policy is changed while everything runs: for those to come or for the open ones too, and every version is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import Error, transaction
from typer.testing import CliRunner

from backhaul.cli import app
from backhaul.domain.mappings import ValueMapping
from backhaul.domain.policy import Place, Policy
from backhaul.flows.change_policy import CannotChange, change_policy
from backhaul.flows.deployment import Deployment
from backhaul.flows.effective import Effective
from backhaul.flows.map_values import map_values
from backhaul.flows.replay import replay_returns
from backhaul.flows.usable import Change
from backhaul.project.configuration import read
from backhaul.project.deployment import adopt, build
from backhaul.store import policies
from backhaul.store.sql import rows, run
from tests.flows.test_replay_policy import came_back
from tests.support.day import Parcel, parcel
from tests.support.door import write_config
from tests.support.house import MASTER
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(db: object) -> Shop:
    """A shop whose policy is kept in versions, with one open return."""
    shop = Town().open("acme", "Acme")
    given = shop.deployment.effective.said
    shop.deployment = Deployment(shop.deployment.links, Effective(given, kept=True), shop.deployment.keys, shop.clock)
    adopt(shop.deployment)
    shop.clock.at += timedelta(hours=1)
    came_back(shop, 1001, "damaged", "MUG")
    return shop


def quarantined(shop: Shop, version: str = "other") -> Policy:
    said = shop.deployment.effective.said[shop.merchant_id]
    return replace(said, version=version, places={**said.places, "damaged": Place("quarantine", "QUAR")})


def places() -> dict[str, str]:
    """Where the damaged unit of each order is to go."""
    return dict(
        rows(
            """
            SELECT o.number, x.payload->>'location' FROM effects x JOIN orders o ON o.id = x.order_id
            WHERE x.verb = 'put-away' AND x.standing <> 'moot'
            """
        )
    )


def two_come_back(shop: Shop) -> None:
    """Two units with the same damage in returns before and after a version for new ones; neither is put away yet."""
    before = begun(shop, 1003)
    change_policy(shop.deployment, shop.merchant_id, quarantined(shop), "new", "Jo", "more care")
    shop.clock.at += timedelta(hours=1)
    for one in (before, begun(shop, 1002)):
        one.received()
        one.inspected("damaged")


def begun(shop: Shop, number: int) -> Parcel:
    one = parcel(shop, number, "MUG")
    for word in ("started", "dropped_off", "approved"):
        one.said(word)
    shop.work()
    return one


def test_for_new_returns_open_ones_keep_the_version_they_began_under(shop: Shop) -> None:
    two_come_back(shop)
    replay_returns(shop.deployment, [name for (name,) in rows("SELECT id FROM returns")])
    assert places() == {"ACME-1001": "DAMAGED", "ACME-1003": "DAMAGED", "ACME-1002": "QUAR"}
    versions: dict[str, str] = dict(
        rows(
            """
            SELECT o.number, x.policy_version FROM effects x JOIN orders o ON o.id = x.order_id
            WHERE x.verb = 'put-away'
            """
        )
    )
    assert versions == {"ACME-1001": "test-policy", "ACME-1003": "test-policy", "ACME-1002": "other"}


def test_a_mapping_lies_over_every_version_that_counts_and_all_are_kept(shop: Shop) -> None:
    two_come_back(shop)
    mapped = ValueMapping("place", "damaged", "damaged:RACK", "BER1")
    map_values(shop.deployment, shop.merchant_id, [Change(mapped)], "Jo")
    assert places() == {"ACME-1001": "DAMAGED", "ACME-1003": "RACK", "ACME-1002": "RACK"}
    used = {version for (version,) in rows("SELECT policy_version FROM effects WHERE verb = 'put-away'")}
    assert used <= {version for (version,) in rows("SELECT version FROM policy_versions")}
    waits = "SELECT policy_version FROM effects WHERE verb = 'put-away' AND standing = 'waiting'"
    assert len({version for (version,) in rows(waits)}) == 2


def test_for_open_returns_they_are_decided_anew_at_once(shop: Shop) -> None:
    done = change_policy(shop.deployment, shop.merchant_id, quarantined(shop), "open", "Jo")
    assert (done.decided, done.left) == (1, 0)
    assert places() == {"ACME-1001": "QUAR"}


def test_what_was_attempted_stays_where_it_is(shop: Shop) -> None:
    shop.work()
    assert places() == {"ACME-1001": "DAMAGED"}
    change_policy(shop.deployment, shop.merchant_id, quarantined(shop), "open", "Jo")
    assert places() == {"ACME-1001": "DAMAGED"}


def test_another_program_takes_it_up_with_its_next_decision(shop: Shop) -> None:
    other = replace(shop.deployment, policies=Effective(dict(shop.deployment.policies), kept=True))
    other.renew()
    change_policy(shop.deployment, shop.merchant_id, quarantined(shop), "new", "Jo")
    assert other.policies[shop.merchant_id].places["damaged"].location == "DAMAGED"
    other.renew()
    assert other.policies[shop.merchant_id].places["damaged"].location == "QUAR"


def test_the_same_once_more_is_refused_and_every_version_is_kept(shop: Shop) -> None:
    change_policy(shop.deployment, shop.merchant_id, quarantined(shop), "new", "Jo", "more care")
    with pytest.raises(CannotChange, match="nothing changes"):
        change_policy(shop.deployment, shop.merchant_id, quarantined(shop), "new", "Jo")
    change_policy(shop.deployment, shop.merchant_id, quarantined(shop), "open", "Sam", "for all of them")
    kept = policies.versions_of(shop.merchant_id)
    assert [(one.author, one.note, one.applies_to) for one in kept] == [
        ("backhaul.toml", "", "open"), ("Jo", "more care", "new"), ("Sam", "for all of them", "open"),
    ]  # fmt: skip
    assert kept[1].policy == quarantined(shop)
    for statement in ("UPDATE said_policies SET note = 'x'", "DELETE FROM said_policies", "TRUNCATE said_policies"):
        with pytest.raises(Error), transaction.atomic():
            run(statement)


def test_what_the_configuration_says_is_a_version_when_it_says_something_else(db: object, tmp_path: Path) -> None:
    config = write_config(tmp_path / "backhaul.toml", 8000)
    first = build(read(config), MASTER)
    (merchant_id,) = first.policies
    build(read(config), MASTER)
    assert len(policies.versions_of(merchant_id)) == 1
    config.write_text(config.read_text() + '\n[merchants.acme.policy]\nsellable_on = "receipt"\n')
    second = build(read(config), MASTER)
    assert [one.applies_to for one in policies.versions_of(merchant_id)] == ["open", "open"]
    assert second.policies[merchant_id].sellable_on == "receipt"
    by_hand = replace(second.effective.said[merchant_id], version="x", sellable_on="inspection")
    change_policy(second, merchant_id, by_hand, "new", "Jo")
    third = build(read(config), MASTER)
    assert third.policies[merchant_id].sellable_on == "inspection"
    assert len(policies.versions_of(merchant_id)) == 3


def test_the_commands_list_show_compare_and_apply_after_a_look(
    db: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_config(tmp_path / "backhaul.toml", 8000)
    for name, value in {"BACKHAUL_MASTER_KEY": MASTER.hex(), "BACKHAUL_CONFIG": str(config)}.items():
        monkeypatch.setenv(name, value)
    new = tmp_path / "new.toml"
    new.write_text('sellable_on = "receipt"\n')

    def types(*words: str, exits: int = 0, answer: str = "") -> str:
        told = CliRunner().invoke(
            app, ["policy", *words, "--config", str(config)], input=answer, env={"COLUMNS": "200"}
        )
        assert told.exit_code == exits, told.output
        return told.stdout

    (first,) = [json.loads(line) for line in types("list", "--json").splitlines()]
    assert (first["author"], first["applies to"]) == ("backhaul.toml", "open")
    looked = types("apply", str(new), "--applies-to", "open", exits=1, answer="n\n")
    assert "sellable_on: inspection -> receipt" in looked
    assert "0 returns compared" in looked
    assert len(types("list", "--json").splitlines()) == 1
    assert "counts" in types("apply", str(new), "--applies-to", "open", "--note", "faster", answer="y\n")
    newest, _ = [json.loads(line) for line in types("list", "--json").splitlines()]
    assert (newest["author"], newest["note"], newest["applies to"]) == ("command line", "faster", "open")
    (differs,) = [json.loads(line) for line in types("diff", str(first["version"]), "--json").splitlines()]
    assert differs == {"choice": "sellable_on", "was": "inspection", "becomes": "receipt"}
    assert '"says": "receipt"' in types("show", str(newest["version"]), "--json")
    types("apply", str(new), "--applies-to", "open", "--yes", exits=2)
    types("apply", str(new), "--applies-to", "closed", "--yes", exits=2)
    types("show", "999", exits=2)
