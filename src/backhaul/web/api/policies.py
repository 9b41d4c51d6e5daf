"""Versions of the policy over the API: all of them, one with what it says, and where it differs from another."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from backhaul.domain.policy_versions import PolicyVersion, changes, said
from backhaul.store.policies import versions_of
from backhaul.web.api.problems import PROBLEMS, nothing
from backhaul.web.api.shapes.policies import ChangeOut, PolicyVersionOut, WholePolicyOut
from backhaul.web.api.shapes.values import Number
from backhaul.web.api.tokens import scope_of

router = Router(tags=["policies"])


@router.get("", response={200: list[PolicyVersionOut], **PROBLEMS}, operation_id="list_policies")
def list_policies(request: HttpRequest) -> list[dict[str, Any]]:
    """All versions, the newest first."""
    return [_row(one) for one in reversed(versions_of(scope_of(request).merchant_id))]


@router.get("/{policy_id}", response={200: WholePolicyOut, **PROBLEMS}, operation_id="get_policy")
def get_policy(request: HttpRequest, policy_id: Number) -> dict[str, Any]:
    """One version with what it says, choice by choice."""
    one = _one(request, policy_id)
    return {**_row(one), "says": said(one.policy)}


@router.get("/{policy_id}/changes", response={200: list[ChangeOut], **PROBLEMS}, operation_id="compare_policy")
def compare_policy(request: HttpRequest, policy_id: Number, since: Number | None = None) -> list[dict[str, str]]:
    """The choices that this version makes otherwise than version ``since``, or than the one before it."""
    one = _one(request, policy_id)
    older = [each for each in versions_of(scope_of(request).merchant_id) if each.id < one.id]
    was = _one(request, since) if since is not None else older[-1] if older else one
    found = changes(was.policy, one.policy)
    return [{"choice": name, "was": old, "becomes": new} for name, old, new in found]


def _one(request: HttpRequest, policy_id: int) -> PolicyVersion:
    mine = versions_of(scope_of(request).merchant_id)
    found = next((one for one in mine if one.id == policy_id), None)
    if found is None:
        raise nothing("policy version", policy_id, "/api/v1/policies")
    return found


def _row(one: PolicyVersion) -> dict[str, Any]:
    return {
        "id": one.id, "digest": one.policy.version, "applies_to": one.applies_to, "at": one.at, "author": one.author,
        "note": one.note,
    }  # fmt: skip
