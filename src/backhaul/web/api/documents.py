"""Owed and done documents over the API."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router

from backhaul.store.browse import documents
from backhaul.store.browse.documents import WantedDocuments
from backhaul.web import deployed
from backhaul.web.api.problems import PROBLEMS
from backhaul.web.api.shapes.documents import DocumentOut, DocumentsOut
from backhaul.web.api.shapes.values import Size, Text
from backhaul.web.api.tokens import scope_of

router = Router(tags=["documents"])
Standing = Literal["", "waiting", "due", "unsure", "done", "refused", "ambiguous", "moot"]


@router.get("", response={200: DocumentsOut, **PROBLEMS}, operation_id="list_documents")
def list_documents(
    request: HttpRequest,
    standing: Standing = "",
    verb: Text = "",
    connection: Text = "",
    reference: Text = "",
    return_id: Text = "",
    after: Text = "",
    size: Size = 50,
) -> dict[str, object]:
    """The newest first; ``reference`` is the other system's name of a document."""
    wanted = WantedDocuments(standing, verb, connection, reference, return_id)
    found = documents.documents(scope_of(request).merchant_id, wanted, after, size)
    rows = [DocumentOut.model_validate(row).model_copy(update={"address": deployed.address(row)}) for row in found.rows]
    return {"rows": rows, "next": found.next}
