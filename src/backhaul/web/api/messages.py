"""Messages over the API: listed, opened, read again."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router

from backhaul.store.browse import messages
from backhaul.store.browse.messages import WantedMessages
from backhaul.store.browse.pages import Page
from backhaul.store.seals import Erased
from backhaul.web import actions, deployed
from backhaul.web.actions import Result
from backhaul.web.api.problems import PROBLEMS, nothing
from backhaul.web.api.shapes.messages import CauseIn, CauseOut, MessagesOut, WholeMessageOut
from backhaul.web.api.shapes.values import Number, ResultOut, Size, Text
from backhaul.web.api.tokens import resolving, scope_of

router = Router(tags=["messages"])
MessageState = Literal["", "waiting", "unreadable", "unplaced", "read", "dismissed"]


@router.get("", response={200: MessagesOut, **PROBLEMS}, operation_id="list_messages")
def list_messages(
    request: HttpRequest,
    state: MessageState = "",
    connection: Text = "",
    kind: Text = "",
    after: Text = "",
    size: Size = 50,
) -> Page[messages.MessageRow]:
    """The newest first, without their bodies."""
    return messages.messages(scope_of(request).merchant_id, WantedMessages(state, connection, kind), after, size)


@router.get("/causes", response={200: list[CauseOut], **PROBLEMS}, operation_id="list_message_causes")
def list_message_causes(request: HttpRequest) -> list[messages.Cause]:
    """What keeps messages from being read, most messages first."""
    return list(messages.causes(scope_of(request).merchant_id))


@router.post("/replay", response={200: list[ResultOut], **PROBLEMS}, operation_id="replay_messages")
def replay_messages(request: HttpRequest, body: CauseIn) -> list[Result]:
    """Read up to 500 messages again that one cause kept from being read, the oldest first."""
    scope = resolving(request)
    cause = WantedMessages(body.state, body.connection, cause=body.cause)
    return list(actions.replay_messages(scope, messages.ids_of_cause(scope.merchant_id, cause, actions.MOST_AT_ONCE)))


@router.get("/{message_id}", response={200: WholeMessageOut, **PROBLEMS}, operation_id="get_message")
def get_message(request: HttpRequest, message_id: Number) -> dict[str, object]:
    """One message; the body as it was received, what is no text written as escapes."""
    message = messages.one_message(scope_of(request).merchant_id, message_id)
    if message is None:
        raise nothing("message", message_id, "/api/v1/messages")
    try:
        body: str | None = deployed.open_message(message).decode("utf-8", errors="backslashreplace")
    except Erased:
        body = None
    return {"row": message.row, "headers": message.headers, "body": body}


@router.post("/{message_id}/replay", response={200: ResultOut, **PROBLEMS}, operation_id="replay_message")
def replay_message(request: HttpRequest, message_id: Number) -> Result:
    """Read it again, with the readers and aliases of now."""
    scope = resolving(request)
    if messages.one_message(scope.merchant_id, message_id) is None:
        raise nothing("message", message_id, "/api/v1/messages")
    return actions.replay_messages(scope, [message_id])[0]
