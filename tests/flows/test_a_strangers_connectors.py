"""Connectors that somebody else wrote are found, told of a return, and have their systems agree with it: each once."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from backhaul.flows.deployment import Deployment
from backhaul.flows.dispatch import dispatch
from backhaul.flows.interpret import interpret
from backhaul.flows.receive import NotTaken, admit
from backhaul.project.configuration import Configuration
from backhaul.project.connectors import connectors
from backhaul.project.deployment import adopt, build
from backhaul.sdk.wire import Wire
from backhaul.store import effects, inbox
from backhaul.store.browse.returns import Wanted, returns
from backhaul.store.sql import atomic
from tests.scaffold.packages import write
from tests.support.database import Database
from tests.support.house import MASTER, SECRET, START, Clock

KINDS = ("platform", "storefront", "erp")
SOLD = {
    "id": "1001",
    "currency": "USD",
    "lines": [
        {"id": "777", "sku": "SHIRT-M", "quantity": 1, "net_minor": 2000, "tax_minor": 160},
        {"id": "778", "sku": "MUG", "quantity": 1, "net_minor": 900, "tax_minor": 72},
    ],
}


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mapping[str, Path]]:
    """One package of three kinds, installed as an installer leaves them: sources on the path, and their promises."""
    written = {kind: write(tmp_path, f"acme-{kind}", kind) for kind in KINDS}
    for kind, package in written.items():
        left = package / "src" / f"acme_{kind}-1.0.dist-info"
        left.mkdir()
        (left / "METADATA").write_text(f"Metadata-Version: 2.1\nName: acme-{kind}\nVersion: 1.0\n")
        promise = f"acme-{kind} = acme_{kind}_backhaul:connector"
        (left / "entry_points.txt").write_text(f"[backhaul.connectors]\n{promise}\n")
    monkeypatch.setattr(sys, "path", [*sys.path, *(str(package / "src") for package in written.values())])
    connectors.cache_clear()
    yield MappingProxyType(written)
    connectors.cache_clear()
    for name in [name for name in sys.modules if name.startswith("acme_")]:
        del sys.modules[name]


class Town:
    """The deployment of a merchant who uses them, on stand-ins that come with the packages."""

    def __init__(self, packages: Mapping[str, Path]) -> None:
        self.clock = Clock()
        self.packages = packages
        self.stand_ins = {kind: _stand_in(package) for kind, package in packages.items()}
        self.wires: list[Wire] = []
        self.deployment = self._deployment()

    def _deployment(self) -> Deployment:
        tables = {
            f"acme-{kind}": {
                "connector": f"acme-{kind}",
                "go_live_at": START - timedelta(days=30),
                "settings": {
                    "base_url": "https://acme.example",
                    "token": "the-key-to-the-stand-in",
                    "signature_secrets": [SECRET],
                },
            }
            for kind in self.packages
        }
        merchant = {"title": "Acme", "timezone": "UTC", "connections": tables}
        configuration = Configuration.model_validate({"merchants": {"acme": merchant}})
        deployment = replace(build(configuration, MASTER, now=self.clock.now), wake=lambda _flow: None)
        adopt(deployment)
        for kind, stand_in in self.stand_ins.items():
            deployment.links[f"acme-{kind}"].wire = self._wired(stand_in)
        return deployment

    def _wired(self, stand_in: Any) -> Any:
        def make() -> Wire:
            self.wires.append(Wire("https://acme.example", transport=stand_in.transport()))
            return self.wires[-1]

        return make

    def hears(self, kind: str, body: bytes, *, signed: bool = True) -> NotTaken | None:
        """A message comes, and everybody works until there is nothing left to do."""
        link = self.deployment.links[f"acme-{kind}"]
        assert link.connector.signature is not None
        sign = link.connector.signature(link.settings)
        headers = {sign.header.lower(): sign.sign(body) if signed else "sha256=0"}
        admitted = admit(self.deployment, link.name, body, headers)
        if isinstance(admitted, NotTaken):
            return admitted
        with atomic():
            inbox.keep([admitted], self.deployment.keys)
        for _ in range(50):
            busy = interpret(self.deployment)
            for id_ in effects.due_connections(self.clock.now()):
                busy += dispatch(self.deployment, self.deployment.link(id_), "test", width=1)
            if not busy:
                return None
        raise AssertionError("it does not come to rest")

    def kept(self, kind: str, sort: str) -> list[dict[str, Any]]:
        return list(self.stand_ins[kind].records[sort].values())

    def close(self) -> None:
        for wire in self.wires:
            wire.close()


@pytest.fixture
def town(db: Database, packages: Mapping[str, Path]) -> Iterator[Town]:
    assert db.url
    built = Town(packages)
    built.stand_ins["erp"].keep("orders", SOLD)
    yield built
    built.close()


def _stand_in(package: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"acme_stand_in_{package.name}", package / "tests/stand_in.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.StandIn()


def fixture(package: Path, name: str) -> bytes:
    return (package / "tests/fixtures" / f"{name}.json").read_bytes()


def test_a_return_is_authorised_and_its_refund_credited_once_by_connectors_of_a_strangers(town: Town) -> None:
    told, paid = fixture(town.packages["platform"], "return"), fixture(town.packages["storefront"], "refund")
    for _ in range(2):
        town.hears("platform", told)
        town.hears("storefront", paid)
    (found,) = returns(next(iter(town.deployment.policies)), Wanted("1001"), size=9).rows
    assert found.label == "RET0001"
    (note,) = town.kept("erp", "credit-notes")
    assert (note["total_minor"], note["currency"], note["state"]) == (2160, "USD", "posted")
    authorisations = town.kept("erp", "authorisations")
    assert sorted(line["sku"] for one in authorisations for line in one["lines"]) == ["MUG", "SHIRT-M"]
    assert note["authorisation"] in {one["id"] for one in authorisations}
    opened = town.kept("storefront", "returns")
    assert sorted(line["id"] for one in opened for line in one["lines"]) == ["777", "778"]


def test_the_shoppers_order_shows_how_far_it_is(town: Town) -> None:
    told = json.loads(fixture(town.packages["platform"], "return"))
    town.hears("platform", json.dumps(told).encode())
    (mark,) = town.kept("storefront", "marks")
    assert (mark["goods"], mark["money"]) == ("started", "approved")
    town.hears("storefront", fixture(town.packages["storefront"], "refund"))
    told["items"][1]["state"], told["changed_at"] = "called-off", "2026-11-03T13:00:00Z"
    town.hears("platform", json.dumps(told).encode())
    (mark,) = town.kept("storefront", "marks")
    assert (mark["goods"], mark["money"]) == ("dropped-off", "refunded")


def test_what_is_not_signed_is_not_taken(town: Town) -> None:
    refused = town.hears("platform", fixture(town.packages["platform"], "return"), signed=False)
    assert isinstance(refused, NotTaken)
    assert refused.code == 401


def test_a_unit_that_is_handed_in_later_is_not_authorised_again(town: Town) -> None:
    told = json.loads(fixture(town.packages["platform"], "return"))
    town.hears("platform", json.dumps(told).encode())
    before = town.kept("erp", "authorisations")
    told["items"][1]["state"], told["changed_at"] = "dropped-off", "2026-11-03T13:00:00Z"
    town.hears("platform", json.dumps(told).encode())
    assert town.kept("erp", "authorisations") == before
