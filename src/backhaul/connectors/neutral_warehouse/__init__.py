"""Neutral warehouse messages: what arrived and in what condition comes in, what should arrive goes out."""

from backhaul.connectors.neutral_warehouse.announcing import Receiver, announce, find_announcement
from backhaul.connectors.neutral_warehouse.messages import KIND, NeutralWarehouseSettings
from backhaul.connectors.neutral_warehouse.reader import read_warehouse
from backhaul.domain.effects import AnnounceReturn
from backhaul.sdk.connector import Connector, Performs, Reads

connector = Connector(
    name="neutral-warehouse",
    settings=NeutralWarehouseSettings,
    reads=(Reads(KIND, read_warehouse),),
    identify=lambda _message, _settings: KIND,
    signature=NeutralWarehouseSettings.signature,
    performs=(
        Performs(
            AnnounceReturn,
            find_announcement,
            announce,
            key_field="message_id",
            offered=NeutralWarehouseSettings.announces,
        ),
    ),
    connect=Receiver,
    address=NeutralWarehouseSettings.address,
)
