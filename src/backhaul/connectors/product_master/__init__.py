"""Product master: what a PIM knows of each SKU, by signed message or from CSV files in a folder."""

from backhaul.connectors.product_master.folder import EVERY, check, poll_folder
from backhaul.connectors.product_master.messages import CSV, KIND, ProductMasterSettings
from backhaul.connectors.product_master.reader import kind_of, read_catalogue, read_csv
from backhaul.sdk.connector import Connector, Polls, Reads

connector = Connector(
    name="product-master",
    settings=ProductMasterSettings,
    reads=(Reads(KIND, read_catalogue), Reads(CSV, read_csv)),
    identify=kind_of,
    signature=ProductMasterSettings.signature,
    file_kind=CSV,
    delivery_header="x-backhaul-delivery",
    polls=(Polls("folder", EVERY, poll_folder),),
    connect=lambda settings, _wire: settings,
    address=lambda _settings: "http://localhost",
    check=check,
)
