"""Arguments that remember whether anybody looked at them: one that nobody heeds would change nothing, silently."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from backhaul.sandbox.shopify.refusals import NotModelled


class Heeded(Mapping[str, Any]):
    """A field's arguments, with the names of those that were read."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def check(self, info: GraphQLResolveInfo[Any]) -> None:
        """Raises NotModelled where the caller passed something and nobody looked."""
        for argument in info.field_nodes[0].arguments or ():
            name = argument.name.value
            if name not in self.read and self._given.get(name) not in (None, False):
                raise NotModelled(f"{info.parent_type.name}.{info.field_name}({name}:)")
