"""The judge: plain Python, one row after the other, slow on purpose and without any optimisation.

What a scalar node means is `ayni.rules.semantics`; what masks and aggregates mean is written in
`ayni.rules.engines.base`, and here once more as code that can be read beside it. Other engines are right where they
agree with this one. Every node is worked out, none is skipped, and none needs recursion: children come before parents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from ayni.rules import nodes as n
from ayni.rules.engines.base import arrow_type, mask_names, mask_words
from ayni.rules.plan import HISTORY, MASK_WORD_BITS, PACK_FIGURE, Plan
from ayni.rules.semantics import apply, conjunction, disjunction, edge_of_month
from ayni.rules.types import BOOLEAN, Kind, Shape, date_of, month_number

Row = Mapping[str, n.Value]


class Cell(NamedTuple):
    """A value (None: unknown) and the set of what could still decide it, as bits in the order of `plan.missable()`."""

    value: n.Value
    missing: int


class _Place(NamedTuple):
    """Where a node is asked: a person (position in the table), the evaluation day, and the monthly record, if any."""

    person: int
    day: int
    record: Row | None = None


@dataclass(frozen=True)
class _Window:
    """The months [start, end) that an aggregate looks at, and the records in them, oldest first."""

    start: int
    end: int
    records: tuple[Row, ...]


class ReferenceEngine:
    """Runs a plan as `ayni.rules.engines.base` describes it."""

    name = "reference"

    def run(self, plan: Plan, persons: pa.Table, history: pa.Table | None, *, masks: bool) -> pa.Table:
        """The outputs (and masks, and checks) for every person, in the order of `row`."""
        rows = sorted(persons.to_pylist(), key=lambda row: int(row["row"]))
        records = [] if history is None else history.to_pylist()
        interpreter = Interpreter(plan, rows, records)
        columns: dict[str, pa.Array] = {}
        for output in plan.outputs:
            values = [cell.value for cell in interpreter.of_variable(output)]
            columns[output] = pa.array(values, arrow_type(plan.variables[output].shape))
        for output in plan.outputs if masks else ():
            for word, name in enumerate(mask_names(output, mask_words(plan))):
                first = word * MASK_WORD_BITS
                bits = [cell.missing >> first & (1 << MASK_WORD_BITS) - 1 for cell in interpreter.of_variable(output)]
                columns[name] = pa.array(bits, pa.int64())
        for position, check in enumerate(plan.checks):
            cells = interpreter.of_rule(check.node)
            columns[f"check.{position}"] = pa.array([cell.value for cell in cells], arrow_type(Shape(BOOLEAN)))
        return pa.table(columns)


class Interpreter:
    """Works out the variables of a plan, one after the other, for all rows of a canonical table."""

    def __init__(self, plan: Plan, rows: Sequence[Row], records: Iterable[Row]) -> None:
        self.plan = plan
        self.rows = rows
        self._bits = {name: 1 << position for position, name in enumerate(plan.missable())}
        self._records = sorted(records, key=lambda record: _whole(record["month"]))
        self._cells: dict[str, Sequence[Cell]] = {}
        for name, node in plan.variables.items():
            self._cells[name] = self.of_rule(node)

    def of_variable(self, name: str) -> Sequence[Cell]:
        """The cells of a variable of the plan, one a row."""
        return self._cells[name]

    def of_rule(self, node: n.Node) -> Sequence[Cell]:
        """The cells of any node whose variables are worked out already, one a row."""
        return [self._cell(node, _Place(person, self._day_of(person))) for person in range(len(self.rows))]

    def _day_of(self, person: int) -> int:
        return self.plan.day if self.plan.day is not None else _whole(self.rows[person]["day"])

    def _cell(self, root: n.Node, place: _Place) -> Cell:
        done: dict[int, Cell] = {}
        for node in _children_first(root):
            done[id(node)] = self._one(node, [done[id(child)] for child in _scalar_children(node)], place)
        return done[id(root)]

    def _one(self, node: n.Node, parts: Sequence[Cell], place: _Place) -> Cell:
        """The cell of one node from those of its children."""
        match node:
            case n.InputValue(name=name):
                value = None if name in self.plan.absent else self.rows[place.person][name]
                return Cell(value, self._bits[name] if value is None else 0)
            case n.VariableValue(name=name):
                return self._cells[name][place.person]
            case n.HistoryValue(name=name):
                assert place.record is not None
                return Cell(place.record[name], 0)
            case n.HouseholdAggregate():
                return self._household(node, place)
            case n.HistoryAggregate():
                return self._history(node, place)
        value = apply(node, [part.value for part in parts], place.day)
        return Cell(value, self._missing(node, parts, place) if value is None else 0)

    def _missing(self, node: n.Node, parts: Sequence[Cell], place: _Place) -> int:
        """The mask of a scalar node that is unknown."""
        figure = self._bits[PACK_FIGURE]
        match node:
            case n.Constant():
                index = self.plan.bit_of_constant(node)
                return 0 if index is None else 1 << index
            case n.ParameterValue():
                return figure
            case n.If():
                condition, then, otherwise = parts
                return (
                    condition.missing if condition.value is None else (then if condition.value else otherwise).missing
                )
            case n.Dated(variants=variants):
                current = [index for index, (day, _) in enumerate(variants) if day <= place.day]
                return parts[max(current, key=lambda index: variants[index][0])].missing if current else figure
            case n.TableLookup():
                return _union(parts) if any(part.value is None for part in parts) else figure
        return _union(parts)

    # ── Households

    def _household(self, node: n.HouseholdAggregate, place: _Place) -> Cell:
        mine = self.rows[place.person]["household"]
        members = [person for person, row in enumerate(self.rows) if row["household"] == mine]
        pairs = []
        for person in members:
            there = _Place(person, self._day_of(person))
            where = Cell(True, 0) if node.where is None else self._cell(node.where, there)
            value = Cell(True, 0) if node.value is None else self._cell(node.value, there)
            pairs.append((where, value))
        result = _of_members(node.operator, [where.value for where, _ in pairs], [value.value for _, value in pairs])
        missing = 0
        for where, value in pairs:
            missing |= where.missing
            missing |= value.missing if where.value is not False else 0
        return Cell(result, missing if result is None else 0)

    # ── Histories

    def _history(self, node: n.HistoryAggregate, place: _Place) -> Cell:
        since = Cell(None, 0) if node.since is None else self._cell(node.since, place)
        until = Cell(None, 0) if node.until is None else self._cell(node.until, place)
        result = self._of_records(node, since.value, until.value, place)
        return Cell(result, self._bits[HISTORY] | since.missing | until.missing if result is None else 0)

    def _of_records(self, node: n.HistoryAggregate, since: n.Value, until: n.Value, place: _Place) -> n.Value:
        row = self.rows[place.person]
        if row.get("history_from") is None or row.get("history_until") is None:
            return None
        first, last = _whole(row["history_from"]), _whole(row["history_until"])
        month = month_number(date_of(place.day))
        if node.operator == "value":
            assert node.number is not None
            return self._one_month(node, month - node.number, (first, last), place)
        if (node.since is not None and since is None) or (node.until is not None and until is None):
            return None
        if node.last is not None:
            start, end = month - node.last, month
        else:
            start = first if since is None else _whole(since)
            end = month if until is None else min(_whole(until), month)
        if start < end and not (first <= start and end <= last):
            return None
        return self._aggregate(node, self._window(row["person"], start, end), place)

    def _window(self, person: n.Value, start: int, end: int) -> _Window:
        mine = [record for record in self._records if person is not None and record["person"] == person]
        return _Window(start, end, tuple(record for record in mine if start <= _whole(record["month"]) < end))

    def _aggregate(self, node: n.HistoryAggregate, window: _Window, place: _Place) -> n.Value:
        wheres: list[n.Value] = []
        values: list[n.Value] = []
        months: list[int] = []
        for record in window.records:
            months.append(_whole(record["month"]))
            there = _Place(place.person, edge_of_month(months[-1], "first"), record)
            wheres.append(True if node.where is None else self._cell(node.where, there).value)
            values.append(True if node.value is None else self._cell(node.value, there).value)
        if any(where is None for where in wheres):
            return None
        months = [month for month, where in zip(months, wheres, strict=True) if where]
        chosen = [value for value, where in zip(values, wheres, strict=True) if where]
        if any(value is None for value in chosen):
            return None
        match node.operator:
            case "count" | "records":
                return len(chosen)
            case "sum":
                return sum(map(_whole, chosen))
            case "sum_best":
                return sum(sorted(map(_whole, chosen), reverse=True)[: node.number])
            case "records_best":
                return len(chosen[: node.number])
            case "longest_run":
                return _longest_run(months)
            case "last":
                return chosen[-1] if chosen else None
            case _:
                assert False, f"unhandled: {node.operator}"

    def _one_month(self, node: n.HistoryAggregate, month: int, complete: tuple[int, int], place: _Place) -> n.Value:
        """The value in one month's record; a month without one, inside the history, is one with nothing paid."""
        if not complete[0] <= month < complete[1]:
            return None
        window = self._window(self.rows[place.person]["person"], month, month + 1)
        if window.records:
            assert node.value is not None
            there = _Place(place.person, edge_of_month(month, "first"), window.records[0])
            return self._cell(node.value, there).value
        if node.shape.type.kind in (Kind.MONEY, Kind.NUMBER):
            return 0
        return False if node.shape.type.kind is Kind.BOOLEAN else None


def _scalar_children(node: n.Node) -> tuple[n.Node, ...]:
    """The children asked at the same place; those of aggregates are asked elsewhere."""
    return () if isinstance(node, (n.HouseholdAggregate, n.HistoryAggregate)) else node.children


def _children_first(root: n.Node) -> list[n.Node]:
    """All nodes asked at one place, every child before its parent, a node that stands in several places once."""
    order: dict[int, n.Node] = {}
    waiting = [(root, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if is_ready:
            order[id(node)] = node
        elif id(node) not in order:
            waiting.append((node, True))
            waiting.extend((child, False) for child in _scalar_children(node))
    return list(order.values())


def _union(parts: Iterable[Cell]) -> int:
    missing = 0
    for part in parts:
        missing |= part.missing
    return missing


def _whole(value: n.Value) -> int:
    assert isinstance(value, int)
    return value


def _of_members(operator: str, wheres: Sequence[n.Value], values: Sequence[n.Value]) -> n.Value:
    """A household aggregate from the conditions and values of all members."""
    if operator == "any":
        return disjunction(wheres)
    if operator == "all":
        return conjunction(wheres)
    if any(where is None for where in wheres):
        return None
    chosen = [value for value, where in zip(values, wheres, strict=True) if where]
    if operator == "count":
        return len(chosen)
    if any(value is None for value in chosen):
        return None
    numbers = [_whole(value) for value in chosen]
    if operator == "sum":
        return sum(numbers)
    assert operator in ("min", "max"), f"unhandled: {operator}"
    if not numbers:
        return None
    return min(numbers) if operator == "min" else max(numbers)


def _longest_run(months: Sequence[int]) -> int:
    """The most months in a row; `months` rise."""
    longest = run = 0
    previous: int | None = None
    for month in months:
        run = run + 1 if previous is not None and month == previous + 1 else 1
        longest, previous = max(longest, run), month
    return longest
