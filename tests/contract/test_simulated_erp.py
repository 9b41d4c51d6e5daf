"""The simulation's ERP keeps the contract of every connector, and the contract notices one that does not."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from backhaul.domain import effects as e
from backhaul.sdk.conformance import PerformingContract, Play
from backhaul.sdk.connector import Connector, Performs
from backhaul.sdk.outcomes import Absent, Done, Found, Outcome, Partial, Task
from backhaul.simulation.erp import Books, ErpSettings, connector_with
from backhaul.simulation.erp.server import TOKEN, answer
from tests.support.one_return import whole_return, withdrawn_return

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
SALE = {
    "currency": "USD", "sold_at": NOW.isoformat(),
    "lines": [
        {
            "id": "11", "sku": "MUG", "quantity": 2, "net_minor": 2000, "tax_minor": 200, "cost_minor": 400,
            "shown_as": ["11"], "parts": [],
        },
    ],
}  # fmt: skip


class Contract(PerformingContract):
    """Each instance has books of its own."""

    connector = connector_with()
    secrets = (TOKEN,)

    def books(self) -> Books:
        if not hasattr(self, "_books"):
            self._books = Books(lambda: NOW, sales={f"{n}": {"number": f"{n}", **SALE} for n in range(9)})
            self._numbers = itertools.count()
        return self._books

    def settings(self) -> ErpSettings:
        return ErpSettings(token=SecretStr(TOKEN))

    def transport(self) -> httpx.BaseTransport:
        return httpx.MockTransport(lambda request: streamed(answer(self.books(), request)))

    def story(self, do: Play) -> None:
        self.books()
        whole_return(do, f"R{next(self._numbers)}", f"{next(self._numbers)}")
        withdrawn_return(do, f"R{next(self._numbers)}", f"{next(self._numbers)}")

    def documents(self, task_key: str) -> int | None:
        verb = task_key.split(":", maxsplit=1)[0]
        if verb in ("look-up-order", "close-return-authorisation", "cancel-return-authorisation"):
            return None
        return sum(one.reference == task_key and one.state != "draft" for one in self.books().documents.values())


def streamed(response: httpx.Response) -> httpx.Response:
    return httpx.Response(response.status_code, stream=httpx.ByteStream(response.content))


class TestSimulatedErp(Contract):
    """The whole contract."""


def with_pair(connector: Connector, kind: type[e.Effect], **change: Any) -> Connector:
    """The connector with one pair spoilt."""
    return replace(
        connector,
        performs=tuple(replace(one, **change) if one.effect is kind else one for one in connector.performs),
    )


def blind(_task: Task, _system: Any) -> Found:
    return Absent()


def hasty(task: Task, system: Any) -> Found:
    """Says done for what was only begun."""
    found = performer(type(task.effect)).find(task, system)
    return Done(found.reference) if isinstance(found, Partial) else found


def afresh(task: Task, system: Any, _found: Found) -> Outcome:
    """Never resumes."""
    return performer(type(task.effect)).do(task, system, Absent())


def performer(kind: type[e.Effect]) -> Performs:
    found = connector_with().performer(kind)
    assert found is not None
    return found


DOCUMENTS = (
    e.OpenReturnAuthorisation, e.ReceiveReturn, e.PutAway, e.FlushStock, e.IssueCreditNote, e.CorrectCreditNote,
    e.RecordRefund,
)  # fmt: skip
ENDINGS = (e.CloseReturnAuthorisation, e.CancelReturnAuthorisation)


def verdicts(connector: Connector) -> list[str]:
    """Which tests of the contract fail for it."""
    failed = []
    for name in [name for name in dir(PerformingContract) if name.startswith("test_")]:
        contract = Contract()
        contract.connector = connector  # type: ignore[misc]
        try:
            getattr(contract, name)()
        except AssertionError:
            failed.append(name)
        except Exception as error:  # noqa: BLE001  what it breaks by is the connector's own affair
            failed.append(f"{name}: {error!r}")
    return failed


@pytest.mark.parametrize("kind", [*DOCUMENTS, *ENDINGS])
def test_a_find_that_sees_nothing_is_noticed(kind: type[e.Effect]) -> None:
    assert verdicts(with_pair(connector_with(), kind, find=blind))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_find_that_takes_the_begun_for_done_is_noticed(kind: type[e.Effect]) -> None:
    assert verdicts(with_pair(connector_with(), kind, find=hasty))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_do_that_begins_anew_instead_of_resuming_is_noticed(kind: type[e.Effect]) -> None:
    assert verdicts(with_pair(connector_with(), kind, do=afresh))


def test_a_secret_in_an_error_is_noticed() -> None:
    def tell(task: Task, system: Any, _found: Found) -> Outcome:
        raise AssertionError(f"cannot do {task.key} with {TOKEN}")

    assert verdicts(with_pair(connector_with(), e.LookUpOrder, do=tell))


def test_a_sound_connector_is_not_accused() -> None:
    assert verdicts(connector_with()) == []
