"""Work out a step of an explanation again from nothing but the steps under it.

The variable's own rule is run by the reference engine with each name replaced by the value that the step beneath it
shows; a name, figure or table row that is not beneath it counts as unknown. If the explanation left out anything that
mattered, or shows a wrong figure, the value does not come out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pyarrow as pa

from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules.definitions import Scalar
from ayni.rules.engines.reference import ReferenceEngine
from ayni.rules.explained import ExplainedStep, StepKind
from ayni.rules.plan import Plan, Specialiser, make_plan
from ayni.rules.program import Program
from ayni.rules.types import Type, day_number
from ayni.rules.values import convert, to_written

NAMED = (StepKind.VARIABLE, StepKind.GIVEN, StepKind.INPUT, StepKind.PARAMETER)


def recomputed(
    program: Program, step: ExplainedStep, on: date, known_on: date | None = None, columns: Iterable[str] = ()
) -> Scalar:
    """The value of a variable's step, from the steps under it. columns: of the table, since a figure that is given may
    be anything that a column of its type may be.
    """
    return _Recomputation(program, step, on, known_on, frozenset(columns)).value()


class _Recomputation:
    def __init__(
        self, program: Program, step: ExplainedStep, on: date, known_on: date | None, columns: frozenset[str]
    ) -> None:
        self.program = program
        self.step = step
        self.day = day_number(on)
        self.known_on = None if known_on is None else day_number(known_on)
        self.named = {part.name: part for part in step.parts if part.kind in NAMED}
        self.tables = [part for part in step.parts if part.kind is StepKind.TABLE]
        # Aggregates have no name: they are met in the order in which the rule mentions them.
        self.aggregates = [part for part in step.parts if part.kind in (StepKind.HOUSEHOLD, StepKind.HISTORY)]
        self.unknown: dict[str, n.InputValue] = {}
        plan = make_plan(program, [step.name], day=self.day, columns=columns, known_on=self.known_on, fold=False)
        self.shapes = {name: rule.shape for name, rule in plan.variables.items()}

    def value(self) -> Scalar:
        rule = self._with_values(self.program.variables[self.step.name].node)
        folded = Specialiser(self.program, self.day, self.known_on, True, True).node(rule)
        shapes = {node.name: node.shape for node in self.unknown.values()}
        plan = Plan(
            self.program, (self.step.name,), self.day, {self.step.name: folded}, shapes, frozenset(shapes), frozenset()
        )
        person = pa.table({"row": [0], "household": [0], "person": pa.array([None], pa.string())})
        answer = ReferenceEngine().run(plan, person, None, masks=False).column(self.step.name)[0].as_py()
        return to_written(answer, self.step.type)

    def _unknown(self, node: n.Node, name: str) -> n.Node:
        """Something that is not known, with the bounds it has: they may still decide."""
        shape = self.shapes.get(name.removeprefix("unknown "), node.shape)
        self.unknown[name] = n.InputValue(shape, name)
        return self.unknown[name]

    def _constant(self, value: Scalar, kind: Type) -> n.Node:
        return make.constant(convert(value, kind), kind)

    def _with_values(self, node: n.Node) -> n.Node:
        match node:
            case n.VariableValue(name=name) | n.InputValue(name=name) | n.ParameterValue(name=name):
                part = self.named.get(name)
                if part is None or part.value is None:
                    return self._unknown(node, f"unknown {name}")
                return self._constant(part.value, node.shape.type)
            case n.EvaluationDate():
                shown = self.named.get("evaluation_date")
                return (
                    self._unknown(node, "unknown day")
                    if shown is None
                    else self._constant(shown.value, node.shape.type)
                )
            case n.HouseholdAggregate() | n.HistoryAggregate():
                return self._aggregate(node)
            case n.Constant(origin=str(origin)) if "|" in origin:
                return (
                    node
                    if any(t.row == (origin.partition("|")[2],) for t in self.tables)
                    else self._constant(0, node.shape.type)
                )
        if not node.children:
            return node
        remade = make.remake(node, [self._with_values(child) for child in node.children])
        return self._row(remade) if isinstance(remade, n.TableLookup) else remade

    def _row(self, node: n.TableLookup) -> n.Node:
        """The lookup itself while a row of it is shown, cut down to the rows shown; unknown otherwise."""
        shown = [part for part in self.tables if part.name == f"{node.table}.{node.column}"]
        if not shown:
            return self._unknown(node, f"unknown row of {node.table}.{node.column}")
        rows = {part.row for part in shown}
        values = {part.value for part in shown}
        kind = node.shape.type
        assert all(value is None or convert(value, kind) is not None for value in values) and rows
        return node

    def _aggregate(self, node: n.HouseholdAggregate | n.HistoryAggregate) -> n.Node:
        prefix = "household" if isinstance(node, n.HouseholdAggregate) else "history"
        fitting = [part for part in self.aggregates if part.name == f"{prefix}.{node.operator}"]
        if isinstance(node, n.HistoryAggregate):
            inside = {item.name for root in (node.value, node.where) if root for item in _all(root)}
            fitting = [
                part for part in fitting
                if part.window is not None and set(part.window.columns) == inside
                and (part.window.last, part.window.number) == (node.last, node.number)
            ]  # fmt: skip
        if not fitting or fitting[0].value is None:
            return self._unknown(node, f"unknown {prefix}.{node.operator} {id(node)}")
        part = fitting[0]
        if isinstance(node, n.HouseholdAggregate):
            self.aggregates.remove(part)
            assert of_members(part) == part.value, f"{part.name} of {[child.value for child in part.children]}"
        return self._constant(part.value, node.shape.type)


def _all(root: n.Node) -> Iterable[n.HistoryValue]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, n.HistoryValue):
            yield node
        waiting.extend(node.children)


def of_members(step: ExplainedStep) -> Scalar:
    """A household aggregate from the members shown."""
    values = [child.value for child in step.children]
    operator = step.name.partition(".")[2]
    if operator == "any":
        return True in values
    if operator == "all":
        return False not in values
    if operator == "count":
        return len(values)
    numbers = [value for value in values if not isinstance(value, (str, date, bool)) and value is not None]
    if operator == "sum":
        return sum(numbers, start=step.value * 0)  # type: ignore[operator]
    return min(values) if operator == "min" else max(values)  # type: ignore[type-var]
