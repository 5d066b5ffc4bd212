"""Proof that random rulebooks reach everything: every node, operator, function, mode, type, kind of table and variable.

What is looked for is read from the code (the classes of `nodes`, the lists of functions and operators), so that what is
added to the language has to be added to the generator too.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
from collections.abc import Iterator
from typing import get_args

from hypothesis import HealthCheck, Phase, given, settings

from ayni.rules import nodes as n
from ayni.rules.aggregates import HISTORY, HOUSEHOLD
from ayni.rules.expressions import ROUNDING_MODES
from ayni.rules.functions import FUNCTIONS
from ayni.rules.grammar import parse
from ayni.rules.program import TypedVariable
from ayni.rules.types import Kind
from tests.generative.rulebooks import RandomProgram, programs

EXAMPLES = settings(
    max_examples=1_500,
    phases=[Phase.generate],
    derandomize=True,
    deadline=None,
    database=None,
    report_multiple_bugs=False,
)
CLASSES = {
    name: kind
    for name, kind in vars(n).items()
    if inspect.isclass(kind) and issubclass(kind, n.Node) and kind is not n.Node
}


def wanted() -> set[str]:
    """Everything that the language has, one line each."""
    found = {f"node {name}" for name in CLASSES}
    found |= {f"Compare {operator}" for operator in get_args(n.CompareOperator)}
    found |= {f"Rounded {mode}" for mode in get_args(n.RoundingMode)}
    found |= {f"Arithmetic {operator}" for operator in "+-*"} | {"Logic and", "Logic or", "Extreme min", "Extreme max"}
    found |= {f"HouseholdAggregate {operator}" for operator in get_args(n.HouseholdOperator)}
    found |= {f"HistoryAggregate {operator}" for operator in get_args(n.HistoryOperator)}
    found |= {"DatePart year", "DatePart month", "DatePart day", "MonthEdge first", "MonthEdge last"}
    found |= {f"Elapsed {unit} {leap}" for unit, leap in (("years", "mar1"), ("years", "feb28"), ("months", "mar1"))}
    found |= {f"type {kind.value}" for kind in Kind if kind is not Kind.ANY}
    found |= {f"call {name}" for name in FUNCTIONS}
    found |= {f"call household.{name}" for name in HOUSEHOLD} | {f"call history.{name}" for name in HISTORY}
    found |= {f"history window {window}" for window in ("last", "since", "until", "none", "where")}
    found |= {f"mode {mode}" for mode in ROUNDING_MODES}
    found |= {f"syntax {name}" for name in ("Div", "FloorDiv", "Mod", "In", "NotIn", "IfExp", "unknown", "chain")}
    found |= {"wide", "narrow", "two scales of money", "unnamed enumeration", "lookup by band", "lookup by value"}
    found |= {"lookup by quotient", "lookup of several keys", "lookup with otherwise", "dated variants of a formula"}
    found |= {"known from", "exceptions that may conflict", "an exception that overrides", "a variable of a scheme"}
    found |= {"a variable that needs another", "a declared type"}
    return found


def below(root: n.Node) -> Iterator[n.Node]:
    """The node and all nodes below it."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.children)


def of_node(node: n.Node) -> Iterator[str]:
    """What a node is an example of."""
    name = type(node).__name__
    yield f"node {name}"
    yield f"type {node.shape.type.kind.value}"
    for attribute in ("operator", "mode", "part", "edge"):
        if hasattr(node, attribute):
            yield f"{name} {getattr(node, attribute)}"
    if node.shape.low is not None:
        yield "wide" if node.shape.is_wide else "narrow"
    if node.shape.type.kind is Kind.ENUM and node.shape.type.name is None:
        yield "unnamed enumeration"
    match node:
        case n.Elapsed(unit=unit, leap=leap):
            yield f"Elapsed {unit} {leap}"
        case n.TableLookup(keys=keys, bands=bands, versions=versions):
            yield "lookup by band" if any(bands) else "lookup by value"
            if any(divisor is not None for _, divisor in keys):
                yield "lookup by quotient"
            if len(keys) > 1:
                yield "lookup of several keys"
            if any(version.otherwise is not None for version in versions):
                yield "lookup with otherwise"
            if any(version.known_from is not None for version in versions):
                yield "known from"
        case n.Rescaled(operand=operand):
            kind, before = node.shape.type.kind, operand.shape.type.kind
            if kind is before is Kind.MONEY and node.power > 0:
                yield "two scales of money"
        case n.VariableValue():
            yield "a variable that needs another"
        case n.Dated():
            yield "dated variants of a formula"


def of_text(text: str) -> Iterator[str]:
    """What a formula as written is an example of."""
    for tree in ast.walk(parse(text).tree):
        yield f"syntax {type(tree).__name__}"
        if isinstance(tree, ast.Name) and tree.id == "unknown":
            yield "syntax unknown"
        if isinstance(tree, ast.Compare) and len(tree.ops) > 1:
            yield "syntax chain"
        if not isinstance(tree, ast.Call):
            continue
        name = ast.unparse(tree.func)
        yield f"call {name}"
        if name == "round_to":
            yield f"mode {ast.unparse(tree.args[2])}"
        if name.startswith("history.") and name != "history.value":
            given_names = [keyword.arg for keyword in tree.keywords]
            yield from (f"history window {keyword}" for keyword in given_names or ["none"])


def of_variable(typed: TypedVariable) -> Iterator[str]:
    """What a variable is an example of."""
    item = typed.definition
    for node in below(typed.node):
        yield from of_node(node)
    for text in (*(text for _, text in item.formulas), *(e.formula for e in item.exceptions)):
        yield from of_text(text)
    for exception in item.exceptions:
        yield from of_text(exception.when)
        if exception.overrides:
            yield "an exception that overrides"
    if typed.conflicts:
        yield "exceptions that may conflict"
    if item.scheme:
        yield "a variable of a scheme"
    if item.unit:
        yield "a declared type"


class EverythingFoundError(Exception):
    """Ends the search: the rest of the examples would show nothing new."""


def test_generator_reaches_everything() -> None:
    """Rulebooks are drawn until everything has been seen, and few enough of them must do."""
    found: set[str] = set()

    @settings(EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(programs())
    def collect(random: RandomProgram) -> None:
        for typed in random.program.variables.values():
            found.update(of_variable(typed))
        if wanted() <= found:
            raise EverythingFoundError

    with contextlib.suppress(EverythingFoundError):
        collect()
    assert not wanted() - found, f"never generated: {sorted(wanted() - found)}"
