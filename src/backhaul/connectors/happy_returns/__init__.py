"""Happy Returns: its webhooks and polled records become facts; it is told to pay or what was found only by policy."""

from datetime import timedelta

from backhaul.connectors.happy_returns.api import HappyReturns
from backhaul.connectors.happy_returns.mapped import maps
from backhaul.connectors.happy_returns.poll import (
    RETURNS_EVERY,
    SHIPMENTS_EVERY,
    poll_returns,
    poll_shipments,
    sweep_seconds,
)
from backhaul.connectors.happy_returns.reader import (
    LABEL_UPDATE,
    OUTBOUND_ASN,
    POLLED_RETURN,
    POLLED_SHIPMENT,
    RETURN_ASN,
    identify,
    read_label_update,
    read_polled_return,
    read_return_asn,
)
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.connectors.happy_returns.shipments import read_outbound_asn, read_polled_shipment
from backhaul.connectors.happy_returns.writes import (
    SEEN_AFTER_S,
    approve,
    approves,
    find_approval,
    find_report,
    report,
    reports,
)
from backhaul.domain.effects import ApproveRefund, ReportContents
from backhaul.sdk.connector import Connector, Performs, Polls, Reads
from backhaul.sdk.messages import Unreadable
from backhaul.sdk.outcomes import WireError


def _check(system: HappyReturns) -> tuple[str, ...]:
    problems = []
    if not system.settings.signature_secrets:
        problems.append("signature_secrets is empty: every webhook is refused; copy the secret from Happy Returns")
    if not system.has_key:
        problems.append("api_key is not set: nothing can be polled, so a lost webhook stays lost")
        return tuple(problems)
    try:
        system.ping()
    except (WireError, Unreadable) as error:
        problems.append(f"Happy Returns does not answer: {error}; check base_url and api_key")
    return tuple(problems)


def _about(settings: HappyReturnsSettings, open_returns: int) -> tuple[str, ...]:
    seconds = sweep_seconds(open_returns, settings.requests_per_second)
    return (f"asking about all {open_returns} open returns once takes {timedelta(seconds=round(seconds))}",)


connector = Connector(
    name="happy-returns",
    settings=HappyReturnsSettings,
    reads=(
        Reads(RETURN_ASN, read_return_asn),
        Reads(LABEL_UPDATE, read_label_update),
        Reads(OUTBOUND_ASN, read_outbound_asn),
        Reads(POLLED_RETURN, read_polled_return),
        Reads(POLLED_SHIPMENT, read_polled_shipment),
    ),
    identify=identify,
    signature=HappyReturnsSettings.signature,
    performs=(
        Performs(
            ApproveRefund,
            find_approval,
            approve,
            "happyReturnsItemID",
            visible_after_s=SEEN_AFTER_S,
            offered=approves,
            irrevocable=True,
        ),
        Performs(
            ReportContents,
            find_report,
            report,
            "happyReturnsItemID",
            offered=reports,
        ),
    ),
    polls=(
        Polls("open-returns", RETURNS_EVERY, poll_returns),
        Polls("outbound-shipments", SHIPMENTS_EVERY, poll_shipments),
    ),
    connect=HappyReturns,
    check=_check,
    about=_about,
    maps=maps,
)
