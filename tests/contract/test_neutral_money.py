"""The neutral money connector keeps the contract."""

from backhaul.connectors.neutral_money import connector
from backhaul.connectors.neutral_money.messages import NeutralMoneySettings
from backhaul.sdk.conformance import ReadingContract
from tests.contract.fixtures import examples


class TestNeutralMoney(ReadingContract):
    connector = connector
    settings = NeutralMoneySettings.model_validate({"signature_secrets": ["what-it-signs-with"]})
    closed = NeutralMoneySettings()
    examples = examples("neutral_money")
    unknown = (examples["money"].replace(b'"kind": "', b'"kind": "un'),)
    secrets = ("what-it-signs-with",)
