"""Names in Tryton that are mapped and not written into the settings: sites, ways of paying, accounts, conditions."""

from __future__ import annotations

from collections.abc import Sequence

from backhaul.connectors.tryton.settings import TrytonSettings
from backhaul.domain.facts import DISPOSITIONS
from backhaul.domain.mappings import BOOKED, ValueMapping
from backhaul.sdk.connector import Maps

KINDS = ("location", "tender", "account", "word")
_CONDITION = "condition:"


def lay_over(settings: TrytonSettings, mappings: Sequence[ValueMapping]) -> TrytonSettings:
    """The settings with these mappings laid over; a word that is no location's condition is another system's.

    A site that is mapped to one of ours is that one also where a document was to be made for it before it was mapped.
    """
    of: dict[str, dict[str, str]] = {
        kind: {one.value: one.target for one in mappings if one.kind == kind} for kind in KINDS
    }
    words = {word: means.removeprefix(_CONDITION) for word, means in of["word"].items() if means.startswith(_CONDITION)}
    sites = {name: settings.sites[ours] for name, ours in of["location"].items() if ours in settings.sites}
    accounts = {f"{booked}_account": of["account"][booked] for booked in BOOKED if booked in of["account"]}
    return settings.model_copy(
        update={
            "sites": {**settings.sites, **{name: site for name, site in sites.items() if name not in settings.sites}},
            "payment_methods": {**settings.payment_methods, **of["tender"]},
            "dispositions": {**settings.dispositions, **words},
            **accounts,
        }
    )


def targets(settings: TrytonSettings, kind: str) -> tuple[str, ...]:
    """The names that the settings use already."""
    match kind:
        case "location":
            return tuple(settings.sites)
        case "tender":
            return tuple(dict.fromkeys(settings.payment_methods.values()))
        case "account":
            return (settings.fee_account, settings.difference_account)
        case "word":
            return tuple(_CONDITION + word for word in DISPOSITIONS) if settings.reads_receipts else ()
        case _:
            return ()


def values(settings: TrytonSettings, kind: str) -> tuple[str, ...] | None:
    """The sites and tenders that the settings lead somewhere."""
    return {"location": tuple(settings.sites), "tender": tuple(settings.payment_methods)}.get(kind)


maps = Maps(KINDS, lay_over, targets, values)
