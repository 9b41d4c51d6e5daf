"""The Tryton page shows settings that are settings, and all of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from backhaul.connectors.tryton import connector
from backhaul.connectors.tryton.settings import Site, TrytonSettings
from backhaul.domain.effects import Restock

PAGE = (Path(__file__).parents[2] / "docs/reference/tryton.md").read_text()


def test_every_setting_is_shown_with_its_default_and_is_one() -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    shown = tomllib.loads(block)
    assert set(shown) == set(TrytonSettings.model_fields)
    assert set(shown["sites"]["MAIN"]) == set(Site.model_fields)
    settings = TrytonSettings.model_validate(shown)
    needed = {name: shown[name] for name in ("url", "database", "key", "login", "password", "web_url")}
    assert settings == TrytonSettings.model_validate(needed)


def test_every_effect_has_a_line() -> None:
    verbs = {performs.effect.verb for performs in connector.performs} - {"look-up-order"}
    assert verbs == {verb for verb in verbs if f"`{verb}`" in PAGE}
    assert Restock.verb not in verbs
