"""Neutral money messages: what became of a refund, from whoever moves the money and has no connector yet."""

from backhaul.connectors.neutral_money.messages import KIND, NeutralMoneySettings
from backhaul.connectors.neutral_money.reader import read_money
from backhaul.sdk.connector import Connector, Reads

connector = Connector(
    name="neutral-money",
    settings=NeutralMoneySettings,
    reads=(Reads(KIND, read_money),),
    identify=lambda _message, _settings: KIND,
    signature=NeutralMoneySettings.signature,
)
