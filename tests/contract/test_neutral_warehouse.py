"""The neutral warehouse connector keeps the contract."""

from backhaul.connectors.neutral_warehouse import connector
from backhaul.connectors.neutral_warehouse.messages import NeutralWarehouseSettings
from backhaul.sdk.conformance import ReadingContract
from tests.contract.fixtures import examples


class TestNeutralWarehouse(ReadingContract):
    connector = connector
    settings = NeutralWarehouseSettings.model_validate({"signature_secrets": ["what-it-signs-with"]})
    closed = NeutralWarehouseSettings()
    examples = examples("neutral_warehouse")
    unknown = (examples["warehouse"].replace(b'"kind": "', b'"kind": "un'),)
    secrets = ("what-it-signs-with",)
