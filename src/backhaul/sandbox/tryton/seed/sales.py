# mypy: ignore-errors
# Runs inside Tryton's own virtual environment, whose packages are not ours to type-check against.
"""Sells, ships, invoices and collects all orders in one go, because one call per click would take minutes.

Run with `worker = true` in the `[queue]` section: Tryton then only notes the follow-up work of each document
(printing it, refreshing its sale one by one); it is done here once for all sales, and the notes are dropped.
"""

from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError

AT_A_TIME = 20


def sell(database, company, shoppers, term, clearing, products, orders):
    """Every order delivered, invoiced and paid.

    `shoppers`, `products` (by SKU) and the other records are ids. Returns what was written, by order number.
    """
    pool = Pool(database)

    # Tryton asks for a new database transaction when it meets a row that must be locked from the start.
    locks = {}

    def stage(work, *given):
        while True:
            with Transaction().start(database, 1, context={"company": company}, **locks) as opened:
                try:
                    return work(pool, *given)
                except TransactionError as wish:
                    opened.rollback()
                    wish.fix(locks)

    ids = []
    numbered = list(enumerate(orders.items()))
    # A few at a time: Tryton reads ahead for all records it has in hand, so that many cost more than their sum.
    for start in range(0, len(numbered), AT_A_TIME):
        few = stage(_confirm, shoppers, term, products, numbered[start : start + AT_A_TIME])
        stage(_deliver, few)
        for invoice in stage(_invoice, few):
            stage(_pay, invoice, clearing)
        stage(_settle, few)
        ids += few
    return stage(_as_written, ids)


def _confirm(pool, shoppers, term, products, orders):
    Sale, Line = pool.get("sale.sale"), pool.get("sale.line")
    sales = []
    for number, (reference, lines) in orders:
        sale = Sale(party=shoppers[number % len(shoppers)])
        sale.on_change_party()
        sale.reference, sale.payment_term = reference, term
        sale.invoice_method, sale.shipment_method = "order", "order"
        written = []
        for sold in lines:
            line = Line(sale=sale, type="line", product=products[sold.sku], quantity=float(sold.quantity))
            line.on_change_product()
            if sold.discount:
                line.discount_rate = sold.discount
                line.on_change_discount_rate()
            written.append(line)
        sale.lines = written
        sales.append(sale)
    Sale.save(sales)
    Sale.quote(sales)
    Sale.confirm(sales)
    Sale.process([sale for sale in Sale.browse(sales) if sale.state == "confirmed"])
    return [sale.id for sale in sales]


def _deliver(pool, ids):
    Shipment = pool.get("stock.shipment.out")
    shipments = [shipment for sale in pool.get("sale.sale").browse(ids) for shipment in sale.shipments]
    for step in (Shipment.assign_force, Shipment.pick, Shipment.pack, Shipment.do):
        step(shipments)


def _invoice(pool, ids):
    invoices = [invoice for sale in pool.get("sale.sale").browse(ids) for invoice in sale.invoices]
    pool.get("account.invoice").post(invoices)
    return [invoice.id for invoice in invoices]


def _pay(pool, invoice_id, clearing):
    invoice = pool.get("account.invoice")(invoice_id)
    method = pool.get("account.invoice.payment.method")(clearing)
    paid = invoice.pay_invoice(invoice.amount_to_pay, method, invoice.invoice_date)
    pool.get("account.move.line").reconcile(list(invoice.lines_to_pay) + list(paid))
    pool.get("account.invoice").process([invoice])


def _settle(pool, ids):
    pool.get("sale.sale").process(pool.get("sale.sale").browse(ids))
    notes = pool.get("ir.queue")
    notes.delete(notes.search([]))


def _as_written(pool, ids):
    sales = pool.get("sale.sale").browse(ids)
    return {
        sale.reference: {
            "id": sale.id,
            "number": sale.number,
            "state": sale.state,
            "total": str(sale.total_amount),
            "invoice": sale.invoices[0].id,
            "customer": sale.party.id,
            "lines": [
                {
                    "id": line.id,
                    "sku": line.product.code,
                    "quantity": int(line.quantity),
                    "unit_price": str(line.unit_price),
                    "amount": str(line.amount),
                }
                for line in sale.lines
            ],
        }
        for sale in sales
    }
