"""What would decide an undecided output: the smallest set of inputs, up to three, found by trying values.

A mask says what can still matter; this says what is enough. The reference engine is asked again with values filled in:
both truth values, every value of an enumeration, and for numbers, money, dates and months their bounds and one unit
below, at and above every figure of the plan. It is a search with limits, so it can miss a set that only an unusual
value would complete; what it does give has been seen to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ayni.rules import nodes as n
from ayni.rules.engines.reference import Cell, Interpreter, Row
from ayni.rules.plan import Plan
from ayni.rules.types import DAY_MAX, DAY_MIN, Kind, Shape, date_of, day_number, month_number

INPUTS_MAX = 3
# Values tried for an input that is filled in as the first, second or third of a set.
VALUES_MAX = (60, 20, 8)
# How often the reference may be asked for one pattern.
TRIES_MAX = 3_000
PATTERNS_MAX = 10_000
# Whole numbers up to this size may count years or months, so that dates that long ago are tried.
AGE_MAX = 1_200


def deciding_inputs(
    plan: Plan, output: str, row_values: Row, members: Sequence[Row] = (), records: Sequence[Row] = ()
) -> tuple[str, ...]:
    """The smallest set of inputs that would decide `output` for one person; empty where none is needed or found.

    row_values: the person's canonical row (inputs that are left out count as unknown; `day`, `history_from` and
    `history_until` where the plan uses them). members: the rows of the others in the household; an input is filled in
    for every member for whom it is unknown. records: the person's monthly records.

    The inputs come from the mask of the output, and from the mask that remains once the first ones are filled in. Of
    several smallest sets the first in the order of `plan.inputs` is given. At most INPUTS_MAX inputs, VALUES_MAX values
    of each and TRIES_MAX tries; each distinct pattern is worked out once (use a `Decider` for many rows of one plan).
    """
    return Decider(plan).inputs_for(output, row_values, members, records)


@dataclass(frozen=True)
class _State:
    """Inputs filled in so far, and what the output still lacks with them."""

    given: tuple[tuple[str, n.Value], ...]
    cell: Cell

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.given)


@dataclass
class Decider:
    """Answers for many rows of one plan, and remembers the patterns it has seen (at most PATTERNS_MAX)."""

    plan: Plan
    _parts: dict[str, Plan] = field(default_factory=dict, repr=False)
    _seen: dict[tuple[object, ...], tuple[str, ...]] = field(default_factory=dict, repr=False)

    def inputs_for(
        self, output: str, row_values: Row, members: Sequence[Row] = (), records: Sequence[Row] = ()
    ) -> tuple[str, ...]:
        """As `deciding_inputs`."""
        part = self._parts.setdefault(output, _part_of(self.plan, output))
        rows = [_canonical(part, row, person) for person, row in enumerate((row_values, *members))]
        mine = [{**record, "person": 0} for record in records] if part.uses_history else []
        pattern = (output, *(_pattern(row) for row in rows), *(_pattern(record) for record in mine))
        if pattern not in self._seen:
            if len(self._seen) >= PATTERNS_MAX:
                self._seen.clear()
            self._seen[pattern] = _Search(part, rows, mine).smallest()
        return self._seen[pattern]


def _part_of(plan: Plan, output: str) -> Plan:
    """The plan for one output alone, in which every input may be filled in."""
    needed: set[str] = set()
    waiting = [output]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        nodes = [plan.variables[name]]
        while nodes:
            node = nodes.pop()
            nodes.extend(node.children)
            if isinstance(node, n.VariableValue):
                waiting.append(node.name)
            elif isinstance(node, n.InputValue):
                used.add(node.name)
    variables = {name: node for name, node in plan.variables.items() if name in needed}
    inputs = {name: shape for name, shape in plan.inputs.items() if name in used}
    return replace(plan, outputs=(output,), variables=variables, inputs=inputs, absent=frozenset(), checks=())


def _canonical(plan: Plan, row: Row, person: int) -> dict[str, n.Value]:
    """A row with the columns that the part of the plan reads, and no others."""
    found: dict[str, n.Value] = {name: row.get(name) for name in plan.inputs}
    found.update(household=0, person=person)
    if plan.day is None:
        found["day"] = row["day"]
    if plan.uses_history:
        found.update(history_from=row.get("history_from"), history_until=row.get("history_until"))
    return found


def _pattern(row: Row) -> tuple[tuple[str, n.Value], ...]:
    return tuple(sorted(row.items(), key=lambda item: item[0]))


class _Search:
    """Level by level: one input filled in, then two, then three; the first level on which a set decides is the one."""

    def __init__(self, plan: Plan, rows: Sequence[Mapping[str, n.Value]], records: Sequence[Row]) -> None:
        self.plan = plan
        self.rows = rows
        self.records = records
        self.tries = 0
        self.names = plan.missable()
        self.order = {name: position for position, name in enumerate(plan.inputs)}
        day = plan.day if plan.day is not None else rows[0]["day"]
        assert isinstance(day, int)
        self.values = _Candidates(plan, day)

    def smallest(self) -> tuple[str, ...]:
        states = [_State((), self._asked(()))]
        if states[0].cell.value is not None:
            return ()
        for level in range(INPUTS_MAX):
            following = self._next_level(states, VALUES_MAX[level])
            found = {tuple(sorted(s.names, key=self.order.__getitem__)) for s in following if s.cell.value is not None}
            if found:
                return min(found, key=lambda names: [self.order[name] for name in names])
            states = following
        return ()

    def _next_level(self, states: Iterable[_State], values_max: int) -> list[_State]:
        """Every state with one more input filled in; each set of names and values once."""
        following: dict[frozenset[tuple[str, n.Value]], _State] = {}
        for state in states:
            for name in self._inputs_of(state.cell.missing):
                if name in state.names:
                    continue  # it is another member's: this person's own figure does not decide
                for value in self.values.of(name)[:values_max]:
                    given = (*state.given, (name, value))
                    if frozenset(given) in following:
                        continue
                    if self.tries >= TRIES_MAX:
                        return list(following.values())
                    following[frozenset(given)] = _State(given, self._asked(given))
        return list(following.values())

    def _inputs_of(self, missing: int) -> list[str]:
        return [name for bit, name in enumerate(self.names) if missing >> bit & 1 and name in self.plan.inputs]

    def _asked(self, given: tuple[tuple[str, n.Value], ...]) -> Cell:
        self.tries += 1
        rows = [{**row, **{name: value for name, value in given if row[name] is None}} for row in self.rows]
        return Interpreter(self.plan, rows, self.records).of_variable(self.plan.outputs[0])[0]


class _Candidates:
    """The values worth trying for each input of a plan."""

    def __init__(self, plan: Plan, day: int) -> None:
        self.plan = plan
        self.day = day
        self.figures: dict[Fraction, None] = {}
        self.days: dict[int, None] = {}
        self.months: dict[int, None] = {}
        for node in plan.walk():
            self._collect(node)
        self._done: dict[str, list[n.Value]] = {}

    def of(self, name: str) -> list[n.Value]:
        """The values tried for an input: its bounds first, then what lies around the figures of the plan."""
        if name not in self._done:
            self._done[name] = self._work_out(self.plan.inputs[name])
        return self._done[name]

    def _work_out(self, shape: Shape) -> list[n.Value]:
        if shape.type.kind is Kind.BOOLEAN:
            return [True, False]
        if not shape.type.is_integral:
            return list(shape.type.values)
        assert shape.low is not None and shape.high is not None
        if shape.type.kind is Kind.DATE:
            around: Iterable[int] = self._around_days()
        elif shape.type.kind is Kind.MONTH:
            around = self._around_months()
        else:
            scaled = [figure * 10**shape.type.scale for figure in self.figures]
            around = [figure.__floor__() + step for figure in scaled for step in (0, 1, -1)]
        found = dict.fromkeys((shape.low, shape.high, *around))
        return [value for value in found if shape.low <= value <= shape.high]

    def _around_days(self) -> list[int]:
        """The evaluation day, dates of the plan, and the days on which an age or a number of months is completed."""
        found = [self.day, *self.days]
        today = date_of(self.day)
        for figure in self.figures:
            if figure.denominator != 1 or not 0 < figure <= AGE_MAX:
                continue
            for months in (int(figure) * 12, int(figure)):
                month = month_number(today) - months
                if month // 12 >= 1:
                    found.append(day_number(date_of(self.day).replace(month // 12, month % 12 + 1, min(today.day, 28))))
        return [day + step for day in found for step in (0, 1, -1) if DAY_MIN <= day + step <= DAY_MAX]

    def _around_months(self) -> list[int]:
        today = month_number(date_of(self.day))
        counted = [today - int(figure) for figure in self.figures if figure.denominator == 1 and abs(figure) <= AGE_MAX]
        return [month + step for month in (today, *self.months, *counted) for step in (0, 1, -1)]

    def _collect(self, node: n.Node) -> None:
        match node:
            case n.Constant(value=value):
                self._note(value, node.shape)
            case n.ParameterValue(versions=versions):
                for version in versions:
                    self._note(version.value, node.shape)
            case n.TableLookup(keys=keys, versions=tables):
                scales = [
                    key.shape.type.scale - (0 if denominator is None else denominator.shape.type.scale)
                    for key, denominator in keys
                ]
                for cells in (cells for version in tables for cells, _ in version.rows):
                    for cell, scale, (key, _) in zip(cells, scales, keys, strict=True):
                        at = cell.at if isinstance(cell, n.BandEdge) else cell
                        self._note(at, key.shape, scale)

    def _note(self, value: n.Value, shape: Shape, scale: int | None = None) -> None:
        if value is None or isinstance(value, (bool, str)):
            return
        if shape.type.kind is Kind.DATE:
            self.days[value] = None
        elif shape.type.kind is Kind.MONTH:
            self.months[value] = None
        else:
            self.figures[Fraction(value, 10 ** (shape.type.scale if scale is None else scale))] = None
