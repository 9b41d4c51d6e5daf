"""Neutral warehouse messages: what arrived and in what condition, from a warehouse that has no connector yet."""

from backhaul.connectors.neutral_warehouse.messages import KIND, NeutralWarehouseSettings
from backhaul.connectors.neutral_warehouse.reader import read_warehouse
from backhaul.sdk.connector import Connector, Reads

connector = Connector(
    name="neutral-warehouse",
    settings=NeutralWarehouseSettings,
    reads=(Reads(KIND, read_warehouse),),
    identify=lambda _message, _settings: KIND,
    signature=NeutralWarehouseSettings.signature,
)
