"""The guards of bundles and of the product master by name, see guards."""

from __future__ import annotations

from tests.mutation.mutant import Guard

BUNDLE_GUARDS = (
    Guard(
        "a set takes its components with it",
        "orders",
        "sold_slots",
        "() if isinstance(line, ComponentLine) else component_lines(line)",
        "()",
    ),
    Guard(
        "a set given back frees its components", "allocation", "allocate", "busy.difference_update", "busy.isdisjoint"
    ),
    Guard("a component is found by its own SKU", "allocation", "component_of", "part.sku == sku", "True"),
    Guard(
        "a component stands for its part of its own copy",
        "orders",
        "share",
        "divmod(index, line.each)",
        "(0, index % line.each)",
    ),
    Guard("a component costs what it costs", "orders", "_in_copy", "unit.unit_cost_minor or cost", "cost"),
    Guard("a set paid back pays for what came of it", "bundles", "as_components", "not meant", "True"),
    Guard("a name that means a unit means no bundle", "bundles", "as_components", "return_.names.matching(name)", "[]"),
    Guard("a set paid back is of the line it names", "bundles", "_means", "name.line in line.platform_refs", "True"),
    Guard("a set paid back pays for one copy", "bundles", "_by_copy", "unit.allocation[1] // line.each", "0"),
    Guard("the sale document's components count", "products", "_completed", "bool(components) or not told", "not told"),
    Guard(
        "different components are told",
        "products",
        "_completed",
        "_contents(told) != _contents(components)",
        "False",
    ),
    Guard(
        "the sale document's price counts",
        "products",
        "_priced",
        "part.stand_alone_minor or _minor(said.stand_alone, currency)",
        "_minor(said.stand_alone, currency)",
    ),
    Guard(
        "the sale document's cost of a component counts",
        "products",
        "_priced",
        "part.unit_cost_minor or _minor(said.unit_cost, currency)",
        "_minor(said.unit_cost, currency)",
    ),
    Guard(
        "the sale document's cost counts",
        "products",
        "_completed",
        "line.unit_cost_minor or _minor(said.unit_cost if said else None, currency)",
        "_minor(said.unit_cost if said else None, currency)",
    ),
    Guard("a redefined bundle is what it was", "products", "_as_of", "sold_at is None or one.at <= sold_at", "True"),
    Guard("an alias of two SKUs is none", "products", "_aliases", "len(skus) == 1", "True"),
    Guard("an amount in another currency is none", "products", "_minor", "money.currency == currency", "True"),
    Guard(
        "the policy's alias wins",
        "orders",
        "FrozenOrder.sku_of",
        "policy_aliases.get(said, self.aliases.get(said, said))",
        "self.aliases.get(said, policy_aliases.get(said, said))",
    ),
    Guard("only what came back is in conflict", "exceptions.bundles", "conflicts", "line.ref in touched", "True"),
)
