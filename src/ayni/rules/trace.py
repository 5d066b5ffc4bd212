"""The same plan with its inner steps as outputs, so that an explanation reads values and computes none.

Instrumented are the nodes that decide or round: conditions, operands of `and`/`or`, table rows, roundings, limits, ages, aggregates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules.plan import Plan, make_plan
from ayni.rules.program import Program
from ayni.rules.types import INTEGER

_SHOWN = (
    n.TableLookup,
    n.Rounded,
    n.Extreme,
    n.Logic,
    n.Compare,
    n.IsIn,
    n.Not,
    n.Elapsed,
    n.HouseholdAggregate,
    n.HistoryAggregate,
    n.If,
    n.FirstKnown,
    n.DatePart,
)


@dataclass(frozen=True)
class Trace:
    """`plan` gives every step; `names`: id of a node of `rules` → the output that holds its value; `rows`: likewise the table row.

    `rules` are the typed nodes of each variable, unfolded, as they stand on the day.
    """

    plan: Plan
    rules: Mapping[str, n.Node]
    names: Mapping[int, str]
    rows: Mapping[int, str]


def trace_plan(program: Program, output: str, *, day: int | None, columns: set[str], known_on: int | None, has_history: bool) -> Trace:
    """Instrument the plan of one output."""
    plain = make_plan(program, [output], day=day, columns=columns, known_on=known_on, fold=False, has_history=has_history)
    variables: dict[str, n.Node] = {f"input.{name}": n.InputValue(shape, name) for name, shape in plain.inputs.items()}
    names: dict[int, str] = {}
    rows: dict[int, str] = {}

    def instrument(node: n.Node) -> n.Node:
        if isinstance(node, (n.HouseholdAggregate, n.HistoryAggregate)) or not node.children:
            made = node
        else:
            made = make.remake(node, [instrument(child) for child in node.children])
        if isinstance(node, n.TableLookup):
            assert isinstance(made, n.TableLookup)
            rows[id(node)] = _add(variables, _row_of(made))
        if not isinstance(node, _SHOWN):
            return made
        names[id(node)] = _add(variables, made)
        return n.VariableValue(made.shape, names[id(node)])

    for name, node in plain.variables.items():
        variables[name] = instrument(node)
    plan = replace(plain, variables=variables, outputs=tuple(variables), checks=())
    return Trace(plan, plain.variables, names, rows)


def _add(variables: dict[str, n.Node], node: n.Node) -> str:
    name = f"trace.{len(variables)}"
    variables[name] = node
    return name


def _row_of(lookup: n.TableLookup) -> n.TableLookup:
    """The same lookup giving the position of its row (from 0) in place of the cell; -1 for `otherwise`."""
    versions = [
        replace(
            version, rows=tuple((cells, index) for index, (cells, _) in enumerate(version.rows)),
            otherwise=None if version.otherwise is None else -1,
        )
        for version in lookup.versions
    ]  # fmt: skip
    return make.table_lookup(lookup.table, lookup.column, INTEGER, lookup.keys, lookup.bands, versions)
