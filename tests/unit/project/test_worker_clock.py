"""What the worker's clock starts comes every few seconds, in every minute."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import procrastinate
import pytest
from croniter import croniter
from procrastinate.testing import InMemoryConnector

from backhaul.connectors.happy_returns import connector
from backhaul.flows.deployment import Deployment, Link
from backhaul.project.worker import tell_tasks
from backhaul.store.seals import Keyring
from tests.support.house import Clock

_A_MINUTE = 60


def periodic_crons() -> dict[str, str]:
    link = Link(1, "happy-returns", 1, connector, None, lambda: pytest.fail("nothing is sent"))
    app = procrastinate.App(connector=InMemoryConnector())
    tell_tasks(app, Deployment({"happy-returns": link}, {}, Keyring(bytes(32)), Clock().now), ThreadPoolExecutor(1))
    return {periodic.task.name: periodic.cron for periodic in app.periodic_registry.periodic_tasks.values()}


@pytest.mark.parametrize(("name", "at_most_s"), [("sweep", 5), ("poll:happy-returns", 5)])
def test_no_minute_passes_without_the_clock_starting_what_it_must(name: str, at_most_s: int) -> None:
    times = croniter(periodic_crons()[name], start_time=1_700_000_041)
    moments = [times.get_next(float) for _ in range(5 * _A_MINUTE)]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) > 1
    assert max(gaps) <= at_most_s
