"""The typed form of a rule: a small set of frozen nodes that every engine gives the same meaning.

Nodes are made by the functions of `ayni.rules.making`, which work out their `Shape` (type, bounds, nullable); nothing
here decides. Integers are exact, so a division exists only as `Rounded`, and a comparison of quotients arrives
cross-multiplied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ayni.rules.definitions import Evidence
from ayni.rules.types import Shape

Value = int | bool | str | None
RoundingMode = Literal["half_up", "half_even", "up", "down", "floor"]
CompareOperator = Literal["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    shape: Shape

    @property
    def children(self) -> tuple[Node, ...]:
        return ()


@dataclass(frozen=True, eq=False, slots=True)
class Constant(Node):
    """`origin` names the parameter it came from, `evidence` the version used."""

    value: Value
    origin: str | None = None
    evidence: Evidence | None = None
    is_literal: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class ParameterVersion:
    day: int
    value: Value
    evidence: Evidence
    known_from: int | None = None


@dataclass(frozen=True, eq=False, slots=True)
class ParameterValue(Node):
    """A dated figure; before the first version it is unknown."""

    name: str
    versions: tuple[ParameterVersion, ...]


@dataclass(frozen=True, eq=False, slots=True)
class InputValue(Node):
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class HistoryValue(Node):
    """A column of the monthly record that a history aggregate looks at."""

    name: str


@dataclass(frozen=True, eq=False, slots=True)
class VariableValue(Node):
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class EvaluationDate(Node):
    """The day for which the rules are asked; inside a history aggregate, the first day of the record's month."""


@dataclass(frozen=True, eq=False, slots=True)
class Arithmetic(Node):
    operator: Literal["+", "-", "*"]
    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, eq=False, slots=True)
class Absolute(Node):
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False, slots=True)
class Rescaled(Node):
    """The same value at a finer scale: the integer times 10**power; or another type over the same integer (power 0)."""

    operand: Node
    power: int

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False, slots=True)
class Rounded(Node):
    """round(numerator / denominator) × multiplier; unknown where the denominator is not positive."""

    numerator: Node
    denominator: Node
    mode: RoundingMode
    multiplier: int

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.numerator, self.denominator)


@dataclass(frozen=True, eq=False, slots=True)
class Compare(Node):
    operator: CompareOperator
    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, eq=False, slots=True)
class IsIn(Node):
    operand: Node
    values: tuple[int | str, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False, slots=True)
class Logic(Node):
    operator: Literal["and", "or"]
    operands: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(frozen=True, eq=False, slots=True)
class Not(Node):
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.condition, self.then, self.otherwise)


@dataclass(frozen=True, eq=False, slots=True)
class Extreme(Node):
    """The smaller or larger of two; known as soon as the bounds of the unknown side cannot change it."""

    operator: Literal["min", "max"]
    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, eq=False, slots=True)
class Known(Node):
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False, slots=True)
class FirstKnown(Node):
    operands: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(frozen=True, eq=False, slots=True)
class BandEdge:
    """The upper edge of a band, inclusive or not; `at` None for the last, open one."""

    at: int | None
    inclusive: bool


Cell = BandEdge | int | str | bool


@dataclass(frozen=True, eq=False, slots=True)
class LookupVersion:
    """Rows as (key cells, value), in the table's order; `otherwise` where no row matches (None: unknown)."""

    day: int
    rows: tuple[tuple[tuple[Cell, ...], Value], ...]
    otherwise: Value
    evidence: Evidence
    known_from: int | None = None


@dataclass(frozen=True, eq=False, slots=True)
class TableLookup(Node):
    """A cell of a dated table. Keys are (numerator, denominator) pairs flattened: band keys compare n with edge × d."""

    table: str
    column: str
    keys: tuple[tuple[Node, Node | None], ...]
    bands: tuple[bool, ...]
    versions: tuple[LookupVersion, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return tuple(part for pair in self.keys for part in pair if part is not None)


@dataclass(frozen=True, eq=False, slots=True)
class DatePart(Node):
    """year (a number), month (a month index), day (of the month, a number) of a date."""

    part: Literal["year", "month", "day"]
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False, slots=True)
class Elapsed(Node):
    """Completed years or months from start to end (negative: minus those from end to start).

    leap: the day on which 29 February is kept in a common year.
    """

    unit: Literal["years", "months"]
    start: Node
    end: Node
    leap: Literal["mar1", "feb28"]

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.start, self.end)


@dataclass(frozen=True, eq=False, slots=True)
class MonthEdge(Node):
    """First or last day of a month, as a date."""

    edge: Literal["first", "last"]
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False, slots=True)
class Dated(Node):
    """Variants of a formula, each from its day (a day number) on; before the first: unknown.

    known_from: for each variant the day from which it could be known (None: always); empty where all always could.
    """

    variants: tuple[tuple[int, Node], ...]
    known_from: tuple[int | None, ...] = ()

    @property
    def children(self) -> tuple[Node, ...]:
        return tuple(node for _, node in self.variants)


HouseholdOperator = Literal["count", "sum", "any", "all", "min", "max"]
HistoryOperator = Literal["count", "sum", "records", "sum_best", "records_best", "longest_run", "last", "value"]


@dataclass(frozen=True, eq=False, slots=True)
class HouseholdAggregate(Node):
    """Over all persons of the same household. `value` for sum, min, max; `where` for all but any and all, where it
    is the condition.
    """

    operator: HouseholdOperator
    value: Node | None
    where: Node | None

    @property
    def children(self) -> tuple[Node, ...]:
        return tuple(node for node in (self.value, self.where) if node is not None)


@dataclass(frozen=True, eq=False, slots=True)
class HistoryAggregate(Node):
    """Over a person's monthly records in [since, until) before the evaluation month; the window may be None (whole
    history).

    `last`/`ago`/`best` are whole numbers fixed in the rule. Unknown where the history is not complete for the
    window, or a record's condition or value that matters is unknown.
    """

    operator: HistoryOperator
    value: Node | None
    where: Node | None
    last: int | None = None
    since: Node | None = None
    until: Node | None = None
    number: int | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        return tuple(node for node in (self.value, self.where, self.since, self.until) if node is not None)
