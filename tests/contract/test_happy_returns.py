"""The Happy Returns connector keeps the contract."""

from typing import ClassVar

from backhaul.connectors.happy_returns import connector
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.sdk.conformance import ReadingContract
from tests.contract.fixtures import examples

EVERY = examples("happy_returns")


class TestHappyReturns(ReadingContract):
    connector = connector
    settings = HappyReturnsSettings.model_validate(
        {"retailer_id": "modern-retailer", "signature_secrets": ["what-it-signs-with"], "api_key": "what-opens-it"}
    )
    closed = HappyReturnsSettings(retailer_id="modern-retailer")
    examples: ClassVar = {name: body for name, body in EVERY.items() if not name.startswith("unknown.")}
    unknown = tuple(body for name, body in EVERY.items() if name.startswith("unknown."))
    polled = frozenset({"return.polled", "outbound_shipment.polled"})
    secrets = ("what-it-signs-with", "what-opens-it")
