"""The page on the demo's summary names every field there is, and no other."""

import re
from dataclasses import fields
from pathlib import Path

from backhaul.demo.summary import Summary

PAGE = Path(__file__).parents[2] / "docs/reference/demo-summary.md"


def test_the_page_names_every_field() -> None:
    rows = re.findall(r"^\| (`.*?) \|", PAGE.read_text(), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {"schema", "right", "currency", *(field.name for field in fields(Summary))}
