"""The Patchworks connector keeps the contracts: doing effects by flows over the stand-in, and reading failed runs."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import ClassVar

import httpx

from backhaul.connectors.patchworks import connector
from backhaul.connectors.patchworks.companion import KIND
from backhaul.connectors.patchworks.payloads import BY_VERB, KEY_FIELD
from backhaul.connectors.patchworks.settings import PatchworksSettings
from backhaul.domain import effects as e
from backhaul.sandbox.patchworks import Flow, StandIn
from backhaul.sdk.conformance import PerformingContract, Play, PolledContract
from tests.contract.fixtures import examples
from tests.contract.test_neutral_warehouse import announced_and_changed
from tests.support.patchworks import Line, settings_of

FLOWS = {verb: {"flow": number} for number, verb in enumerate(BY_VERB, 1)}
_numbers = itertools.count(1)


def everything(do: Play) -> None:
    """One of each sort of effect that a flow can be given, of one return."""
    number = str(next(_numbers))
    return_id, order = f"r{number}", f"SHOP-{number}"
    line = e.DocumentLine("11", "MUG", (f"{return_id}/11-0",), 1000, 80)
    opened = e.OpenReturnAuthorisation(return_id, order, f"HR{number}", (line,))
    do(opened)
    do(e.ReceiveReturn(return_id, order, e.key(opened), "MAIN", (line,)))
    do(e.PutAway(return_id, order, "MAIN", "damaged", "DAMAGED", (line,)))
    do(e.FlushStock(f"MAIN-{number}", "MAIN", (e.FlushMember(f"restock:{number}", line.units[0], "MUG", "STO"),)))
    note = e.IssueCreditNote(return_id, order, e.key(opened), f"HR{number}", f"re-{number}", "USD", (line,), 0, 0, 1080)
    do(note)
    do(e.RecordRefund(return_id, order, e.key(note), note.refund, "USD", 1080, "original"))
    do(e.CorrectCreditNote(return_id, order, e.key(note), note.label, note.refund, "USD", 50))
    exchange = e.CreateExchangeOrder(return_id, order, f"ex-{number}", note.label, "MUG", 1, "USD", 1000, 80, (line,))
    do(exchange)
    do(e.CancelExchangeOrder(return_id, order, e.key(exchange), exchange.exchange))
    do(e.ApproveRefund(return_id, order, f"HR{number}", "i-1", "u-1", "sellable", "ann", "by mail", 1080, "USD"))
    do(e.ReportContents(return_id, order, "i-1", "HR2", "sellable"))
    do(e.CloseReturnAuthorisation(return_id, order, e.key(opened)))
    do(e.CancelReturnAuthorisation(return_id, order, e.key(opened)))
    announced_and_changed(do)


class TestPatchworks(PerformingContract):
    connector = connector
    secrets = ("sandbox-key",)

    def world(self) -> StandIn:
        if not hasattr(self, "_world"):
            flows = [Flow(table["flow"]) for table in FLOWS.values()]
            self._world = StandIn(flows, start_at=datetime.now(UTC), per_minute=10**6)
        return self._world

    def settings(self) -> PatchworksSettings:
        return settings_of(flows=FLOWS, requests_per_minute=10_000)

    def transport(self) -> httpx.BaseTransport:
        return Line(self.world())

    def story(self, do: Play) -> None:
        everything(do)

    def documents(self, task_key: str) -> int:
        return sum(json.loads(body)[KEY_FIELD] == task_key for body in self.world().runs.bodies())


class TestFailedRuns(PolledContract):
    connector = connector
    settings = settings_of(
        watch={"9": {"objects": "/orders", "name": "/number", "value": "/total", "currency": "/currency"}, "*": {}}
    )
    polled = frozenset({KIND})
    examples: ClassVar = examples("patchworks")
