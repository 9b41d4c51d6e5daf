"""What a connector lacks is said before anything is sent to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backhaul.connectors.shopify import connector as whole
from backhaul.sdk.connector import Connector, Maps, Reads, Settings
from backhaul.sdk.lacking import lacking


class Careless(Settings):
    base_url: str
    api_token: str
    public_key: str


class Placeless(Settings):
    host: str


LACKS: dict[str, tuple[Connector, str]] = {
    "nothing at all": (Connector("bare", Settings), "it reads nothing and does nothing"),
    "a way in": (
        replace(whole, polls=(), identify=None, signature=None),
        "it has readers and no message comes to them",
    ),
    "a signature": (replace(whole, signature=None), "cannot tell who sent them"),
    "names of kinds": (replace(whole, identify=None), "cannot name the kind of what is signed"),
    "readers": (replace(whole, reads=()), "it receives messages and reads none"),
    "one reader for each": (replace(whole, reads=(*whole.reads, whole.reads[0])), "two readers read 'order-news'"),
    "a reader of its files": (replace(whole, file_kind="sheet"), "file_kind is 'sheet', which none of its readers"),
    "a connection": (replace(whole, connect=None), "cannot connect: give it connect"),
    "one pair for each": (replace(whole, performs=(*whole.performs, whole.performs[0])), "two pairs do look-up-order"),
    "a field for our key": (
        replace(whole, performs=(replace(whole.performs[0], key_field=" "),)),
        "the pair for look-up-order does not say which field carries our key",
    ),
    "an address": (
        Connector("x", Placeless, performs=whole.performs[:1], connect=lambda *_: None),
        "its settings have no base_url",
    ),
    "secrecy": (
        Connector("x", Careless, performs=whole.performs[:1], connect=lambda *_: None),
        "the setting api_token is plain text and sounds like a secret",
    ),
    "kinds of mappings": (
        replace(whole, maps=Maps(("colour",), lambda settings, _: settings, lambda *_: ())),
        "maps names the kind 'colour'",
    ),
}


@pytest.mark.parametrize("what", LACKS)
def test_each_thing_that_is_missing_is_one_sentence(what: str) -> None:
    connector, sentence = LACKS[what]
    (said,) = lacking(connector)
    assert sentence in said


def test_one_that_only_takes_files_by_hand_lacks_nothing() -> None:
    def read(*_: Any) -> tuple[()]:
        return ()

    assert list(lacking(Connector("sheet", Settings, reads=(Reads("sheet", read),), file_kind="sheet"))) == []
