"""Objects that a flow of another system left behind: each an operational exception, at the return that it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from backhaul.domain.money import Money
from backhaul.flows.deployment import Deployment, Link
from backhaul.sdk.messages import Stranded
from backhaul.store import exceptions, registry, replays
from backhaul.store.exceptions import STRANDED, Opening

MOST = 500
_ABOUT_MOST = 200
_REST = "stranded-rest"


def key_of(link: Link, one: Stranded) -> str:
    """The key of the exception about an object."""
    return f"{_prefix(link)}{one.key}"


def object_of(link: Link, exception_key: str) -> str | None:
    """The object's key, None where the exception is about more than one."""
    return exception_key.removeprefix(_prefix(link)) if exception_key.startswith(_prefix(link)) else None


def about_of(one: Stranded) -> str:
    """What people know it by, as far as an exception has room for it."""
    return one.about[:_ABOUT_MOST]


def homes(merchant_id: int, stranded: Sequence[Stranded]) -> dict[str, str]:
    """The return of each order that they name and that exactly one return speaks of."""
    numbers = {one.order for one in stranded if one.order}
    if not numbers:
        return {}
    pairs = registry.spoken_of(merchant_id, numbers)
    joined = registry.joined(return_id for _, return_id in pairs)
    known = {(number, joined.get(return_id, return_id)) for number, return_id in pairs}
    many = Counter(number for number, _ in known)
    return {number: return_id for number, return_id in known if many[number] == 1}


def complain_of_stranded(
    deployment: Deployment, link: Link, message_id: int, stranded: Sequence[Stranded], at: Mapping[str, str]
) -> None:
    """One exception each, ``at`` the return of its order, and one more for what is beyond ``MOST``.

    One that somebody had replayed stays as that left it, and a waived one stays closed.
    """
    now = deployment.now()
    single = {key_of(link, one): one for one in stranded[:MOST]}
    replayed = replays.replayed(single)
    due = now + deployment.times.exception_due
    owner = deployment.policies[link.merchant_id].owner(STRANDED)
    openings = [
        Opening(
            key, STRANDED, link.merchant_id, one.cause, owner, due, about_of(one), at.get(one.order or ""), message_id,
            link.id, tuple(sorted(one.value)),
        )
        for key, one in single.items()
        if key not in replayed
    ]  # fmt: skip
    rest = stranded[MOST:]
    if rest:
        openings.append(_of_rest(link, message_id, rest, owner, due))
    exceptions.open_all(openings, now)


def forget_untold(deployment: Deployment, link: Link, message_id: int, stranded: Sequence[Stranded]) -> None:
    """Read again, a message may tell of other objects: an exception about one that is none is closed."""
    told = {
        *(key_of(link, one) for one in stranded[:MOST]),
        *([_rest_key(link, message_id)] if stranded[MOST:] else []),
    }
    gone = exceptions.open_of_message(message_id, STRANDED) - told
    exceptions.close(gone - replays.replayed(gone), deployment.now())


def why_stranded(stranded: Sequence[Stranded]) -> str:
    """How many were left behind, and a line for each that has no exception of its own: kept with the message."""
    if not stranded:
        return ""
    many = "1 object was" if len(stranded) == 1 else f"{len(stranded)} objects were"
    listed = [f"{one.about}: {one.cause}" for one in stranded[MOST : 2 * MOST]]
    more = len(stranded) - 2 * MOST
    return "\n".join([f"{many} left behind", *listed, *([f"and {more} more"] if more > 0 else [])])


def _of_rest(link: Link, message_id: int, rest: Sequence[Stranded], owner: str, due: datetime) -> Opening:
    sums: Counter[str] = Counter()
    for one in rest:
        for money in one.value:
            sums[money.currency] += money.minor
    return Opening(
        _rest_key(link, message_id), STRANDED, link.merchant_id, f"besides {MOST} others of it: {rest[0].cause}",
        owner, due, f"{len(rest)} more objects", None, message_id, link.id,
        tuple(Money(minor, currency) for currency, minor in sorted(sums.items())),
        "Mend the cause, and have the other system do its whole run again where nothing is done twice by that; then "
        "waive this. The message's page lists them.",
    )  # fmt: skip


def _prefix(link: Link) -> str:
    return f"stranded:{link.name}:"


def _rest_key(link: Link, message_id: int) -> str:
    return f"{_REST}:{link.name}:{message_id}"
