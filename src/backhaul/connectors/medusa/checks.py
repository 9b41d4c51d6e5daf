"""Tries a connection: the shop answers to the key, places and reasons exist, events come signed."""

from __future__ import annotations

from backhaul.connectors.medusa.client import Medusa
from backhaul.sdk.outcomes import WireError


def check(system: Medusa) -> tuple[str, ...]:
    """One line per problem, none where all is well. Medusa does not say its version to a key."""
    settings = system.settings
    problems = []
    if not settings.signature_secrets:
        problems.append(
            "signature_secrets is empty: every event is refused; set the one of the shop's forwarding subscriber"
        )
    try:
        places = {one["id"] for one in system.get("/stock-locations", fields="id,name", limit=500)["stock_locations"]}
        named = {"return_location": settings.return_location}
        named |= {f"locations.{name}": id_ for name, id_ in settings.locations.items()}
        problems += [f"{name} is {id_}, which the shop has not" for name, id_ in named.items() if id_ not in places]
        reasons = {one["value"] for one in system.get("/return-reasons", limit=200)["return_reasons"]}
        problems += [
            f"reasons.{name} is {value}, and the shop has no such return reason"
            for name, value in settings.reasons.items()
            if value not in reasons
        ]
    except WireError as error:
        problems.append(f"Medusa does not answer: {error}; check base_url and key")
    return tuple(problems)
