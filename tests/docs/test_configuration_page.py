"""Every key of the configuration is on its page, and every page that is linked to is there."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from backhaul.domain.policy import DEFAULT_OWNERS
from backhaul.project.configuration import (
    Configuration,
    ConnectionTable,
    MerchantTable,
    PolicyTable,
    SiteTable,
    TimesTable,
)
from backhaul.project.policies import lint, policy_of

ROOT = Path(__file__).parents[2]
PAGES = sorted({ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")})


@pytest.mark.parametrize("table", [SiteTable, TimesTable, MerchantTable, PolicyTable, ConnectionTable])
def test_every_key_is_on_the_page(table: type[SiteTable]) -> None:
    page = (ROOT / "docs/reference/configuration.md").read_text()
    hidden = {"policy", "connections", "settings", "times"}  # these are headings of their own
    assert [key for key in table.model_fields if key not in hidden and f"`{key}`" not in page] == []


def test_the_template_is_a_configuration_and_its_policy_has_no_gap() -> None:
    text = files("backhaul.cli").joinpath("backhaul.toml.template").read_text(encoding="utf-8")
    configuration = Configuration.model_validate(tomllib.loads(text))
    for name, merchant in configuration.merchants.items():
        assert lint(policy_of(name, merchant)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_the_toml_shown_for_connections_is_a_configuration() -> None:
    page = (ROOT / "docs/how-to/connect.md").read_text()
    shown = re.findall(r"^ *```toml\n(.*?)^ *```", page, re.DOTALL | re.MULTILINE)
    assert shown
    for block in shown:
        Configuration.model_validate(tomllib.loads(block))


def test_every_kind_of_exception_is_on_its_page_with_its_owner_and_is_raised_somewhere() -> None:
    page = (ROOT / "docs/reference/exceptions.md").read_text()
    shown = dict(re.findall(r"^\| `([a-z:-]+)` \| ([a-z-]+) \|", page, re.MULTILINE))
    assert shown == dict(DEFAULT_OWNERS)
    source = "".join(path.read_text() for path in (ROOT / "src/backhaul").rglob("*.py") if path.name != "policy.py")
    assert [kind for kind in shown if f'"{kind.partition(":")[0]}"' not in source] == []
