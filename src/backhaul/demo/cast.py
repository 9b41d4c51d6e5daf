"""Which returns the day is made of: fifty over two merchants, or a dozen of them where time is short.

Orders are those of the seeded shop: what an order holds repeats every ten, see ``backhaul.sandbox.tryton.seed.orders``.
"""

from __future__ import annotations

from backhaul.demo.tales import UNMAPPED, Back, Ending, Scenario, Swap, Tale, Twist

FIRST_ORDER = 1001
SKUS = ("SHIRT-M", "SHIRT-L", "SOCK", "JEANS-32", "BELT-90", "MUG")


def order(number: int) -> str:
    return f"SHOP-{number}"


_STATED = (
    Tale(Scenario.STATED, order(1001), (Back("SHIRT-M"),), short=True),
    Tale(Scenario.STATED, order(1002), (Back("SET"),)),
    Tale(Scenario.STATED, order(1003), (Back("BELT-90", 2),), fee_minor=100, short=True),
    Tale(Scenario.STATED, order(1004), (Back("MUG"),), fee_minor=100),
    Tale(Scenario.STATED, order(1006), (Back("JEANS-32"), Back("BELT-90"))),
    Tale(Scenario.STATED, order(1007), (Back("SHIRT-M"),), dropoff="mail", fee_minor=500),
    Tale(Scenario.STATED, order(1010), (Back("JEANS-32"), Back("SHIRT-M"), Back("SOCK")), fee_minor=500),
)
_CONDITIONS = (
    Tale(Scenario.CONDITIONS, order(1011), (Back("SHIRT-M", 2, {"sellable": 1, "damaged": 1}),), short=True),
    Tale(Scenario.CONDITIONS, order(1012), (Back("SET", 1, {"damaged": 1}),)),
    Tale(Scenario.CONDITIONS, order(1014), (Back("MUG", 1, {"dispose": 1}),), fee_minor=100),
    Tale(Scenario.CONDITIONS, order(1015), (Back("SOCK", 2, {"quarantine": 2}),), decided="sellable", short=True),
    Tale(Scenario.CONDITIONS, order(1016), (Back("JEANS-32", 1, {"quarantine": 1}),), decided="dispose"),
    Tale(Scenario.CONDITIONS, order(1017), (Back("SHIRT-M", 1, {"quarantine": 1}),)),
    Tale(Scenario.CONDITIONS, order(1018), (Back("SHIRT-L", 3, {"sellable": 1, "damaged": 1, "dispose": 1}),)),
    Tale(Scenario.CONDITIONS, order(1019), (Back("SOCK", 2), Back("SET", 1, {"damaged": 1}))),
    Tale(Scenario.CONDITIONS, order(1020), (Back("JEANS-32", 1, {"damaged": 1}), Back("SOCK"))),
)
_MESSAGES = (
    Tale(Scenario.MESSAGES, order(1021), (Back("SHIRT-M", 2),), twist=Twist.DOUBLED),
    Tale(Scenario.MESSAGES, order(1022), (Back("SET", 2),), twist=Twist.MERGED, short=True),
    Tale(Scenario.MESSAGES, order(1023), (Back("BELT-90"),), twist=Twist.REORDERED),
    Tale(Scenario.MESSAGES, order(1024), (Back("MUG"),), naming="express", twist=Twist.DOUBLED),
    Tale(Scenario.MESSAGES, order(1025), (Back("SOCK", 3),), naming="order"),
    Tale(Scenario.MESSAGES, order(1026), (Back("JEANS-32", 2),), naming="bag"),
    Tale(
        Scenario.MESSAGES, order(1027), (Back("SHIRT-M"),), twist=Twist.LOST_UNTIL_SHIPMENT, naming="express",
        short=True,
    ),
    Tale(Scenario.MESSAGES, order(1028), (Back("SHIRT-L"),), twist=Twist.LOST_UNTIL_REFUND, naming="order", short=True),
    Tale(Scenario.MESSAGES, order(1029), (Back("SET"),), twist=Twist.DROP_OFF_LOST),
    Tale(Scenario.MESSAGES, order(1030), (Back("JEANS-32"), Back("SHIRT-M")), twist=Twist.MERGED, naming="express"),
)  # fmt: skip
_ANSWERS = (
    Tale(Scenario.ANSWERS, order(1035), (Back("SHIRT-L"),), lost_at="authorisation"),
    Tale(Scenario.ANSWERS, order(1037), (Back("SHIRT-M"),), lost_at="credit note", short=True),
    Tale(Scenario.ANSWERS, order(1038), (Back("SHIRT-L", 2),), lost_at="receipt"),
    Tale(Scenario.ANSWERS, order(1039), (Back("SOCK"),), lost_at="refund"),
    Tale(Scenario.ANSWERS, order(1040), (Back("JEANS-32"),), lost_at="credit note", fee_minor=100),
)
_TOO_MANY = (
    Tale(Scenario.TOO_MANY, order(1034), (Back("MUG"),), rival=True, short=True),
    Tale(Scenario.TOO_MANY, order(1036), (Back("JEANS-32", 2),), rival=True),
)
_RUBBISH = (
    Tale(Scenario.RUBBISH, order(1032), (Back("SET"), Back("MUG", 1, {UNMAPPED: 1})), short=True),
)  # fmt: skip
_EXCHANGES = (
    Tale(Scenario.EXCHANGES, order(1031), (Back("SHIRT-M"),), swap=Swap("SHIRT-L"), short=True),
    Tale(Scenario.EXCHANGES, order(1033), (Back("BELT-90"),), swap=Swap("SOCK", 540), short=True),
)
_ABSENT = (
    Tale(
        Scenario.ABSENT, order(1008), (Back("SHIRT-L", 2, {"sellable": 1, "missing": 1}),), fate="claimed", short=True
    ),
)
_PARTS = (
    Tale(Scenario.PARTS, order(1059), (Back("SHIRT-M"),), short=True),
    Tale(Scenario.PARTS, order(1052), (Back("SOCK"),), over_minor=2430, short=True),
)
_ENDINGS = (
    Tale(Scenario.ENDINGS, order(1054), (Back("MUG"),), ending=Ending.KEPT, short=True),
    Tale(Scenario.ENDINGS, order(1053), (Back("BELT-90"),), ending=Ending.CALLED_OFF, short=True),
    Tale(Scenario.ENDINGS, order(1056), (Back("JEANS-32"),), dropoff="mail", ending=Ending.DECLINED, short=True),
)
_MAILED = (
    Tale(Scenario.MAILED, order(1058), (Back("SHIRT-L"),), dropoff="mail", let_pay=True, short=True),
)  # fmt: skip
_APPROVED = (
    Tale(Scenario.APPROVED, order(1041), (Back("SHIRT-M"),), merchant="outlet", short=True),
    Tale(Scenario.APPROVED, order(1042), (Back("SET"),), merchant="outlet"),
    Tale(Scenario.APPROVED, order(1043), (Back("BELT-90", 2),), merchant="outlet"),
    Tale(Scenario.APPROVED, order(1044), (Back("MUG"),), merchant="outlet"),
    Tale(Scenario.APPROVED, order(1045), (Back("SOCK", 2, {"damaged": 2}),), merchant="outlet"),
    Tale(Scenario.APPROVED, order(1046), (Back("JEANS-32"),), merchant="outlet", dropoff="mail", fee_minor=500),
    Tale(Scenario.APPROVED, order(1048), (Back("SHIRT-L", 2),), merchant="outlet"),
    Tale(Scenario.APPROVED, order(1049), (Back("SET"),), merchant="outlet"),
)
_STOREFRONT = (
    Tale(Scenario.STOREFRONT, order(1005), (Back("SOCK", 2),), merchant="boutique", short=True),
    Tale(Scenario.STOREFRONT, order(1009), (Back("SHIRT-M"),), merchant="boutique"),
    Tale(
        Scenario.STOREFRONT, order(1013), (Back("BELT-90", 2, {"sellable": 1, "damaged": 1}),), merchant="boutique",
        short=True,
    ),
    Tale(Scenario.STOREFRONT, order(1051), (Back("SHIRT-M"),), merchant="boutique", swap=Swap("SHIRT-L"), short=True),
    Tale(Scenario.STOREFRONT, order(1057), (Back("SHIRT-M"),), merchant="boutique"),
    Tale(
        Scenario.STOREFRONT, order(1060), (Back("JEANS-32"), Back("SOCK")), merchant="boutique", by_hand=True,
        short=True,
    ),
)  # fmt: skip
_DAY = (
    *_STATED,
    *_CONDITIONS,
    *_MESSAGES,
    *_ANSWERS,
    *_TOO_MANY,
    *_RUBBISH,
    *_EXCHANGES,
    *_ABSENT,
    *_PARTS,
    *_ENDINGS,
    *_MAILED,
    *_APPROVED,
    *_STOREFRONT,
)
OUTLET_ORDERS = frozenset(order(number) for number in range(1041, 1051))
BOUTIQUE_ORDERS = tuple(tale.order for tale in _STOREFRONT)
# Of these the platform shows its shoppers what is in the set, piece by piece.
SHOWN_IN_PARTS = frozenset(tale.order for tale in _PARTS)


def tales(short: bool = False) -> tuple[Tale, ...]:
    """The day's tales; ``short`` ones are a dozen returns with something of every scenario."""
    return tuple(tale for tale in _DAY if tale.short or not short)


def returns(day: tuple[Tale, ...]) -> int:
    """How many returns the tales are."""
    return sum(tale.returns for tale in day)


def papers(day: tuple[Tale, ...]) -> int:
    """How many documents of returns Backhaul makes: where Tryton's own people receive, the receipt is not ours."""
    return sum(
        2  # its authorisation, opened and closed or withdrawn
        + 2 * tale.paid_back
        + (tale.comes and tale.merchant != "outlet")
        + (tale.swap is not None)
        for tale in day
    )
