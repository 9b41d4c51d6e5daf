"""What a connector lacks before it can be used: what its parts say of each other, found without any system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from backhaul.domain.mappings import KINDS
from backhaul.sdk.connector import Connector

_SECRET_WORDS = ("secret", "token", "password", "api_key", "private_key")
_ADDRESS = next(one.default for one in fields(Connector) if one.name == "address")


def lacking(connector: Connector) -> Iterator[str]:
    """One sentence for each thing that is missing, with what to do. None for a connector that can be used."""
    if not connector.reads and not connector.performs:
        yield "it reads nothing and does nothing: give it reads or performs"
    yield from _of_reading(connector)
    yield from _of_doing(connector)
    yield from _of_settings(connector)
    for kind in connector.maps.kinds if connector.maps is not None else ():
        if kind not in KINDS:
            yield f"maps names the kind {kind!r}: it is one of {', '.join(KINDS)}"


def _of_reading(connector: Connector) -> Iterator[str]:
    kinds = [reads.kind for reads in connector.reads]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        yield f"two readers read {kind!r}: give each kind of message one"
    if kinds and connector.identify is None and not connector.polls and not connector.file_kind:
        yield "it has readers and no message comes to them: give it signature and identify, or polls"
    if connector.identify is not None and connector.signature is None:
        yield "it receives messages and cannot tell who sent them: give it a signature"
    if connector.signature is not None and connector.identify is None:
        yield "it checks a signature and cannot name the kind of what is signed: give it identify"
    if connector.identify is not None and not kinds:
        yield "it receives messages and reads none: give it reads"
    if connector.file_kind and connector.file_kind not in kinds:
        yield f"file_kind is {connector.file_kind!r}, which none of its readers reads"


def _of_doing(connector: Connector) -> Iterator[str]:
    if connector.connect is None and (connector.performs or connector.polls):
        yield "it has something to do or to ask and cannot connect: give it connect"
    done = [performs.effect for performs in connector.performs]
    for verb in sorted({effect.verb for effect in done if done.count(effect) > 1}):
        yield f"two pairs do {verb}: leave one"
    for performs in connector.performs:
        if not performs.key_field.strip():
            yield f"the pair for {performs.effect.verb} does not say which field carries our key: give it key_field"


def _of_settings(connector: Connector) -> Iterator[str]:
    known = connector.settings.model_fields
    if connector.connect is not None and connector.address is _ADDRESS and "base_url" not in known:
        yield "its settings have no base_url: add one, or say by address where its system is"
    for name, setting in known.items():
        if any(word in name for word in _SECRET_WORDS) and setting.annotation in (str, str | None):
            yield f"the setting {name} is plain text and sounds like a secret: make it a SecretStr"
