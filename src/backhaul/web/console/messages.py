"""Messages as received: listed by what became of them, opened, read again."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST

from backhaul.store.browse import connections
from backhaul.store.browse import messages as browse
from backhaul.store.browse.people import Scope
from backhaul.store.seals import Erased
from backhaul.web import actions, deployed
from backhaul.web.console import asked
from backhaul.web.console.scoped import must_resolve, page, scoped
from backhaul.web.console.told import back, tell


@scoped
def listed(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    """Messages by choice, newest first, and above them what keeps messages from being read."""
    wanted = browse.WantedMessages(
        state=asked.one_of(request, "state", browse.STATES),
        connection=asked.text(request, "connection"),
        kind=asked.text(request, "kind"),
    )
    found = browse.messages(scope.merchant_id, wanted, asked.cursor(request))
    about = {
        "wanted": wanted,
        "messages_found": found.rows,
        "causes": browse.causes(scope.merchant_id),
        "unread": browse.counts(scope.merchant_id),
        "states": browse.STATES,
        "connections": connections.names(scope.merchant_id),
        "next": asked.query(request, after=found.next) if found.next else "",
        "first": asked.query(request, after="") if asked.cursor(request) else None,
    }
    return page(request, scope, "messages.html", about)


@scoped
def opened(request: HttpRequest, scope: Scope, message_id: int) -> HttpResponseBase:
    """One message with its body, unless that was erased with its return."""
    message = browse.one_message(scope.merchant_id, message_id)
    if message is None:
        raise Http404(f"{scope.title} has no message {message_id}")
    try:
        body, erased = legible(deployed.open_message(message)), False
    except Erased:
        body, erased = "", True
    about = {"message": message, "row": message.row, "body": body, "erased": erased}
    return page(request, scope, "message.html", about)


@require_POST
@scoped
def replayed(request: HttpRequest, scope: Scope, message_id: int) -> HttpResponse:
    """Read one message again."""
    must_resolve(scope)
    tell(request, actions.replay_messages(scope, [message_id]))
    return back(request, "message", scope.merchant, message_id)


@require_POST
@scoped
def replayed_cause(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Read all messages again that one cause kept from being read."""
    must_resolve(scope)
    cause = browse.WantedMessages(
        state=request.POST.get("state", ""),
        connection=request.POST.get("connection", ""),
        cause=request.POST.get("cause", ""),
    )
    ids = browse.ids_of_cause(scope.merchant_id, cause, actions.MOST_AT_ONCE)
    tell(request, actions.replay_messages(scope, ids))
    return back(request, "messages", scope.merchant)


def legible(body: bytes) -> str:
    """JSON with line breaks; anything else as it is, what is no text as its bytes."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body.decode("utf-8", errors="backslashreplace")
