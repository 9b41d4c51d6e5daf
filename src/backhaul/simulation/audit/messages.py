"""Whether every message that could be placed was: one that waits although its return is known waits for ever."""

from __future__ import annotations

import orjson

from backhaul.simulation.world import World
from backhaul.store.browse.messages import one_message
from backhaul.store.sql import rows

_ONE_RETURN_KNOWN = """
    SELECT m.id, c.merchant_id, m.about_order, m.why FROM messages m JOIN connections c ON c.id = m.connection_id
    WHERE m.state = 'unplaced' AND c.connector LIKE 'neutral-%%' AND 1 = (
      SELECT count(DISTINCT coalesce(r.linked_to_id, r.id))
      FROM orders o JOIN return_orders b ON b.order_id = o.id JOIN returns r ON r.id = b.return_id
      WHERE o.merchant_id = c.merchant_id AND o.number = m.about_order)
"""


def audit_messages(world: World) -> None:
    """An open exception does not excuse one that names nothing but its order: nobody could mend more than that.

    One that also names a return we have not heard of may be about another return of the order: it waits rightly.
    """
    for number, merchant_id, order, why in rows(_ONE_RETURN_KNOWN):
        message = one_message(merchant_id, number)
        assert message is not None
        body = orjson.loads(world.deployment.keys.open(message.sealed))
        if "return_ref" not in body:
            world.story.wrong(f"message {number} waits for a return of order {order} and there is just one: {why}")
