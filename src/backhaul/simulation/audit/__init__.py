"""At rest: whether the outside documents, the ledger, the effects and the truth are one, or who has to know why not."""

from __future__ import annotations

from backhaul.simulation.audit.announcements import audit_announcements
from backhaul.simulation.audit.approvals import audit_approvals
from backhaul.simulation.audit.documents import audit_documents
from backhaul.simulation.audit.endings import audit_endings
from backhaul.simulation.audit.exchanges import audit_exchanges
from backhaul.simulation.audit.goods import audit_goods
from backhaul.simulation.audit.ledger import audit_ledger
from backhaul.simulation.audit.messages import audit_messages
from backhaul.simulation.audit.money import audit_money
from backhaul.simulation.audit.ownership import audit_ownership
from backhaul.simulation.audit.storefront_goods import audit_storefront_goods
from backhaul.simulation.audit.storefront_money import audit_storefront_money
from backhaul.simulation.audit.storefront_words import audit_storefront_words
from backhaul.simulation.world import World


def audit(world: World) -> None:
    """Compare everything with everything; each difference that nobody owns is told as wrong."""
    books = (audit_documents, audit_ledger, audit_money, audit_goods, audit_exchanges, audit_endings)
    told = (audit_approvals, audit_announcements)
    shown = (audit_storefront_money, audit_storefront_goods, audit_storefront_words)
    for compare in (audit_ownership, audit_messages, *books, *told, *shown):
        compare(world)
