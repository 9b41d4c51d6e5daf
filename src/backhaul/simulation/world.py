"""One whole simulated deployment: the real flows on a real database, everything around it pretended, one seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from backhaul.connectors import happy_returns, neutral_money, neutral_warehouse
from backhaul.connectors.happy_returns.api import HappyReturns
from backhaul.connectors.happy_returns.settings import HappyReturnsSettings
from backhaul.connectors.neutral_money.messages import NeutralMoneySettings
from backhaul.connectors.neutral_warehouse.messages import NeutralWarehouseSettings
from backhaul.domain.policy import Policy
from backhaul.flows.deployment import Deployment, Link, Times
from backhaul.sandbox.clock import Clock
from backhaul.sdk.connector import Connector
from backhaul.sdk.pace import Pace
from backhaul.sdk.wire import Wire
from backhaul.simulation.agenda import Agenda
from backhaul.simulation.chances import Chances, policy_of
from backhaul.simulation.ending import MEANINGS
from backhaul.simulation.erp import ErpSettings, connector_with
from backhaul.simulation.erp.server import TOKEN
from backhaul.simulation.erp.server import answer as answer_erp
from backhaul.simulation.mail import Mail
from backhaul.simulation.mortal import Mortal
from backhaul.simulation.people import People
from backhaul.simulation.shop import API_KEY, Shop, open_shop
from backhaul.simulation.shopkeeping import open_storefront, plan_another_owner
from backhaul.simulation.storefront import FrontSettings, storefront_with
from backhaul.simulation.storefront.server import TOKEN as FRONT_TOKEN
from backhaul.simulation.storefront.server import answer as answer_front
from backhaul.simulation.story import Story
from backhaul.simulation.weather import Weather
from backhaul.simulation.yard import PATH, Manners, Yard
from backhaul.store import merchants
from backhaul.store.codec import to_json
from backhaul.store.seals import Keyring

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SECRET = "what senders sign with"  # noqa: S105  a simulated sender's
_DEADLINE_S = 20.0


@dataclass(frozen=True, slots=True)
class Sabotage:
    """What a test breaks to see the simulation notice: how others are spoken to, and what the database is told."""

    connector: Callable[[Connector], Connector] = lambda connector: connector
    statement: Callable[[str], str] | None = None
    bumps_epoch: bool = True


@dataclass
class World:
    """Everything of one seed. ``deployment`` is what the flows under test are given."""

    seed: int
    chances: Chances
    sabotage: Sabotage
    dice: random.Random
    clock: Clock
    story: Story
    mortal: Mortal
    mail: Mail
    agenda: Agenda
    shops: list[Shop] = field(default_factory=list)
    people: list[People] = field(default_factory=list)
    weathers: list[Weather] = field(default_factory=list)
    policies: dict[int, Policy] = field(default_factory=dict)
    restored: bool = False
    deployment: Deployment = field(init=False)

    def shop_of(self, merchant_id: int) -> Shop:
        return next(shop for shop in self.shops if shop.merchant_id == merchant_id)

    def set_policy(self, merchant_id: int, policy: Policy) -> None:
        """From now on the merchant's."""
        merchants.keep_policy(merchant_id, policy.version, to_json({"version": policy.version}))
        self.policies[merchant_id] = policy


def build(seed: int, chances: Chances, sabotage: Sabotage) -> World:
    """The world of a seed on the database that Django points at, which is empty."""
    dice = random.Random(seed)
    clock = Clock(START)
    story = Story(clock.now)
    world = World(
        seed, chances, sabotage, dice, clock, story,
        Mortal(random.Random(f"{seed}:kills"), story, chances.kills, sabotage.statement),
        Mail(clock, random.Random(f"{seed}:mail"), chances.twice, chances.late),
        Agenda(clock),
    )  # fmt: skip
    links: dict[str, Link] = {}
    for number in range(chances.shops):
        shop = open_shop(f"shop{number + 1}", seed * 10 + number, clock, dice, chances.faults)
        shop.books.lag = chances.lag
        shop.merchant_id = merchants.keep(shop.name, shop.name.title(), "UTC")
        world.set_policy(shop.merchant_id, policy_of(dice, random.Random(f"{seed}:{shop.name}:policy")))
        if random.Random(f"{seed}:{shop.name}:trade").random() < chances.storefronts:
            open_storefront(world, shop)
        shop.pays_when_here = world.policies[shop.merchant_id].approve_refunds != "never"
        links |= _links(world, shop)
        world.shops.append(shop)
        person = People(shop, world.agenda, world.mail, dice, story)
        person.plan_returns(chances.returns, chances.over)
        world.people.append(person)
        plan_another_owner(world, shop)
    world.deployment = Deployment(
        links, world.policies, Keyring(bytes(range(32))), clock.now,
        times=Times(lease_s=60.0, retry_first_s=2.0),
        flush_every={shop.merchant_id: timedelta(hours=6) for shop in world.shops},
        seconds=lambda: clock.now().timestamp(),
    )  # fmt: skip
    return world


def _links(world: World, shop: Shop) -> dict[str, Link]:
    """The shop's connections, those that are asked or told something over weather of their own."""
    signed = {"signature_secrets": [SECRET]}
    yard = _warehouse(world, shop, signed)
    erp = connector_with(world.chances.lag.total_seconds())
    platform_settings: dict[str, Any] = {
        "retailer_id": shop.name,
        "api_key": API_KEY,
        "base_url": "http://platform.simulated",
    }
    platform_settings |= {"meanings": MEANINGS, "contents_dispositions": {"sellable": "like-new", "damaged": "broken"}}
    if shop.shows_details:
        platform_settings |= {"mapping": {"item_id": "/happyReturnsItemID", "approved_at": "/approvedAt"}}
    wanted: dict[str, tuple[Connector, Any]] = {
        "platform": (_paced(world), HappyReturnsSettings.model_validate(platform_settings | signed)),
        "money": (neutral_money.connector, NeutralMoneySettings.model_validate(signed)),
        "warehouse": (neutral_warehouse.connector, yard),
        "erp": (erp, ErpSettings(token=SecretStr(TOKEN))),
    }
    ways = {
        "platform": _weather(world, f"{shop.name}-platform", shop.answer_platform),
        "warehouse": _weather(world, f"{shop.name}-warehouse", shop.yard.answer),
        "erp": _weather(world, f"{shop.name}-erp", lambda request: answer_erp(shop.books, request)),
    }
    if shop.front is not None:
        front = shop.front
        settings = FrontSettings.model_validate(signed | {"token": SecretStr(FRONT_TOKEN)})
        wanted["storefront"] = (storefront_with(world.clock.now, world.chances.lag.total_seconds()), settings)
        ways["storefront"] = _weather(world, f"{shop.name}-storefront", lambda request: answer_front(front, request))
    links: dict[str, Link] = {}
    for short, (connector, settings) in wanted.items():
        name = f"{shop.name}-{short}"
        row = merchants.keep_connection(shop.merchant_id, name, connector.name, START - timedelta(days=90))
        links[name] = Link(
            row, name, shop.merchant_id, world.sabotage.connector(connector), settings, _wire(ways.get(short), name),
            go_live_at=START - timedelta(days=90), deadline_s=_DEADLINE_S,
        )  # fmt: skip
    for short in ("money", "warehouse", *(["storefront"] if shop.front is not None else [])):
        links[f"{shop.name}-{short}"].scope_id = links[f"{shop.name}-platform"].id
    return links


def _warehouse(world: World, shop: Shop, signed: dict[str, Any]) -> NeutralWarehouseSettings:
    """The warehouse's side of the connection: where it is told what should arrive, and how it takes that."""
    manners = random.Random(f"{world.seed}:{shop.name}:yard").choice(list(Manners))
    address = f"http://warehouse.simulated{PATH}"
    told = {"announce_url": address, "announce_secret": SECRET, "receiver_dedupes": manners is Manners.DEDUPES}
    asked = {"lookup_url": address} if manners is Manners.ANSWERS else {}
    settings = NeutralWarehouseSettings.model_validate(signed | told | asked)
    shop.yard = Yard(settings.outgoing(), manners, world.story.wrong)
    return settings


def _paced(world: World) -> Connector:
    """Happy Returns as it ships, its pace kept on the simulated clock."""

    def connect(settings: Any, wire: Wire) -> HappyReturns:
        pace = Pace(
            settings.requests_per_second,
            clock=lambda: world.clock.now().timestamp(),
            sleep=world.clock.advance,
        )
        return HappyReturns(settings, wire, pace)

    return replace(happy_returns.connector, connect=connect)


def _weather(world: World, name: str, answer: Callable[[Any], Any]) -> Weather:
    dice = random.Random(f"{world.seed}:{name}")
    weather = Weather(name, answer, world.clock, dice, world.story, world.mortal, world.chances.storm, _DEADLINE_S)
    world.weathers.append(weather)
    return weather


def _wire(weather: Weather | None, name: str) -> Callable[[], Wire]:
    return lambda: Wire(f"http://{name}.simulated", deadline_s=_DEADLINE_S, transport=weather)
