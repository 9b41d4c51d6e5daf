"""What a flow is started with: one effect in neutral JSON; its published JSON Schema is generated from here."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union, get_args

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model

from backhaul.domain.effects import Effect, LookUpOrder, Restock, RestockAtStorefront
from backhaul.sdk.outcomes import Task

VERSION = 1
KEY_FIELD = "backhaul_key"
# A look-up needs an answer, which a started flow does not give; a restock is settled by the flush that carries it.
_NOT_OFFERED = (LookUpOrder, Restock, RestockAtStorefront)
OFFERED: tuple[type[Effect], ...] = tuple(kind for kind in get_args(Effect) if kind not in _NOT_OFFERED)
BY_VERB: dict[str, type[Effect]] = {kind.verb: kind for kind in OFFERED}


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)

    version: Literal[1] = Field(description="Grows when a field changes its meaning or goes; new ones may come")
    backhaul_key: str = Field(description="Names this obligation for ever: look for it before you make anything")
    references: dict[str, str] = Field(description="What it builds on: the documents there, by our keys of them")


def _model(kind: type[Effect]) -> type[BaseModel]:
    fields: dict[str, Any] = {"verb": (Literal[kind.verb], ...), "effect": (kind, ...)}
    made: type[BaseModel] = create_model(f"{kind.__name__}Payload", __base__=_Told, __doc__=kind.__doc__, **fields)
    return made


_MODELS: dict[str, type[BaseModel]] = {verb: _model(kind) for verb, kind in BY_VERB.items()}


def body_of(task: Task) -> bytes:
    """The payload for a task, the same bytes each time. Nothing of the shopper is in it but names of the return."""
    effect = task.effect
    told = _MODELS[effect.verb](
        version=VERSION, backhaul_key=task.key, references=dict(task.references), verb=effect.verb, effect=effect
    )
    return told.model_dump_json().encode()


def schema() -> dict[str, Any]:
    """The published JSON Schema."""
    models = tuple(_MODELS.values())
    union = RootModel[Annotated[Union[models], Field(discriminator="verb")]]  # type: ignore[valid-type]  # noqa: UP007
    union.__name__ = "EffectPayload"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "EffectPayload",
        "description": "What a Patchworks flow is started with: one effect, by its verb.",
        **{name: part for name, part in union.model_json_schema(mode="serialization").items() if name != "title"},
    }
