"""Operational exceptions over the API: listed, grouped, retried, replayed, waived."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from backhaul.domain.policy import Owner
from backhaul.store.browse import exceptions, groups
from backhaul.store.browse.exceptions import State, WantedExceptions
from backhaul.store.browse.pages import Page
from backhaul.web import actions
from backhaul.web.actions import Result
from backhaul.web.api.problems import PROBLEMS
from backhaul.web.api.shapes.exceptions import ExceptionsOut, GroupOut, KeysIn, ReplayIn, WaiveIn
from backhaul.web.api.shapes.values import ResultOut, Size, Text
from backhaul.web.api.tokens import resolving, scope_of

router = Router(tags=["exceptions"])


@router.get("", response={200: ExceptionsOut, **PROBLEMS}, operation_id="list_exceptions")
def list_exceptions(
    request: HttpRequest,
    state: State = "open",
    owner: Owner | None = None,
    kind: Text = "",
    cause: Text = "",
    return_id: Text = "",
    after: Text = "",
    size: Size = 50,
) -> Page[exceptions.ExceptionRow]:
    """The one due first comes first. ``cause`` is the ``name`` of a group."""
    wanted = WantedExceptions(state, owner or "", kind, cause, return_id)
    return exceptions.exceptions(scope_of(request).merchant_id, wanted, after, size)


@router.get("/groups", response={200: list[GroupOut], **PROBLEMS}, operation_id="group_exceptions")
def group_exceptions(
    request: HttpRequest, state: State = "open", owner: Owner | None = None, kind: Text = ""
) -> list[groups.Group]:
    """Exceptions by kind and cause, with their number and value at risk."""
    return list(groups.groups(scope_of(request).merchant_id, WantedExceptions(state, owner or "", kind)))


@router.post("/retry", response={200: list[ResultOut], **PROBLEMS}, operation_id="retry_exceptions")
def retry_exceptions(request: HttpRequest, body: KeysIn) -> list[Result]:
    """Try again what these hold up; each is answered for by itself."""
    return list(actions.retry(resolving(request), body.keys))


@router.post("/replay", response={200: list[ResultOut], **PROBLEMS}, operation_id="replay_exceptions")
def replay_exceptions(request: HttpRequest, body: ReplayIn) -> list[Result]:
    """Have these stranded objects done again, each alone and once; each is answered for by itself."""
    return list(actions.replay_objects(resolving(request), body.keys, looked=body.looked))


@router.post("/waive", response={200: list[ResultOut], **PROBLEMS}, operation_id="waive_exceptions")
def waive_exceptions(request: HttpRequest, body: WaiveIn) -> list[Result]:
    """Let these be, for a reason that is kept."""
    return list(actions.waive(resolving(request), body.keys, body.reason))
