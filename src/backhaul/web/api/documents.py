"""Owed and done documents over the API."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router

from backhaul.store.browse import documents
from backhaul.store.browse.documents import WantedDocuments
from backhaul.web import deployed
from backhaul.web.api import schemas as s
from backhaul.web.api.problems import PROBLEMS
from backhaul.web.api.tokens import scope_of

router = Router(tags=["documents"])
Standing = Literal["", "waiting", "due", "unsure", "done", "refused", "ambiguous", "moot"]


@router.get("", response={200: s.DocumentsOut, **PROBLEMS}, operation_id="list_documents")
def list_documents(
    request: HttpRequest,
    standing: Standing = "",
    verb: s.Text = "",
    connection: s.Text = "",
    reference: s.Text = "",
    return_id: s.Text = "",
    after: s.Text = "",
    size: s.Size = 50,
) -> dict[str, object]:
    """The newest first; ``reference`` is the other system's name of a document."""
    wanted = WantedDocuments(standing, verb, connection, reference, return_id)
    found = documents.documents(scope_of(request).merchant_id, wanted, after, size)
    rows = [
        s.DocumentOut.model_validate(row).model_copy(update={"address": deployed.address(row)}) for row in found.rows
    ]
    return {"rows": rows, "next": found.next}
