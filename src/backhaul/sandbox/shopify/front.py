"""The API's front door as a plain function: who may come in, what it costs, what goes wrong, and what is answered."""

import json
import re
import threading
import time
import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse, validate

from .bodies import bulk_body
from .bucket import Bucket, Usage
from .bulks import Bulk
from .executing import Prepared
from .faults import Fault
from .naming import number_of
from .published import VERSIONS, published_schema
from .reading import Ask
from .refusals import ConnectionCut
from .telling import tell
from .world import World

Answer = tuple[int, dict[str, str], bytes]
_PATH = re.compile(r"/admin/api/(\d{4}-\d{2})/graphql\.json")
_FILE = re.compile(r"/bulk/(\d+)\.jsonl")
_OVERLOADED = {Fault.BAD_GATEWAY: 502, Fault.UNAVAILABLE: 503}


class Front:
    """Answers calls one at a time; a fault may have an answer come late, or not at all."""

    def __init__(self, world: World, token: str, bucket: Bucket, lock: threading.RLock) -> None:
        self.world = world
        self.bucket = bucket
        self.usage = Usage()
        self._token = token
        self._lock = lock

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Code, headers and body; raises ConnectionCut where the connection ends instead."""
        lower = {name.lower(): value for name, value in headers.items()}
        with self._lock:
            faults, (code, content) = self._answer(method, path, lower, body)
        if Fault.SLOW in faults:
            time.sleep(self.world.dice.faults.slow_seconds)
        if Fault.CUT in faults:
            raise ConnectionCut("the connection was closed before an answer came")
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        kind = "application/octet-stream" if isinstance(content, bytes) else "application/json; charset=utf-8"
        return code, {"Content-Type": kind, "X-Request-Id": str(uuid.uuid4())}, raw

    def _answer(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[frozenset[Fault], tuple[int, Any]]:
        none: frozenset[Fault] = frozenset()
        if file := _FILE.fullmatch(path):
            bulk = self.world.find(Bulk, f"gid://shopify/BulkOperation/{file[1]}")
            return none, (200, bulk.file) if bulk and bulk.lines else (404, {"errors": "Not Found"})
        found = _PATH.fullmatch(path.split("?", maxsplit=1)[0])
        if found is None or found[1] not in VERSIONS:
            return none, (404, {"errors": "Not Found"})
        if headers.get("x-shopify-access-token") != self._token:
            wrong = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return none, (401, {"errors": wrong})
        if method != "POST":
            return none, (405, {"errors": "Method Not Allowed"})
        prepared = _prepared(found[1], body)
        if not isinstance(prepared, Prepared):
            return none, prepared
        self._run_bulks(headers.get("host", self.world.facts.domain))
        faults = self.world.dice.for_call(prepared.names)
        for fault, code in _OVERLOADED.items():
            if fault in faults:
                return faults, (code, f"<html><body><h1>{code}</h1></body></html>".encode())
        return faults, self._run(prepared, faults)

    def _run_bulks(self, host: str) -> None:
        for bulk in self.world.bulks:
            if bulk.status == "CREATED":
                version = self.world.facts.version
                inner = _prepared(version, json.dumps({"query": bulk.query}).encode())
                if not isinstance(inner, Prepared) or inner.mutates or inner.unmodelled():
                    answer: dict[str, Any] = {"errors": ["not a query that the stand-in models"]}
                else:
                    answer, _ = inner.run(Ask(self.world, version, whole=True))
                near = host.split(":", maxsplit=1)[0] in ("127.0.0.1", "localhost")
                url = f"{'http' if near else 'https'}://{host}/bulk/{number_of(bulk.gid)}.jsonl"
                bulk.complete(answer, self.world.now(), url)
                tell(self.world, "bulk_operations/finish", bulk_body(bulk))

    def _run(self, prepared: Prepared, faults: frozenset[Fault]) -> tuple[int, Any]:
        cost = prepared.cost()
        if cost > self.bucket.maximum:
            message = f"Query cost is {cost}, which exceeds the single query max cost limit ({self.bucket.maximum:.0f})"
            return 200, {"errors": [{"message": message, "extensions": {"code": "MAX_COST_EXCEEDED"}}]}
        unmodelled = prepared.unmodelled()
        if unmodelled:
            message = f"the stand-in does not model {', '.join(unmodelled)}"
            return 200, {"errors": [{"message": message, "extensions": {"code": "NOT_MODELLED"}}]}
        if Fault.THROTTLE in faults or not self.bucket.draw(cost):
            self.usage.note(prepared.name, 0, throttled=True)
            error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            return 200, {"errors": [error], "extensions": self._extensions(cost, None)}
        ask = Ask(self.world, prepared.version, running=Fault.IN_PROGRESS in faults)
        answer, spent = prepared.run(ask)
        actual = min(cost, spent)
        self.bucket.give_back(cost - actual)
        self.usage.note(prepared.name, actual)
        return 200, answer | {"extensions": self._extensions(cost, actual)}

    def _extensions(self, requested: int, actual: int | None) -> dict[str, Any]:
        standing = self.bucket.standing()
        return {"cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": standing}}


@lru_cache(maxsize=512)
def _read(version: str, query: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    """A document and what is wrong with it; callers send the same few over and over."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, [error]
    return document, validate(published_schema(version), document)


def _prepared(version: str, body: bytes) -> Prepared | tuple[int, Any]:
    try:
        sent = json.loads(body)
    except ValueError:
        return 400, {"errors": "Bad Request: the body is not JSON"}
    if not isinstance(sent, dict) or not isinstance(sent.get("query"), str):
        return 400, {"errors": {"query": "Required parameter missing or invalid"}}
    document, errors = _read(version, sent["query"])
    if document is None or errors:
        return 200, {"errors": [error.formatted for error in errors]}
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    wanted = sent.get("operationName")
    named = [each for each in operations if not wanted or (each.name and each.name.value == wanted)]
    if len(named) != 1:
        return 200, {"errors": [{"message": f"No single operation named {wanted!r}"}]}
    return Prepared(version, document, named[0], sent.get("variables") or {})
