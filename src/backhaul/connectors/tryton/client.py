"""Tryton over HTTP: REST for records and their buttons, JSON-RPC with a session for the wizards, which REST has not."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from backhaul.connectors.tryton.session import Session, Warned
from backhaul.connectors.tryton.settings import TrytonSettings
from backhaul.connectors.tryton.values import content_of
from backhaul.sdk.outcomes import Rejected
from backhaul.sdk.wire import Wire

Record = dict[str, Any]


class Tryton:
    """One database of a Tryton server, as the service user sees it in one company."""

    def __init__(self, settings: TrytonSettings, wire: Wire) -> None:
        self.settings, self._wire = settings, wire
        self._session = Session(settings, wire)
        self._fields: dict[tuple[str, str], bool] = {}
        self._units: dict[int, int] = {}
        self._ids: dict[tuple[str, str, str], int] = {}

    # Records

    def search(
        self, model: str, domain: Sequence[Any], fields: Iterable[str], *, limit: int | None = None, order: Any = None
    ) -> list[Record]:
        """The records that match; dotted fields follow links, of to-many links into lists."""
        params = [("d", _packed(domain)), *(("f", name) for name in fields)]
        if limit is not None:
            params.append(("s", str(limit)))
        if order is not None:
            params.append(("o", _packed(order)))
        found: list[Record] = self._rest("GET", model, params=params)
        return found

    def read(self, model: str, id_: int, *fields: str, context: Mapping[str, Any] | None = None) -> Record:
        """One record; ``context`` says what computed fields are to count. Raises Rejected (404) where there is none."""
        params = [("f", name) for name in fields]
        found: Record = self._rest("GET", f"{model}/{id_}", params=params, context=context)
        return found

    def create(self, model: str, values: Mapping[str, Any]) -> int:
        """Create a record with all its lines in one database transaction of Tryton's; its id."""
        return int(self._rest("POST", model, values)["id"])

    def write(self, model: str, id_: int, values: Mapping[str, Any]) -> None:
        self._rest("PUT", f"{model}/{id_}", values)

    def press(self, model: str, id_: int, button: str, leads_to: Collection[str]) -> str:
        """Press a workflow button; the state it led to."""
        return str(self.pressed(model, id_, button, leads_to)["state"])

    def pressed(self, model: str, id_: int, button: str, leads_to: Collection[str], *fields: str) -> Record:
        """Press a workflow button; the record's state after it, and what of it is asked for beside that.

        Of several that press at once one wins: who was refused and finds a state in ``leads_to`` goes on from there.
        """
        refusal: Rejected | None = None
        try:
            params = [("f", name) for name in ("state", *fields)]
            answer: Record = self._rest("POST", f"{model}/{id_}/{button}", {}, params=params)
        except Rejected as rejected:
            refusal = rejected
            answer = self.read(model, id_, "state", *fields)
        state = str(answer.get("state"))
        if state in leads_to:
            return answer
        raise refusal or Rejected(f"{button} of {model},{id_} led to {state}", 400, state)

    def has_field(self, model: str, name: str) -> bool:
        """Whether this Tryton has the field, which depends on the modules it runs."""
        known = self._fields.get((model, name))
        if known is None:
            try:
                self.search(model, [], [name], limit=1)
                known = True
            except Rejected as refusal:
                if refusal.status_code != 400:
                    raise
                known = False
            self._fields[model, name] = known
        return known

    def id_named(self, model: str, field: str, name: str) -> int:
        """The id of the record with that name or code, remembered. Raises Rejected unless there is exactly one."""
        known = self._ids.get((model, field, name))
        if known is None:
            found = self.search(model, [[field, "=", name]], ["id"], limit=2)
            if len(found) != 1:
                count = len(found) or "no"
                why = f"Tryton has {count} {model} with the {field} {name!r}; name one that exists once in the settings"
                raise Rejected(why, 404, why)
            known = self._ids[model, field, name] = int(found[0]["id"])
        return known

    def product_named(self, sku: str) -> tuple[int, int]:
        """Id and unit of the product with that code, remembered. Raises Rejected unless there is exactly one."""
        product = self.id_named("product.product", "code", sku)
        if product not in self._units:
            self._units[product] = int(self.read("product.product", product, "default_uom")["default_uom"])
        return product, self._units[product]

    # Wizards

    def wizard(self, name: str, target: str, form: str, fill: Callable[[Record], Record], then: str) -> None:
        """Run a wizard on the record ``target``: open ``form``, ``fill`` its defaults, go on to the state ``then``."""
        model, _, id_ = target.partition(",")
        context = {
            "company": self.settings.company,
            "active_model": model,
            "active_id": int(id_),
            "active_ids": [int(id_)],
        }
        prefix = f"wizard.{name}"
        number = self._session.call(f"{prefix}.create", context)[0]
        view = self._session.call(f"{prefix}.execute", number, {}, form, context)["view"]
        defaults = {key: value for key, value in view["defaults"].items() if "." not in key}
        self._session.call(f"{prefix}.execute", number, {form: {**defaults, **fill(defaults)}}, then, context)
        self._session.call(f"{prefix}.delete", number, context)

    def press_past(self, model: str, id_: int, button: str, warning: str) -> None:
        """Press a button and answer yes to the one question whose name ends in ``warning``. Raises Warned at others."""
        context = {"company": self.settings.company}
        try:
            self._session.call(f"model.{model}.{button}", [id_], context)
        except Warned as question:
            if not question.name.endswith(f".{warning}"):
                raise
            for_ever = False
            self._session.call("model.res.user.warning.skip", question.name, for_ever, context)
            self._session.call(f"model.{model}.{button}", [id_], context)

    def log_in(self) -> None:
        """Open a session for wizards. Raises Rejected where login or password are wrong."""
        self._session.log_in()

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._wire.close()

    # The wire

    def _rest(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Any = None,
        context: Mapping[str, Any] | None = None,
    ) -> Any:
        answer = self._wire.request(
            method,
            f"/{self.settings.database}/rest/model/{path}",
            body,
            params=params,
            headers={
                "Authorization": f"bearer {self.settings.key.get_secret_value()}",
                "X-Tryton-Context": _packed({"company": self.settings.company, **(context or {})}),
            },
        )
        return content_of(answer, f"{method} {path}")


def _packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
