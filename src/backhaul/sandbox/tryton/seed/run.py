# mypy: ignore-errors
# Runs inside Tryton's own virtual environment, whose packages are not ours to type-check against.
"""Fills a fresh Tryton database with a small shop. usage: run.py CONF DATABASE COUNT OUT.json

Works on the database directly: the server need not run. OUT.json holds a password and a key.
"""

import json
import os
import secrets
import sys

from books import open_books
from goods import add_products, add_shoppers, add_warehouse
from orders import orders
from proteus import Model
from proteus import config as proteus_config
from sales import sell

LOGIN = "backhaul"
# What returning goods and money takes, and no more: no administration, no set-up of products or accounts.
GROUPS = ("Sales", "Stock", "Accounting")


def add_service_user(company):
    """A user of least privilege with a REST key for documents and a password for the wizards."""
    password = secrets.token_urlsafe(24)
    user = Model.get("res.user")(name="Backhaul", login=LOGIN)
    user.password = password
    for group in Model.get("res.group").find([("name", "in", list(GROUPS))]):
        user.groups.append(group)
    user.companies.append(company)
    user.company = company
    user.save()
    application = Model.get("res.user.application")(application="rest", user=user)
    application.save()
    if application.state != "validated":
        application.click("validate_")
    return {"login": LOGIN, "password": password, "key": application.key}


def main(conf, database, count, out):
    proteus_config.set_trytond(database, user="admin", config_file=conf)
    books = open_books()
    products, unit = add_products(books.accounts, books.tax)
    shoppers = add_shoppers(books.term)
    warehouse = add_warehouse(products)
    access = add_service_user(books.company)
    # Read before anything is sold: afterwards each party drags all its invoices along.
    customers = {party.code: (party.id, party.addresses[0].id) for party in shoppers}
    accounts = {name: books.accounts[name].id for name in ("revenue", "return_fees", "difference")}
    product_ids = {sku: product.id for sku, product in products.items()}
    sold = sell(
        database,
        books.company.id,
        [party for party, _ in customers.values()],
        books.term.id,
        books.clearing.id,
        product_ids,
        orders(int(count)),
    )
    shop = {
        "database": database,
        **access,
        "company": books.company.id,
        "currency": "USD",
        "currency_id": books.company.currency.id,
        "payment_method": books.clearing.id,
        "payment_term": books.term.id,
        "tax": books.tax.id,
        "unit": unit.id,
        "warehouse": warehouse.id,
        "locations": warehouse.locations,
        "accounts": accounts,
        "customers": {code: party for code, (party, _) in customers.items()},
        "addresses": {code: address for code, (_, address) in customers.items()},
        "products": product_ids,
        "orders": sold,
    }
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(shop, file, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
