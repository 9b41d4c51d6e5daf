"""Takes one guard out of a function of the domain for as long as the checks run, then puts it back.

The function keeps its identity and is given the code of its mutated source, so that all who have it by name run it.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType


class GuardIsGone(AssertionError):
    """The guard is not in the source any more, or there more than once: name it anew in the list of guards."""


@dataclass(frozen=True)
class Guard:
    """``name`` says what it keeps from happening; ``there`` is the expression in ``function`` that keeps it."""

    name: str
    module: str
    function: str
    there: str
    without: str

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


@contextmanager
def removed(guard: Guard) -> Iterator[None]:
    """While inside, the guard's expression reads as what is there without it."""
    module = importlib.import_module(f"backhaul.domain.{guard.module}")
    function = _function(module, guard.function)
    before = function.__code__
    function.__code__ = _mutated(module, guard)
    try:
        yield
    finally:
        function.__code__ = before


def _function(module: ModuleType, path: str) -> FunctionType:
    found: object = module
    for name in path.split("."):
        found = inspect.getattr_static(found, name)
    found = found.fget if isinstance(found, property) else found
    assert isinstance(found, FunctionType), f"{module.__name__} has no function {path}"
    return found


def _mutated(module: ModuleType, guard: Guard) -> CodeType:
    tree = ast.parse(inspect.getsource(module))
    owner: ast.AST = tree
    for name in guard.function.split("."):
        owner = next(node for node in ast.iter_child_nodes(owner) if getattr(node, "name", None) == name)
    wanted = ast.unparse(ast.parse(guard.there, mode="eval").body)
    mutation = _Replace(wanted, ast.parse(guard.without, mode="eval").body)
    mutation.visit(owner)
    if mutation.times != 1:
        raise GuardIsGone(f"{guard.name}: {guard.there!r} is {mutation.times} times in {guard.module}.{guard.function}")
    code = compile(ast.fix_missing_locations(tree), f"<without {guard.name}>", "exec")
    for name in guard.function.split("."):
        code = next(part for part in code.co_consts if isinstance(part, CodeType) and part.co_name == name)
    return code


class _Replace(ast.NodeTransformer):
    def __init__(self, wanted: str, new: ast.expr) -> None:
        self.wanted, self.new, self.times = wanted, new, 0

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and ast.unparse(node) == self.wanted:
            self.times += 1
            return self.new
        return self.generic_visit(node)
