"""What a call costs before it is made.

A documented simplification: an object counts 1, a scalar or enum 0, a mutation 10 and its answer on top. A connection
counts 1 and its node for each doubling of `first` or `last` (100 nodes count as 7), because the store's own figures
grow that slowly: 250 variants with their inventory items were seen to cost 25. The exact formula is not published.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    value_from_ast_untyped,
)
from graphql.language import OperationType

MUTATION_COST = 10
_UNCOUNTED = frozenset({"__typename", "pageInfo"})
Fragments = Mapping[str, FragmentDefinitionNode]


class Selections:
    """Walks what a document asks for, with the types of the schema beside it."""

    def __init__(self, schema: GraphQLSchema, fragments: Fragments, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def cost(self, operation: OperationDefinitionNode) -> int:
        """The requested cost of an operation."""
        root = self._schema.get_root_type(operation.operation)
        if root is None:
            return 0
        each = MUTATION_COST if operation.operation is OperationType.MUTATION else 0
        fields = list(self.fields(operation.selection_set, root))
        return sum(each + self._field(node, parent) for node, parent in fields)

    def unknown(self, operation: OperationDefinitionNode, known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Type and name of each asked field of an object type that `known` does not list."""
        root = self._schema.get_root_type(operation.operation)
        if root is not None:
            yield from self._unknown(operation.selection_set, root, known)

    def fields(self, chosen: SelectionSetNode, parent: GraphQLCompositeType) -> Iterator[tuple[FieldNode, Any]]:
        """The fields of a selection with the type each is asked of, fragments taken in."""
        for node in chosen.selections:
            if isinstance(node, FieldNode):
                yield node, parent
            elif isinstance(node, InlineFragmentNode):
                yield from self.fields(node.selection_set, self._condition(node.type_condition, parent))
            elif isinstance(node, FragmentSpreadNode):
                found = self._fragments[node.name.value]
                yield from self.fields(found.selection_set, self._condition(found.type_condition, parent))

    def _condition(self, named: Any, parent: GraphQLCompositeType) -> Any:
        return self._schema.type_map[named.name.value] if named else parent

    def _unknown(
        self, chosen: SelectionSetNode, parent: GraphQLCompositeType, known: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        for node, asked_of in self.fields(chosen, parent):
            name, kind = node.name.value, asked_of.name
            through = kind.endswith(("Connection", "Edge", "Payload", "Error"))
            counts = name != "__typename" and isinstance(asked_of, GraphQLObjectType) and not through
            if counts and name not in known.get(kind, ()):
                yield kind, name
            if node.selection_set and name in asked_of.fields:
                below = get_named_type(asked_of.fields[name].type)
                if is_composite_type(below):
                    yield from self._unknown(node.selection_set, below, known)

    def _field(self, node: FieldNode, parent: Any) -> int:
        definition = getattr(parent, "fields", {}).get(node.name.value)
        if definition is None or node.selection_set is None or node.name.value in _UNCOUNTED:
            return 0
        below: Any = get_named_type(definition.type)
        inside = sum(self._field(each, of) for each, of in self.fields(node.selection_set, below))
        times = self._times(node)
        if below.name.endswith("Connection"):
            return 1 + times * inside
        return inside if below.name.endswith("Edge") else times * (1 + inside)

    def _times(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                wanted = value_from_ast_untyped(argument.value, dict(self._variables))
                return int(wanted).bit_length() if isinstance(wanted, int) else 1
        return 1
