"""Posts what should arrive to the warehouse's address, signed; our key is the message's id there."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

import httpx

from backhaul.connectors.neutral_warehouse.messages import NeutralWarehouseSettings
from backhaul.sdk.outcomes import Absent, CannotLook, Done, Found, Outcome, Refused, Rejected, Task
from backhaul.sdk.warehouse import announcement_of
from backhaul.sdk.wire import Wire

_NOT_THERE = 404


@dataclass(frozen=True, slots=True)
class Receiver:
    """The warehouse's end of the connection."""

    settings: NeutralWarehouseSettings
    wire: Wire = field(repr=False)

    def close(self) -> None:
        self.wire.close()


def find_announcement(task: Task, receiver: Receiver) -> Found:
    """Asks where there is somebody to ask. One that takes the same message once needs no asking: it is sent again."""
    settings = receiver.settings
    if settings.lookup_url is None:
        if settings.receiver_dedupes:
            return Absent()
        raise CannotLook("the warehouse cannot be asked what it took and does not tell the same message from another")
    url = httpx.URL(settings.lookup_url)
    try:
        receiver.wire.get(f"{url.path.rstrip('/')}/{quote(task.key, safe='')}", params=dict(url.params) or None)
    except Rejected as error:
        if error.status_code == _NOT_THERE:
            return Absent()
        raise
    return Done(task.key)


def announce(task: Task, receiver: Receiver, _found: Found) -> Outcome:
    """One POST; a 2xx means that the warehouse has it."""
    settings = receiver.settings
    url, signature = httpx.URL(settings.announce_url or ""), settings.outgoing()
    body = announcement_of(task).body()
    answer = receiver.wire.post(
        url.path,
        body,
        params=dict(url.params) or None,
        headers={
            "Content-Type": "application/json",
            "Idempotency-Key": task.key,
            signature.header: signature.sign(body),
        },
    )
    if answer.status_code >= 300:
        where = f"{receiver.wire.base_url}{url.path}"
        return Refused(f"{where} answered {answer.status_code}: give the address it leads to as announce_url")
    return Done(task.key)
