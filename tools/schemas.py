"""Writes the published JSON Schemas of the neutral messages; a test keeps them equal to the code."""

import json
from pathlib import Path
from typing import Any

from backhaul.connectors.neutral_money import messages as money
from backhaul.connectors.neutral_warehouse import messages as warehouse
from backhaul.connectors.patchworks import payloads as patchworks
from backhaul.connectors.product_master import messages as products

FOLDER = Path(__file__).parents[1] / "docs/reference"
SCHEMAS = {
    "neutral-money.schema.json": money.schema,
    "neutral-warehouse.schema.json": warehouse.schema,
    "neutral-announcement.schema.json": warehouse.announcement_schema,
    "patchworks-effect.schema.json": patchworks.schema,
    "product-master.schema.json": products.schema,
}


def text(content: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(content, indent=2) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, schema in SCHEMAS.items():
        (FOLDER / name).write_text(text(schema()), encoding="utf-8")
