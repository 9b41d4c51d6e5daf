"""Mappings over the API: listed, gaps with what waits for them, previewed, made, undone, and as a CSV sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from backhaul.domain.mappings import Kind, Name, ValueMapping, tidied
from backhaul.flows import map_values
from backhaul.flows.read_sheet import sheet
from backhaul.flows.suggest import Suggestion, suggest
from backhaul.flows.usable import CannotMap, Change
from backhaul.store import mappings as kept
from backhaul.store.browse import mappings as browse
from backhaul.store.browse.people import Scope
from backhaul.web import deployed, mapped
from backhaul.web.api.problems import PROBLEMS, Problem, Wrong
from backhaul.web.api.shapes.mappings import (
    ChangesIn,
    ConsequenceOut,
    GapOut,
    MappingsOut,
    SheetIn,
    SheetOut,
    SuggestionOut,
    UndoIn,
    VersionOut,
)
from backhaul.web.api.shapes.values import Size, Text
from backhaul.web.api.tokens import resolving, scope_of

router = Router(tags=["mappings"])
EXPORTS, CSV = "export_mappings", "text/csv"
_ADVICE = "Mend what is named in `wrong`; nothing was changed."


@router.get("", response={200: MappingsOut, **PROBLEMS}, operation_id="list_mappings")
def list_mappings(
    request: HttpRequest,
    kind: Kind | None = None,
    search: Text = "",
    ended: bool = False,
    after: Text = "",
    size: Size = 50,
) -> dict[str, object]:
    """What is mapped, the newest first; ``search`` is a part of a value or target, ``ended`` lists what is no more."""
    wanted = browse.WantedMappings(kind or "", search.strip(), ended)
    found = browse.mappings(scope_of(request).merchant_id, wanted, after, size)
    rows = [
        {
            **_named(row.mapping.name), "target": row.target or None, "before": row.before, "set_by": row.set_by,
            "set_at": row.set_at, "why": row.why,
        }
        for row in found.rows
    ]  # fmt: skip
    return {"rows": rows, "next": found.next}


@router.get("/gaps", response={200: list[GapOut], **PROBLEMS}, operation_id="list_gaps")
def list_gaps(request: HttpRequest, size: Size = 50) -> list[dict[str, object]]:
    """Values that lead nowhere, those that hold up most returns first, each with what it could be meant to be."""
    found, _ = mapped.open_gaps(_configured(scope_of(request)), size)
    return [
        {
            **_named(one.gap.name), "count": one.gap.count, "first_at": one.gap.first_at, "last_at": one.gap.last_at,
            "waiting": one.waiting, "suggestions": one.suggestions,
        }
        for one in found
    ]  # fmt: skip


@router.get("/suggestions", response={200: list[SuggestionOut], **PROBLEMS}, operation_id="suggest_targets")
def suggest_targets(request: HttpRequest, kind: Kind, value: Text) -> list[Suggestion]:
    """What a value could be meant to be, the nearest first. Nothing is mapped by it."""
    return list(suggest(deployed.current(), _configured(scope_of(request)).merchant_id, kind, value))


@router.get("/versions", response={200: list[VersionOut], **PROBLEMS}, operation_id="list_versions")
def list_versions(
    request: HttpRequest, kind: Kind, value: Text, site: Text = "*", sku_class: Text = "*"
) -> list[dict[str, object]]:
    """All versions of one mapping, the newest first, with who made them, when and why."""
    name = tidied(ValueMapping(kind, value, "", site, sku_class)).name
    return [
        {"target": one.mapping.target or None, "set_by": one.set_by, "set_at": one.set_at, "why": one.why}
        for one in kept.history(scope_of(request).merchant_id, name)
    ]


@router.post("/preview", response={200: ConsequenceOut, **PROBLEMS}, operation_id="preview_mappings")
def preview_mappings(request: HttpRequest, body: ChangesIn) -> ConsequenceOut:
    """How many returns the changes complete and what would come of them; nothing is changed."""
    scope = _configured(resolving(request))
    try:
        return ConsequenceOut.of(map_values.preview(deployed.current(), scope.merchant_id, _changes(body)))
    except CannotMap as error:
        raise _cannot(error) from None


@router.post("/set", response={200: ConsequenceOut, **PROBLEMS}, operation_id="set_mappings")
def set_mappings(request: HttpRequest, body: ChangesIn) -> ConsequenceOut:
    """Make the changes, all or none, and decide every return anew that waits for them."""
    scope, changes = _configured(resolving(request)), _changes(body)
    try:
        done = map_values.map_values(deployed.current(), scope.merchant_id, changes, scope.person, body.why)
    except CannotMap as error:
        raise _cannot(error) from None
    return ConsequenceOut.of(done)


@router.post("/undo", response={200: ConsequenceOut, **PROBLEMS}, operation_id="undo_mapping")
def undo_mapping(request: HttpRequest, body: UndoIn) -> ConsequenceOut:
    """Put back what the value led to before the newest version of its mapping."""
    scope = _configured(resolving(request))
    name = tidied(body.leading_to("")).name
    try:
        return ConsequenceOut.of(map_values.undo(deployed.current(), scope.merchant_id, name, scope.person, body.why))
    except CannotMap as error:
        raise _cannot(error) from None


@router.get("/sheet", response={200: str, **PROBLEMS}, operation_id=EXPORTS)
def export_mappings(request: HttpRequest) -> HttpResponse:
    """All that is mapped, as CSV."""
    return HttpResponse(sheet(kept.active(scope_of(request).merchant_id)), content_type=f"{CSV}; charset=utf-8")


@router.post("/sheet", response={200: SheetOut, **PROBLEMS}, operation_id="import_mappings")
def import_mappings(request: HttpRequest, body: SheetIn) -> dict[str, object]:
    """What a sheet would change, line by line; with ``apply``, change it: all or nothing."""
    scope = _configured(resolving(request))
    try:
        found = mapped.use_sheet(scope, body.sheet, body.why, apply=body.apply, keep_others=body.keep_others)
    except mapped.CannotUseSheet as error:
        wrong = tuple(Wrong(where=f"body.sheet.{line}", why=why) for line, why in error.wrong)
        raise Problem(422, "The sheet cannot be used", "See `wrong`: the lines of the sheet.", _ADVICE, wrong) from None
    changes = [
        {**_named(one.mapping.name), "line": one.line, "was": one.was, "becomes": one.becomes} for one in found.changes
    ]
    return {"applied": body.apply, "changes": changes, "came": ConsequenceOut.of(found.came)}


def _changes(body: ChangesIn) -> list[Change]:
    return [Change(one.leading_to(one.target or ""), one.target is None, one.why) for one in body.changes]


def _named(name: Name) -> dict[str, str]:
    return dict(zip(("kind", "value", "site", "sku_class"), name, strict=True))


def _cannot(error: CannotMap) -> Problem:
    wrong = tuple(Wrong(where=f"body.changes.{at}" if at >= 0 else "body", why=why) for at, why in error.wrong)
    return Problem(422, "The mappings cannot be made", str(error), _ADVICE, wrong)


def _configured(scope: Scope) -> Scope:
    """Raises Problem for a merchant that stands in no configuration any more: nothing is decided for it."""
    if deployed.policy(scope.merchant_id) is None:
        detail = f"{scope.title} is in the database and not in backhaul.toml."
        raise Problem(404, "Merchant not configured", detail, "Add it to backhaul.toml again and restart.")
    return scope
