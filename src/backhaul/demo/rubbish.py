"""Scenario 7: what no sender should send. Each is answered as documented, and what was signed is kept."""

from __future__ import annotations

from collections.abc import Iterator

from backhaul.demo.actors import Sender
from backhaul.demo.witness import Witness

_TOO_LARGE = 1_048_577


def send_rubbish(sender: Sender) -> Iterator[Witness]:
    """Send it all; whether each was answered as it must be."""
    signed = "X-Hr-Signature"
    answers = (
        ("a bad signature is refused (401)", 401, sender.post_raw("happy-returns", b"{}", signed, "0" * 64)),
        ("an unknown connection is refused (404)", 404, sender.post_raw("nowhere", b"{}")),
        ("more than 1 MiB is refused (413)", 413, sender.post_raw("money", b" " * _TOO_LARGE)),
        ("a signed body that is not JSON is kept (202)", 202, sender.post_raw("happy-returns", b"\x00{", signed)),
        (
            "an unknown event is kept (202)",
            202,
            sender.post_raw("happy-returns", b'{"event": "return_teleported", "typeID": "beamed"}', signed),
        ),
    )
    for what, must, code in answers:
        yield Witness(what, code == must, f"answered {code}")
