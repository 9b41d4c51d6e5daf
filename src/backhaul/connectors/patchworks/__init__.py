"""Patchworks: its flows do effects in systems that it already connects; what its failed runs left is owned."""

from collections.abc import Callable

from backhaul.connectors.patchworks.acts import SEEN_AFTER_S, find_run, start_run
from backhaul.connectors.patchworks.checks import check
from backhaul.connectors.patchworks.client import Patchworks
from backhaul.connectors.patchworks.companion import EVERY, KIND, poll_failed_runs
from backhaul.connectors.patchworks.payloads import KEY_FIELD, OFFERED
from backhaul.connectors.patchworks.reader import read_failed_run
from backhaul.connectors.patchworks.replaying import look_again, start_again
from backhaul.connectors.patchworks.settings import PatchworksSettings
from backhaul.domain.effects import ApproveRefund, Effect
from backhaul.sdk.connector import Connector, Performs, Polls, Reads, Replays


def _offers(verb: str) -> Callable[[PatchworksSettings], bool]:
    return lambda settings: verb in settings.flows


def _performs(kind: type[Effect]) -> Performs:
    return Performs(
        kind,
        find_run,
        start_run,
        key_field=f"{KEY_FIELD} in the payload of a run",
        visible_after_s=SEEN_AFTER_S,
        offered=_offers(kind.verb),
        irrevocable=kind is ApproveRefund,
    )


connector = Connector(
    name="patchworks",
    settings=PatchworksSettings,
    reads=(Reads(KIND, read_failed_run),),
    performs=tuple(_performs(kind) for kind in OFFERED),
    polls=(Polls("failed-runs", EVERY, poll_failed_runs),),
    connect=Patchworks,
    address=lambda settings: str(settings.core_url),
    check=check,
    replays=Replays(start_again, look_again),
)
