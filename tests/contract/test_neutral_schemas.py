"""The published JSON Schemas are the code's, and the examples keep them."""

import json
from typing import Any

import jsonschema
import pytest

from backhaul.connectors.neutral_money import connector as money
from backhaul.connectors.neutral_warehouse import connector as warehouse
from backhaul.connectors.product_master import connector as products
from backhaul.sdk.connector import Connector
from backhaul.sdk.messages import Message, problems_of, products_of, readings_of
from tests.contract.fixtures import examples
from tests.unit.connectors.told import NOW
from tools import schemas

CONNECTORS: dict[str, Connector] = {"neutral_money": money, "neutral_warehouse": warehouse, "product_master": products}
EXAMPLES = [(folder, name) for folder in CONNECTORS for name in examples(folder) if name != "products-csv"]


def published(folder: str) -> Any:
    """The schema file of a connector, checked for being a schema."""
    schema = json.loads((schemas.FOLDER / f"{folder.replace('_', '-')}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_a_published_schema_is_the_code_s(name: str) -> None:
    assert (schemas.FOLDER / name).read_text() == schemas.text(schemas.SCHEMAS[name]())


@pytest.mark.parametrize(("folder", "name"), EXAMPLES)
def test_an_example_keeps_the_schema_and_is_read(folder: str, name: str) -> None:
    body = examples(folder)[name]
    jsonschema.validate(json.loads(body), published(folder))
    connector = CONNECTORS[folder]
    told = connector.reads[0].read(Message("shop", body, NOW), connector.settings())
    assert products_of(told) or all(reading.facts for reading in readings_of(told))
    assert told
    assert not problems_of(told)


@pytest.mark.parametrize(("folder", "name"), EXAMPLES)
def test_the_schema_refuses_what_the_code_refuses(folder: str, name: str) -> None:
    content = json.loads(examples(folder)[name])
    for change in ({"colour": "red"}, {"message_id": ""}, {"sequence": -1}, {"kind": "other"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(content | change, published(folder))
