"""One GraphQL call against the published schema: parsed, validated, priced, and executed over the shop's state."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    execute,
    get_named_type,
    is_leaf_type,
)
from graphql.execution import ExecutionResult
from graphql.language import OperationType

from .acting import perform
from .costing import MUTATION_COST, Fragments, Selections
from .published import published_schema
from .reading import FIELDS, QUERIES, Ask
from .reading.heeded import Heeded
from .reading.paging import EVERYTHING, Page
from .reading.table import as_sent, read
from .refusals import BadCall, NotModelled, Refused

_KNOWN: dict[str, Any] = {**FIELDS, "QueryRoot": QUERIES}


class Prepared:
    """A call that passed validation; `names` are those by which a fault may ask for it."""

    def __init__(
        self, version: str, document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any]
    ) -> None:
        self.version = version
        self.document = document
        self.operation = operation
        self.variables = variables
        self.name = operation.name.value if operation.name else ""
        fragments: Fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._selections = Selections(published_schema(version), fragments, variables)

    @property
    def names(self) -> frozenset[str]:
        """The operation's name and its root fields."""
        root = published_schema(self.version).get_root_type(self.operation.operation)
        asked = self._selections.fields(self.operation.selection_set, root) if root else ()
        return frozenset({self.name, *(node.name.value for node, _ in asked)})

    @property
    def mutates(self) -> bool:
        """Whether it is a mutation."""
        return self.operation.operation is OperationType.MUTATION

    def cost(self) -> int:
        """The requested cost."""
        return max(1, self._selections.cost(self.operation))

    def unmodelled(self) -> list[str]:
        """Fields asked for that the stand-in does not model; nothing is done where there are any."""
        known = {**_KNOWN, "Mutation": perform.MUTATIONS}
        return [f"{kind}.{name}" for kind, name in self._selections.unknown(self.operation, known)]

    def run(self, ask: Ask) -> tuple[dict[str, Any], int]:
        """The answer's data and errors, and the actual cost."""
        result = execute(
            published_schema(self.version),
            self.document,
            context_value=ask,
            variable_values=self.variables,
            operation_name=self.name or None,
            field_resolver=_resolve,
            type_resolver=_type_of,
        )
        if not isinstance(result, ExecutionResult):
            raise TypeError("the stand-in's resolvers are synchronous")
        refused = result.data is None and any(not error.path for error in result.errors or ())
        answer: dict[str, Any] = {} if refused else {"data": result.data}
        if result.errors:
            answer["errors"] = [_shown(error) for error in result.errors]
        return answer, ask.objects + (MUTATION_COST if self.mutates else 0)


def _shown(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = dict(error.formatted)
    cause = error.original_error
    if isinstance(cause, NotModelled):
        shown["extensions"] = {"code": "NOT_MODELLED"}
    elif isinstance(cause, BadCall):
        shown["extensions"] = {"code": cause.code}
    elif isinstance(cause, Refused):
        shown["extensions"] = {"code": cause.code or "BAD_REQUEST"}
    elif not error.path:
        shown["extensions"] = {"code": "INVALID_VARIABLE"}
    elif cause is not None and not isinstance(cause, GraphQLError):
        raise cause
    return shown


def _resolve(source: Any, info: GraphQLResolveInfo[Any], **args: Any) -> Any:
    ask: Ask = info.context
    if ask.whole and get_named_type(info.return_type).name.endswith("Connection"):
        args = {**args, "first": EVERYTHING}
    parent, name = info.parent_type.name, info.field_name
    heeded = Heeded(args)
    value = _value(source, info, parent, name, ask, heeded)
    if parent != "Mutation":
        heeded.check(info)
    if not is_leaf_type(get_named_type(info.return_type)) and name not in ("pageInfo", "edges", "userErrors"):
        if isinstance(value, list):
            ask.objects += len(value)
        elif value is not None and not isinstance(value, Page):
            ask.objects += 1
    return value


def _value(
    source: Any, info: GraphQLResolveInfo[Any], parent: str, name: str, ask: Ask, args: Mapping[str, Any]
) -> Any:
    if parent == "Mutation":
        return perform.perform(ask, info, dict(args))
    if parent == "QueryRoot":
        return as_sent(QUERIES[name](None, ask, args))
    if isinstance(source, Page):
        return source.field(name)
    if isinstance(source, dict) and name in source and parent.endswith(("Payload", "Edge", "Error")):
        return as_sent(source[name])
    return read(parent, name, source, ask, args)


def _type_of(value: Any, *_: Any) -> str:
    named = value.get("__typename") if isinstance(value, Mapping) else getattr(value, "kind", None)
    if not isinstance(named, str):
        raise NotModelled(f"the type of {value!r}")
    return named
