"""Sets the stage: PostgreSQL, a fresh copy of the seeded shop, the fault proxy, the stand-ins, web and worker."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from backhaul.demo import StorefrontKind
from backhaul.demo.actors import Person, Platform
from backhaul.demo.cast import BOUTIQUE_ORDERS, OUTLET_ORDERS, SHOWN_IN_PARTS
from backhaul.demo.expected import pieces
from backhaul.demo.ground import PASSWORD, PERSON, Ground
from backhaul.demo.medusa_front import MedusaFront
from backhaul.demo.programs import Programs
from backhaul.demo.shopify_front import ShopifyFront
from backhaul.demo.storefront import Storefront
from backhaul.demo.tales import Merchant
from backhaul.demo.telling import Telling
from backhaul.project.embedded import Embedded
from backhaul.sandbox import tryton
from backhaul.sandbox.fault_proxy import Fault, FaultProxy, Rule, random_day
from backhaul.sandbox.medusa import Medusa
from backhaul.sandbox.shopify import Shop
from backhaul.sandbox.tryton import TrytonShop

_DATABASE = "backhaul"
_MERGE_WITHIN_S = 4
_SHARE_OF_FAULTS = 0.02
_STOREFRONTS = {
    StorefrontKind.SHOPIFY: "A storefront: a stand-in that answers by Shopify's published schema",
    StorefrontKind.MEDUSA: "A storefront: Medusa with six sold orders (three minutes the first time)",
}
Say = Callable[[str], None]
_ANSWERS_CUT = (
    Rule(Fault.CUT, "POST", r"/model/sale\.sale(\?|$)", body=b"order SHOP-1035"),
    Rule(Fault.CUT, "POST", r"/model/account\.invoice(\?|$)", body=b"order SHOP-1037"),
    Rule(Fault.CUT, "POST", r"/model/account\.invoice(\?|$)", body=b"order SHOP-1040"),
    Rule(Fault.CUT, "PUT", r"/model/stock\.shipment\.out\.return", body=b"SHOP-1038"),
    Rule(Fault.CUT, "POST", r"/rpc/", body=b'"choice"'),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that runs while the day is played."""

    ground: Ground
    shop: TrytonShop
    proxy: FaultProxy
    programs: Programs
    platforms: dict[Merchant, Platform]
    person: Person
    storefront: Storefront


@contextmanager
def set_up(ground: Ground, telling: Telling, kind: StorefrontKind, seed: int = 1) -> Iterator[Stage]:
    """The stage while the block lasts; every program is stopped at its end, whatever ends it."""
    with ExitStack() as torn_down:
        programs = _programs(ground, torn_down)
        with telling.step("PostgreSQL, its own and empty"):
            programs.guard(ground.directory)
            url = _fresh_database(ground, torn_down)
        with telling.step("Tryton with sixty sold orders") as say:
            tryton.prepare(ground.tryton_cache, progress=say)
            torn_down.callback(tryton.down, ground.tryton)
            shop = tryton.copy(ground.tryton_cache, ground.tryton, ground.ports.tryton)
        proxy = torn_down.enter_context(FaultProxy(shop.url, seed=seed))
        proxy.arrange(*_ANSWERS_CUT, *random_day(_SHARE_OF_FAULTS))
        with telling.step(_STOREFRONTS[kind]) as say:
            open_ = _medusa if kind is StorefrontKind.MEDUSA else _shopify
            storefront = open_(ground, shop, torn_down, say, seed)
        ground.write_config(shop, proxy.url, kind, storefront.settings())
        torn_down.callback(programs.stop)  # last registered, first called: they end while their database still runs
        with telling.step("Three Happy Returns stand-ins"):
            platforms = _stand_ins(ground, shop, storefront, programs, seed)
        with telling.step("Backhaul: database schema, web, worker"):
            person = _backhaul(ground, url, programs)
        yield Stage(ground, shop, proxy, programs, platforms, person, storefront)


def _programs(ground: Ground, torn_down: ExitStack) -> Programs:
    tryton.down(ground.tryton)  # one that a killed demo left behind
    ground.renew()
    programs = Programs(ground.run)
    torn_down.callback(programs.dismiss_guard)
    return programs


def _fresh_database(ground: Ground, torn_down: ExitStack) -> str:
    postgres = Embedded(ground.postgres)
    postgres.start()
    torn_down.callback(postgres.stop)
    postgres.drop_database(_DATABASE)
    return postgres.create_database(_DATABASE)


def _shopify(ground: Ground, tryton: TrytonShop, torn_down: ExitStack, _say: Say, seed: int) -> Storefront:
    target = f"{ground.backhaul_url}/hooks/boutique-shop"
    shop = Shop(seed=seed, secret=ground.secret, port=ground.ports.storefront, target=target, running=True)
    torn_down.enter_context(shop)
    return ShopifyFront.open(shop, tryton.orders, BOUTIQUE_ORDERS, ground.secret)


def _medusa(ground: Ground, tryton: TrytonShop, torn_down: ExitStack, say: Say, seed: int) -> Storefront:
    target = f"{ground.backhaul_url}/hooks/boutique-shop"
    cache, port = ground.directory / "medusa", ground.ports.storefront
    medusa = Medusa(cache=cache, port=port, forward_to=target, secret=ground.secret, progress=say)
    torn_down.enter_context(medusa)
    proxy = torn_down.enter_context(FaultProxy(medusa.shop.url, seed=seed))
    say(f"selling {len(BOUTIQUE_ORDERS)} orders in Medusa")
    return MedusaFront.open(medusa, proxy, tryton.orders, BOUTIQUE_ORDERS)


def _stand_ins(
    ground: Ground, shop: TrytonShop, storefront: Storefront, programs: Programs, seed: int
) -> dict[Merchant, Platform]:
    answer: dict[Merchant, Platform] = {}
    wanted: tuple[tuple[Merchant, str, int], ...] = (
        ("acme", "happy-returns", ground.ports.platform),
        ("outlet", "outlet-returns", ground.ports.outlet_platform),
        ("boutique", "boutique-returns", ground.ports.boutique_platform),
    )
    for place, (merchant, connection, port) in enumerate(wanted):
        catalogue = ground.run / f"{merchant}-orders.json"
        known = storefront.catalogue(BOUTIQUE_ORDERS) if merchant == "boutique" else _catalogue(shop, merchant)
        catalogue.write_text(json.dumps(known))
        platform = answer[merchant] = Platform(f"http://127.0.0.1:{port}")
        programs.start(
            f"{merchant}-platform",
            "backhaul.sandbox.happy_returns",
            [
                *("--port", str(port), "--seed", str(seed + place), "--retailer", merchant),
                *("--secret", ground.secret, "--api-key", ground.api_key, "--orders", str(catalogue)),
                *("--target", f"{ground.backhaul_url}/hooks/{connection}"),
                *("--merge-within", str(_MERGE_WITHIN_S), "--requests-per-second", "50"),
            ],
            platform.answers,
        )
    return answer


def _catalogue(shop: TrytonShop, merchant: Merchant) -> list[dict[str, object]]:
    """The shop's orders as the platform knows them, the outlet's or all others that the boutique has not sold."""
    return [
        {
            "orderNumber": number,
            "orderID": number,
            "email": f"{number.lower()}@example.com",
            "lines": [
                {"orderLineItemID": f"{number}-{sku}", "sku": sku, "quantity": quantity}
                for sku, quantity in _shown(number, order["lines"]).items()
            ],
        }
        for number, order in sorted(shop.orders.items())
        if (number in OUTLET_ORDERS) == (merchant == "outlet") and number not in BOUTIQUE_ORDERS
    ]


def _shown(number: str, lines: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """What the platform shows of an order: its lines, or for some what is in them."""
    shown: Counter[str] = Counter()
    for line in lines:
        sku, quantity = line["sku"], line["quantity"]
        shown.update(pieces(sku, quantity) if number in SHOWN_IN_PARTS else {sku: quantity})
    return shown


def _backhaul(ground: Ground, url: str, programs: Programs) -> Person:
    os.environ["DATABASE_URL"] = url
    os.environ["BACKHAUL_CONFIG"] = str(ground.config)
    for name in ("BACKHAUL_BASE_URL", "BACKHAUL_ALLOWED_HOSTS", "BACKHAUL_MASTER_KEY"):
        os.environ.pop(name, None)  # those of another deployment are not ours
    from backhaul.project.deployment import open_home

    _, deployment = open_home(ground.config)
    tokens = _let_in(tuple(deployment.policies))
    arguments = ["--config", str(ground.config)]
    programs.start("web", "backhaul", ["web", *arguments], lambda: _answers(f"{ground.backhaul_url}/accounts/login/"))
    programs.start("worker", "backhaul", ["worker", *arguments], _works)
    return Person(ground.backhaul_url, tokens)


def _let_in(merchant_ids: tuple[int, ...]) -> dict[str, str]:
    """One person who sees both merchants, and a token for each."""
    from backhaul.project.people import let_in, make_token
    from backhaul.store.sql import rows

    tokens = {}
    for merchant_id in merchant_ids:
        let_in(PERSON, PASSWORD, merchant_id, superuser=True)
        (name,) = rows("SELECT name FROM merchants WHERE id = %s", (merchant_id,))[0]
        tokens[name] = make_token(PERSON, merchant_id, "the demo")
    return tokens


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5.0, trust_env=False, follow_redirects=True).status_code < 500
    except httpx.HTTPError:
        return False


def _works() -> bool:
    from backhaul.store.sql import rows

    return bool(rows("SELECT count(*) FROM procrastinate_workers")[0][0])
