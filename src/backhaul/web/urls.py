"""Every address of the console and where the REST API hangs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from backhaul.web.api import api
from backhaul.web.console import (
    access,
    connections,
    decisions,
    exceptions,
    home,
    mapping_form,
    mappings,
    messages,
    policies,
    refunds,
    returns,
)

merchant_urls: list[URLPattern | URLResolver] = [
    path("", home.overview, name="overview"),
    path("returns/", returns.listed, name="returns"),
    path("returns.csv", returns.exported, name="returns-csv"),
    path("returns/<str:return_id>/", returns.opened, name="return"),
    path("returns/<str:return_id>/disposition/", decisions.disposition, name="decide-disposition"),
    path("returns/<str:return_id>/correction/", decisions.correction, name="decide-correction"),
    path("returns/<str:return_id>/approval/", decisions.approval, name="decide-approval"),
    path("returns/<str:return_id>/fate/", decisions.fate, name="decide-fate"),
    path("returns/<str:return_id>/refund-instead/", decisions.refund_instead, name="refund-instead"),
    path("returns/<str:return_id>/charge/", decisions.charge, name="record-charge"),
    path("returns/<str:return_id>/join/", decisions.joining, name="join-returns"),
    path("where/", refunds.where, name="where"),
    path("exceptions/", exceptions.grouped, name="exceptions"),
    path("exceptions/list/", exceptions.listed, name="exceptions-list"),
    path("exceptions/resolve/", exceptions.resolved, name="exceptions-resolve"),
    path("exceptions.csv", exceptions.exported, name="exceptions-csv"),
    path("messages/", messages.listed, name="messages"),
    path("messages/replay/", messages.replayed_cause, name="messages-replay"),
    path("messages/<int:message_id>/", messages.opened, name="message"),
    path("messages/<int:message_id>/replay/", messages.replayed, name="message-replay"),
    path("mappings/", mappings.listed, name="mappings"),
    path("mappings/form/", mapping_form.opened, name="mapping-form"),
    path("mappings/set/", mapping_form.saved, name="mapping-set"),
    path("mappings/undo/", mappings.undone, name="mapping-undo"),
    path("mappings/import/", mappings.imported, name="mappings-import"),
    path("mappings.csv", mappings.exported, name="mappings-csv"),
    path("connections/", connections.listed, name="connections"),
    path("policy/", policies.listed, name="policy"),
    path("access/", access.listed, name="access"),
    path("access/<int:token_id>/revoke/", access.revoked, name="access-revoke"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.entrance, name="home"),
    path("m/", home.choice, name="merchants"),
    path("m/<slug:merchant>/", include(merchant_urls)),
    path("api/v1/", api.urls),
]
