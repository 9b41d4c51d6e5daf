"""The product master connector keeps the contract."""

from backhaul.connectors.product_master import connector
from backhaul.connectors.product_master.messages import ProductMasterSettings
from backhaul.sdk.conformance import ReadingContract
from tests.contract.fixtures import examples


class TestProductMaster(ReadingContract):
    connector = connector
    settings = ProductMasterSettings.model_validate({"signature_secrets": ["what-it-signs-with"]})
    closed = ProductMasterSettings()
    examples = examples("product_master")
    unknown = (
        examples["products"].replace(b'"kind": "', b'"kind": "un'),
        examples["products-csv"].replace(b"title", b"colour"),
    )
    secrets = ("what-it-signs-with",)
