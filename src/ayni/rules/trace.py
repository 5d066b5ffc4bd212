"""The plan of one output with its inner steps as outputs, so that an explanation reads values and computes none.

Whatever decides is made visible: conditions, operands of `and` and `or`, table rows, household and history aggregates.
Each inner step is worked out by the rule that the plan itself has for it, bounds and folding included; so a step can
never say something else than the result does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules.plan import Check, Plan, Specialiser, given_column
from ayni.rules.program import Program
from ayni.rules.types import BOOLEAN, INTEGER, Shape


@dataclass(frozen=True)
class HistoryCounts:
    """The nodes that count the records of an aggregate's window: all of them, and those that its condition takes."""

    records: n.Node
    counted: n.Node


@dataclass(frozen=True)
class Trace:
    """`plan` gives every step; the others say where: id of a node of the program's rules → the node that holds its
    value.

    A value is held by a constant, an input, a variable, or a column of its own (a variable named `trace.<n>`). rows: of
    a table lookup, the position of the row that matched (from 0; -1 for `otherwise`).
    """

    plan: Plan
    values: Mapping[int, n.Node]
    rows: Mapping[int, n.Node]
    counts: Mapping[int, HistoryCounts]


class _Recorder(Specialiser):
    """Remembers what each node of the program became; inside a history it has as many values as there are months."""

    def __init__(self, program: Program, day: int, known_on: int | None, has_history: bool) -> None:
        super().__init__(program, day, known_on, True, has_history)
        self.made: dict[int, n.Node] = {}

    def node(self, node: n.Node, in_history: bool = False) -> n.Node:
        made = super().node(node, in_history)
        if not in_history:
            self.made[id(node)] = made
        return made


def trace_plan(
    program: Program, output: str, *, day: int, columns: Collection[str], known_on: int | None, has_history: bool
) -> Trace:
    """Instrument the plan of one output for a day. `columns` are those of the table."""
    return _Tracer(program, output, day, columns, known_on, has_history).trace()


class _Tracer:
    def __init__(
        self, program: Program, output: str, day: int, columns: Collection[str], known_on: int | None, has_history: bool
    ) -> None:
        self.program = program
        self.output = output
        self.day = day
        self.columns = columns
        self.known_on = known_on
        self.recorder = _Recorder(program, day, known_on, has_history)
        self.variables: dict[str, n.Node] = {}
        self.inputs: dict[str, Shape] = {}
        self.checks: list[Check] = []
        self.columns_made: dict[int, n.Node] = {}
        self.values: dict[int, n.Node] = {}
        self.rows: dict[int, n.Node] = {}
        self.counts: dict[int, HistoryCounts] = {}

    def trace(self) -> Trace:
        names = self.program.closure([self.output])
        given = frozenset(name for name in names if name in self.columns)
        for name in names:
            self._specialise(name, name in given)
        for name in names:
            for node in reached(self.program.variables[name].node):
                self._show(node)
        history = {item.name: item.shape for item in self._everything() if isinstance(item, n.HistoryValue)}
        inputs = dict(sorted(self.inputs.items()))
        absent = frozenset(name for name in inputs if name not in self.columns)
        plan = Plan(
            self.program, tuple(self.variables), self.day, self.variables, inputs, absent, given, tuple(self.checks),
            self.known_on, history,
        )  # fmt: skip
        return Trace(plan, self.values, self.rows, self.counts)

    def _everything(self) -> Iterator[n.Node]:
        for name in self.variables:
            yield from reached(self.variables[name], inside_history=True)

    def _specialise(self, name: str, is_given: bool) -> None:
        """As `make_plan` does, but what folding cuts off stays: it is not needed, and yet may be asked for."""
        typed = self.program.variables[name]
        node = self.recorder.node(typed.node)
        if is_given:
            column = given_column(self.program, name, node.shape)
            self.inputs[name] = column.shape
            node = make.first_known((column, node))
        self.recorder.done[name] = self.variables[name] = node
        for conflict in typed.conflicts:
            both = self.recorder.node(make.logic("and", (conflict.left, conflict.right)))
            if not (isinstance(both, n.Constant) and both.value is not True):
                self.checks.append(Check(name, conflict.labels, both))

    def _show(self, node: n.Node) -> None:
        """Make the values visible that decide what mattered in a node; a variant of another day has none."""
        if id(node) not in self.recorder.made:
            return
        match node:
            case n.InputValue(name=name):
                self.inputs[name] = node.shape
            case n.If(condition=condition):
                self._show_all((node, condition))
            case n.Logic(operands=operands) | n.FirstKnown(operands=operands):
                self._show_all((node, *operands))
            case n.Arithmetic(operator="*", left=left, right=right):
                self._show_all((left, right) if any(slice_of(part) for part in (left, right)) else ())
            case n.HouseholdAggregate():
                self._show_all((node, *node.children))
            case n.TableLookup():
                self._show_all((node,))
                self.rows[id(node)] = self._column(self._row_of(node))
            case n.HistoryAggregate():
                self._show_all((node, *(part for part in (node.since, node.until) if part is not None)))
                self._count_records(node)

    def _show_all(self, nodes: Iterable[n.Node]) -> None:
        for node in nodes:
            if id(node) in self.recorder.made:
                self.values[id(node)] = self._column(self.recorder.made[id(node)])

    def _column(self, made: n.Node) -> n.Node:
        """The node itself where it is a value already, else a column that holds it."""
        if isinstance(made, (n.Constant, n.InputValue, n.VariableValue)):
            return made
        if id(made) not in self.columns_made:
            name = f"trace.{len(self.variables)}"
            self.variables[name] = made
            self.columns_made[id(made)] = n.VariableValue(made.shape, name)
        return self.columns_made[id(made)]

    def _row_of(self, lookup: n.TableLookup) -> n.Node:
        """The same lookup giving the position of its row in place of the cell.

        Engines take two lookups of one column for the same computation, so it is a column of its own.
        """
        versions = [
            n.LookupVersion(
                version.day,
                tuple((cells, position) for position, (cells, _) in enumerate(version.rows)),
                None if version.otherwise is None else -1,
                version.evidence,
                version.known_from,
            )
            for version in lookup.versions
        ]
        column = f"row of {lookup.column}"
        positions = make.table_lookup(lookup.table, column, INTEGER, lookup.keys, lookup.bands, versions)
        return self.recorder.node(positions)

    def _count_records(self, node: n.HistoryAggregate) -> None:
        made = self.recorder.made[id(node)]
        if not isinstance(made, n.HistoryAggregate) or made.operator == "value":
            return
        records, counted = (
            make.history_aggregate("count", None, where, last=made.last, since=made.since, until=made.until)
            for where in (make.constant(True, BOOLEAN), made.where or make.constant(True, BOOLEAN))
        )
        self.counts[id(node)] = HistoryCounts(self._column(records), self._column(counted))


def reached(root: n.Node, *, inside_history: bool = False) -> Iterator[n.Node]:
    """The nodes of a rule, each once; what is inside a history aggregate belongs to the records, not to the person."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, n.HistoryAggregate) and not inside_history:
            waiting.extend(part for part in (node.since, node.until) if part is not None)
        else:
            waiting.extend(node.children)


def slice_of(node: n.Node) -> n.Constant | None:
    """The figure of a band by which `marginal` multiplies a slice; None for any other node."""
    while isinstance(node, n.Rescaled):
        node = node.operand
    return node if isinstance(node, n.Constant) and node.origin and "|" in node.origin else None
