"""What a connection to Patchworks is told: its hosts, who we are there, which flow does what, what is watched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

import httpx
from jsonpointer import JsonPointer, JsonPointerException
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from backhaul.connectors.patchworks.payloads import BY_VERB
from backhaul.sdk.connector import Settings

Meaning = Literal["finished", "failed", "running"]
FAILED = "3"
"""The one number of a run that is published."""


def _pointer(text: str) -> str:
    try:
        JsonPointer(text)
    except JsonPointerException as error:
        raise ValueError(f"{text!r} is no JSON pointer: {error}") from None
    return text


Pointer = Annotated[str, AfterValidator(_pointer)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FlowTable(_Table):
    """A flow to start: its deployed version, or the one that is named.

    A run that finished with warnings is not taken for done, unless ``accept_warnings``: what a flow catches and leaves
    behind ends so, too.
    """

    flow: int = Field(ge=1)
    version: int | None = Field(default=None, ge=1)
    virtual_environment: str | None = None
    variables: str | None = None
    accept_warnings: bool = False


class WatchTable(_Table):
    """How the payload of a watched flow falls into objects.

    ``objects`` points to the array of them ("" is the whole payload). In one of them ``name`` points to what people
    know it by, ``order`` to the number of the order it belongs to, ``value`` to what it is worth, of ``currency`` (a
    code, or a pointer to one), ``value_in`` major units (21.60) or minor ones (2160). ``replay`` is the flow that takes
    one of them again, where it is not the same.
    """

    objects: Pointer = ""
    payload: Literal["first", "failing"] = "first"
    name: Pointer | None = None
    order: Pointer | None = None
    value: Pointer | None = None
    value_in: Literal["major", "minor"] = "major"
    currency: str | None = None
    replay: FlowTable | None = None

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.value is not None and not self.currency:
            raise ValueError("value needs a currency: a code such as USD, or a pointer to one")
        if self.currency and not (self.currency.startswith("/") or len(self.currency) == 3):
            raise ValueError("currency is a code such as USD, or a pointer such as /currency")
        return self


class PatchworksSettings(Settings):
    """``flows`` says which flow does an effect, by its verb; an effect without one is not offered.

    Their statuses are numbers of which only 3 (failed) is published: ``statuses`` says what others mean. ``watch`` is
    by flow id, "*" for all others; flows that do our own effects are not watched, the effect tells of them.
    After ``patience_s`` a run that has neither finished nor failed is somebody's to look at.
    """

    core_url: str = "https://core.wearepatchworks.com/api/v1"
    start_url: str = "https://start.wearepatchworks.com/api/v1"
    login_url: str = "https://core.wearepatchworks.com/fabric/api/login"
    api_key: SecretStr | None = None
    email: str | None = None
    password: SecretStr | None = None
    flows: Mapping[str, FlowTable] = Field(default_factory=dict)
    statuses: Mapping[str, Meaning] = Field(default_factory=dict)
    watch: Mapping[str, WatchTable] = Field(default_factory=dict)
    requests_per_minute: float = Field(default=240.0, gt=0, le=10_000)
    patience_s: float = Field(default=3600.0, ge=60, le=259_200)
    most_runs: int = Field(default=500, ge=1, le=10_000)
    most_bytes: int = Field(default=16_777_216, ge=1024)
    deadline_s: float = Field(default=20.0, gt=0, le=300)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.api_key is None and (self.email is None or self.password is None):
            raise ValueError("needs an api_key, or an email and its password")
        for url in (self.core_url, self.start_url, self.login_url):
            if httpx.URL(url).scheme not in ("http", "https") or not httpx.URL(url).host:
                raise ValueError("core_url, start_url and login_url are http:// or https:// addresses")
        if unknown := sorted(set(self.flows) - set(BY_VERB)):
            raise ValueError(f"flows: {', '.join(unknown)} is none of {', '.join(sorted(BY_VERB))}")
        if strangers := [name for name in self.watch if name != "*" and not name.isdecimal()]:
            raise ValueError(f"watch: {', '.join(strangers)} is no flow id and not *")
        if self.statuses.get(FAILED, "failed") != "failed":
            raise ValueError(f"statuses: {FAILED} is failed, as Patchworks documents")
        return self

    def meaning(self, status: str) -> Meaning | None:
        """What a run's status says, None where nobody has told."""
        return self.statuses.get(status, "failed" if status == FAILED else None)

    def failing(self) -> tuple[str, ...]:
        """The statuses of failed runs."""
        return tuple(dict.fromkeys((FAILED, *(number for number, what in self.statuses.items() if what == "failed"))))

    def watched(self, flow: str) -> WatchTable | None:
        """How that flow is watched, None where it is not."""
        if any(str(table.flow) == flow for table in self.flows.values()):
            return None
        return self.watch.get(flow, self.watch.get("*"))
