"""The Medusa page shows settings that are settings, and all of them; what it says a thing costs is what it costs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from backhaul.connectors.medusa import connector
from backhaul.connectors.medusa.settings import MedusaSettings
from backhaul.connectors.medusa.stock import FIELD
from backhaul.domain.policy import Policy

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/medusa.md").read_text()


def test_every_setting_is_shown_with_its_default_and_is_one() -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    shown = tomllib.loads(block)
    assert set(shown) == set(MedusaSettings.model_fields)
    chosen = ("base_url", "key", "return_location", "signature_secrets", "admin_url", "locations", "reasons", "tenders")
    needed = {name: shown[name] for name in chosen}
    assert MedusaSettings.model_validate(shown) == MedusaSettings.model_validate(needed)


def test_every_effect_has_a_line_with_the_field_that_carries_its_key() -> None:
    lines = {verb: line for line in PAGE.splitlines() if (verb := line.removeprefix("| `").partition("`")[0])}
    for performs in connector.performs:
        assert performs.effect.verb in lines
    assert FIELD in lines["flush-storefront-stock"]


def test_the_subscriber_that_is_to_be_copied_is_there() -> None:
    (path,) = re.findall(r"`(src/backhaul/sandbox/medusa/app/\S+\.ts)`", PAGE)
    text = (ROOT / path).read_text()
    assert all(name in text for name in ("BACKHAUL_WEBHOOK_URL", "BACKHAUL_WEBHOOK_SECRET"))


def test_a_stock_that_differs_is_the_warehouses() -> None:
    assert Policy("v").owner("stock-differs") == "warehouse"
