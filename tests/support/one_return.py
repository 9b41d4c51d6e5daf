"""One whole return as effects, for any connector that does them: from the look-up of its order to its end."""

from __future__ import annotations

from backhaul.domain import effects as e
from backhaul.domain.orders import shares
from backhaul.sdk.conformance import Play


def line_of(do: Play, return_id: str, number: int = 0, first: int = 0, count: int = 1) -> e.DocumentLine:
    """``count`` units of a line of the order that was looked up."""
    assert do.order is not None
    sold = do.order.lines[number]
    worth = shares(sold)[first : first + count]
    units = tuple(f"{return_id}/{sold.ref}-{first + place}" for place in range(count))
    net, tax = sum(share.net_minor for share in worth), sum(share.tax_minor for share in worth)
    return e.DocumentLine(sold.ref, sold.sku, units, net, tax, sold.extra)


def whole_return(do: Play, return_id: str, order: str, damaged: str = "DAMAGED", shelf: str = "STO") -> None:
    """Authorised, received, one unit put away and one flushed, credited with a fee, corrected, paid, closed."""
    do(e.LookUpOrder(return_id, order))
    one, other = line_of(do, return_id), line_of(do, return_id, first=1)
    both = line_of(do, return_id, count=2)
    label = f"HR{return_id}"
    opened = e.OpenReturnAuthorisation(return_id, order, label, (both,))
    do(opened)
    received = e.ReceiveReturn(return_id, order, e.key(opened), "MAIN", (both,))
    do(received)
    do(e.PutAway(return_id, order, "MAIN", "damaged", damaged, (one,)))
    member = e.FlushMember(f"restock:{return_id}", other.units[0], other.sku, shelf, None, other.extra)
    do(e.FlushStock(f"MAIN-{return_id}", "MAIN", (member,)))
    worth = both.net_minor + both.tax_minor
    note = e.IssueCreditNote(
        return_id, order, e.key(opened), label, f"re-{return_id}", "USD", (both,), 100, -50, worth - 150, 1
    )
    do(note)
    do(e.RecordRefund(return_id, order, e.key(note), note.refund, "USD", note.total_minor, "original"))
    corrected = e.CorrectCreditNote(return_id, order, e.key(note), label, note.refund, "USD", 50)
    do(corrected)
    do(e.RecordRefund(return_id, order, e.key(corrected), note.refund, "USD", 50, "original"))
    do(e.CloseReturnAuthorisation(return_id, order, e.key(opened)))


def withdrawn_return(do: Play, return_id: str, order: str) -> None:
    """Authorised, and nothing of it comes."""
    do(e.LookUpOrder(return_id, order))
    opened = e.OpenReturnAuthorisation(return_id, order, f"HR{return_id}", (line_of(do, return_id),))
    do(opened)
    do(e.CancelReturnAuthorisation(return_id, order, e.key(opened)))
