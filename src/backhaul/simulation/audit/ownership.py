"""Whether everything that is not settled stands in an open exception with an owner, a cause and a date."""

from __future__ import annotations

from backhaul.simulation.world import World
from backhaul.store.sql import rows

_UNOWNED = "SELECT key FROM exceptions WHERE closed_at IS NULL AND (owner = '' OR cause = '' OR due_at IS NULL)"
# What may have come through and cannot be looked up is not sent again: a payment is through with the platform's own
# word, see the audit of approvals; an announcement is of no use any more once its goods are here, as they are at rest.
_UNSETTLED = """
    SELECT e.key, e.standing, e.why FROM effects e
    WHERE e.standing NOT IN ('done', 'moot') AND e.verb NOT IN ('approve-refund', 'announce-return') AND NOT EXISTS (
      SELECT FROM exceptions x WHERE x.closed_at IS NULL AND (x.return_id = e.return_id OR x.about = e.key))
"""
_UNDER_WAY = "SELECT key, standing, why FROM effects WHERE standing IN ('due', 'unsure') AND flush_id IS NULL"
_UNCLOSED = """
    SELECT r.id, r.label, r.stage FROM returns r
    WHERE NOT r.closed AND r.linked_to_id IS NULL AND r.units > 0
      AND NOT EXISTS (SELECT FROM exceptions x WHERE x.return_id = r.id AND x.closed_at IS NULL)
"""
_UNREAD = """
    SELECT m.id, m.state, m.why FROM messages m
    WHERE m.state NOT IN ('read', 'dismissed')
      AND NOT EXISTS (SELECT FROM exceptions x WHERE x.message_id = m.id AND x.closed_at IS NULL)
"""
_CLOSED_YET_OPEN = """
    SELECT r.label, x.key FROM returns r JOIN exceptions x ON x.return_id = r.id
    WHERE r.closed AND x.closed_at IS NULL
"""


def audit_ownership(world: World) -> None:
    """Nothing waits for nobody."""
    checks = {
        _UNOWNED: "an open exception has no owner, cause or date",
        _UNSETTLED: "an effect is not settled and no exception says why",
        _UNDER_WAY: "an effect is still under way at rest",
        _UNCLOSED: "a return is not closed and no exception says why",
        _UNREAD: "a message is not read and no exception says why",
        _CLOSED_YET_OPEN: "a return is closed with an exception open",
    }
    for statement, what in checks.items():
        for found in rows(statement):
            world.story.wrong(f"{what}: {found}")
