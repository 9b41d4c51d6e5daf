"""What a person does in Tryton's own client, click by click and without any code of the connector."""

from __future__ import annotations

import base64
from typing import Any

import httpx

from backhaul.sandbox.tryton import TrytonShop


class Hands:
    """A person at the desktop client: JSON-RPC with a session, as that client speaks it."""

    def __init__(self, shop: TrytonShop) -> None:
        self._shop = shop
        self._client = httpx.Client(base_url=shop.url, trust_env=False, timeout=30)
        user, token, *_ = self._call("common.db.login", shop.login, {"password": shop.password})
        session = base64.b64encode(f"{shop.login}:{user}:{token}".encode()).decode()
        self._client.headers["Authorization"] = f"Session {session}"

    def model(self, model: str, method: str, *given: Any, **context: Any) -> Any:
        """A method of a model, such as a button or ``search_read``."""
        return self._call(f"model.{model}.{method}", *given, {"company": self._shop.company, **context})

    def return_whole_order(self, number: str) -> int:
        """The wizard behind the order's Return button, then quote and confirm; the return sale's id."""
        sold = [["reference", "=", number], ["origin", "=", None]]
        (order,) = self.model("sale.sale", "search", sold, 0, None, None)
        context = {
            "company": self._shop.company,
            "active_model": "sale.sale",
            "active_id": order,
            "active_ids": [order],
        }
        opened = self._call("wizard.sale.return_sale.create", context)[0]
        self._call("wizard.sale.return_sale.execute", opened, {}, "return_", context)
        self._call("wizard.sale.return_sale.delete", opened, context)
        sale = max(self.model("sale.sale", "search", [["origin", "=", f"sale.sale,{order}"]], 0, None, None))
        for button in ("quote", "confirm"):
            self.model("sale.sale", button, [sale])
        return int(sale)

    def receive(self, sale: int, code: str) -> int:
        """Receive the sale's return shipment as announced and put all of it away to one location."""
        model = "stock.shipment.out.return"
        (shipment,) = self.model("sale.sale", "read", [sale], ["shipment_returns"])[0]["shipment_returns"]
        self.model(model, "receive", [shipment])
        moves = self.model(model, "read", [shipment], ["inventory_moves"])[0]["inventory_moves"]
        (place,) = self.model("stock.location", "search", [["code", "=", code]], 0, None, None)
        self.model("stock.move", "write", moves, {"to_location": place})
        self.model(model, "do", [shipment])
        return int(shipment)

    def post_credit_note(self, sale: int) -> int:
        """Post the credit note that Tryton drafted for the return sale."""
        (note,) = self.model("sale.sale", "read", [sale], ["invoices"])[0]["invoices"]
        self.model("account.invoice", "post", [note])
        return int(note)

    def pay(self, note: int) -> None:
        """The Pay wizard on a credit note, with all that is left to pay."""
        context = {
            "company": self._shop.company,
            "active_model": "account.invoice",
            "active_id": note,
            "active_ids": [note],
        }
        opened = self._call("wizard.account.invoice.pay.create", context)[0]
        view = self._call("wizard.account.invoice.pay.execute", opened, {}, "start", context)["view"]
        (method,) = self.model(
            "account.invoice.payment.method", "search", [["name", "=", "Card clearing"]], 0, None, None
        )
        form = {name: value for name, value in view["defaults"].items() if "." not in name} | {"payment_method": method}
        self._call("wizard.account.invoice.pay.execute", opened, {"start": form}, "choice", context)
        self._call("wizard.account.invoice.pay.delete", opened, context)

    def close(self) -> None:
        self._client.close()

    def _call(self, method: str, *params: Any) -> Any:
        answer = self._client.post(
            f"/{self._shop.database}/rpc/", json={"id": 1, "method": method, "params": list(params)}
        ).raise_for_status()
        content = answer.json()
        assert not content.get("error"), f"{method}: {content['error']}"
        return content["result"]
