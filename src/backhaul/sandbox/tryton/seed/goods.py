# mypy: ignore-errors
# Runs inside Tryton's own virtual environment, whose packages are not ours to type-check against.
"""What the shop sells, to whom, and the places its goods can be in."""

from decimal import Decimal
from types import SimpleNamespace

from proteus import Model

GOODS = {
    "SHIRT-M": ("Shirt, M", "20", "8.00"),
    "SHIRT-L": ("Shirt, L", "20", "8.00"),
    "SOCK": ("Socks, pair", "5", "1.50"),
    "JEANS-32": ("Jeans, 32", "60", "24.00"),
    "BELT-90": ("Belt, 90 cm", "15", "6.00"),
    "MUG": ("Mug", "12", "4.00"),
}
KIT = {"SHIRT-M": 1, "SOCK": 2}
SHOPPERS = ("Jane Shopper", "Ken Shopper", "Lena Shopper", "Mo Shopper", "Nia Shopper")
# Below the Storage location goods would be picked for the next order. Lost-and-found places listed as the
# warehouse's waste locations take put-aways, are not picked from and are not counted as sellable.
PLACES = {"inspection": "INSP", "damaged": "DAMAGED", "quarantine": "QUAR", "scrap": "SCRAP"}
OPENING_STOCK = 1000


def add_products(accounts, tax):
    """All single products and the kit SET, by SKU."""
    category = Model.get("product.category")(
        name="Goods", accounting=True, account_expense=accounts["expense"], account_revenue=accounts["revenue"]
    )
    category.customer_taxes.append(tax)
    category.save()
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])

    def product(name, sku, price, type_, cost=None):
        template = Model.get("product.template")(
            name=name,
            code=sku,
            default_uom=unit,
            type=type_,
            salable=True,
            list_price=Decimal(price),
            account_category=category,
        )
        if cost:
            template.products[0].cost_price = Decimal(cost)
        template.save()
        return template.products[0]

    products = {sku: product(name, sku, price, "goods", cost) for sku, (name, price, cost) in GOODS.items()}
    kit = products["SET"] = product("Starter set", "SET", "27", "kit")
    for sku, quantity in KIT.items():
        component = kit.components.new()
        component.product, component.quantity = products[sku], quantity
    kit.save()
    return products, unit


def add_warehouse(products):
    """The warehouse with its places for returned goods, and the opening stock in Storage."""
    Location = Model.get("stock.location")
    (warehouse,) = Location.find([("code", "=", "WH")])
    places = {}
    for name, code in PLACES.items():
        places[name] = Location(name=name.capitalize(), code=code, type="lost_found")
        places[name].save()
        warehouse.waste_locations.append(Location(places[name].id))
    warehouse.save()
    inventory = Model.get("stock.inventory")(location=warehouse.storage_location, empty_quantity="keep")
    for sku in GOODS:
        line = inventory.lines.new()
        line.product, line.quantity = products[sku], float(OPENING_STOCK)
    inventory.click("confirm")
    ids = {
        "storage": warehouse.storage_location.id,
        "input": warehouse.input_location.id,
        "output": warehouse.output_location.id,
        **{name: place.id for name, place in places.items()},
    }
    return SimpleNamespace(id=warehouse.id, locations=ids)


def add_shoppers(term):
    """The shoppers, each with one address."""
    country = Model.get("country.country")(name="United States", code="US")
    country.save()
    shoppers = []
    for number, name in enumerate(SHOPPERS, start=1):
        party = Model.get("party.party")(name=name, code=f"C-{1000 + number}", customer_payment_term=term)
        address = party.addresses[0] if party.addresses else party.addresses.new()
        address.street, address.city, address.postal_code = f"{number} Main St", "Reno", "89501"
        address.country = country
        party.save()
        shoppers.append(party)
    return shoppers
