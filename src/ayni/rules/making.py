"""Make typed nodes: each function works out the shape (type, bounds, nullable) of what it makes. It refuses nothing a
person wrote (that is `ayni.rules.typing`); wrong calls are bugs and fail an assertion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from ayni.rules import nodes as n
from ayni.rules.definitions import Evidence
from ayni.rules.types import (
    BOOLEAN,
    DATE,
    DAY_MAX,
    DAY_MIN,
    INT64_MAX,
    INTEGER,
    MONTH,
    MONTH_MAX,
    MONTH_MIN,
    Kind,
    Shape,
    Type,
    date_of,
    day_number,
    month_number,
)

# Ceilings of what is counted, so that bounds stay finite; they are written in docs/reference/limits.
HOUSEHOLD_SIZE_MAX = 1_000
HISTORY_MONTHS_MAX = 1_200


def derived(
    children: Iterable[n.Node | None],
    kind: Type,
    low: int | None = None,
    high: int | None = None,
    *,
    nullable: bool = False,
) -> Shape:
    """The shape of a node made from children: unknown if one of them can be, trusted if all of them are.

    nullable: it can be unknown though all children are known (a quotient by zero, the smallest of none): then there is
    no value for the bounds to hold of.
    """
    shapes = [child.shape for child in children if child is not None]
    trusted = not nullable and all(s.trusted for s in shapes)
    return Shape(kind, low, high, nullable or any(s.nullable for s in shapes), trusted)


def constant(
    value: n.Value, kind: Type, *, origin: str | None = None, evidence: Evidence | None = None, is_literal: bool = False
) -> n.Constant:
    """A fixed value; integers are already in the units of `kind`."""
    number = value if isinstance(value, int) and not isinstance(value, bool) else None
    low = high = number
    if value is None and kind.is_integral:
        # Of an unknown figure nothing is known, yet it never enters arithmetic: zero keeps the bounds of others tight.
        low = high = 0
    return n.Constant(Shape(kind, low, high, value is None, value is not None), value, origin, evidence, is_literal)


def parameter(name: str, kind: Type, versions: Sequence[n.ParameterVersion]) -> n.Node:
    """A dated figure, bounded by its versions."""
    known = [v.value for v in versions if isinstance(v.value, int) and not isinstance(v.value, bool)]
    low, high = (min(known, default=0), max(known, default=0)) if kind.is_integral else (None, None)
    return n.ParameterValue(Shape(kind, low, high, True, False), name, tuple(versions))


def add(operator: str, left: n.Node, right: n.Node) -> n.Arithmetic:
    """left + right or left - right; both at one scale. The type is that of the left side."""
    assert operator in ("+", "-")
    a, b = left.shape, right.shape
    assert a.low is not None and a.high is not None and b.low is not None and b.high is not None
    low, high = (a.low + b.low, a.high + b.high) if operator == "+" else (a.low - b.high, a.high - b.low)
    return n.Arithmetic(derived((left, right), a.type, low, high), operator, left, right)  # type: ignore[arg-type]


def multiply(left: n.Node, right: n.Node, kind: Type) -> n.Arithmetic:
    """left × right as `kind`, whose scale is the sum of both."""
    a, b = left.shape, right.shape
    assert a.low is not None and a.high is not None and b.low is not None and b.high is not None
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return n.Arithmetic(derived((left, right), kind, min(corners), max(corners)), "*", left, right)


def absolute(operand: n.Node) -> n.Node:
    """The value without its sign."""
    shape = operand.shape
    assert shape.low is not None and shape.high is not None
    if shape.low >= 0:
        return operand
    low = 0 if shape.high >= 0 else -shape.high
    return n.Absolute(derived((operand,), shape.type, low, shape.magnitude), operand)


def rescale(operand: n.Node, power: int, kind: Type) -> n.Node:
    """The same value with `power` more decimals, as `kind`."""
    assert power >= 0
    shape = operand.shape
    if power == 0 and shape.type == kind:
        return operand
    assert shape.low is not None and shape.high is not None
    factor = 10**power
    if isinstance(operand, n.Constant):
        scaled = operand.value if operand.value is None else int(operand.value) * factor
        return constant(scaled, kind, origin=operand.origin, evidence=operand.evidence, is_literal=operand.is_literal)
    return n.Rescaled(derived((operand,), kind, shape.low * factor, shape.high * factor), operand, power)


def round_quotient(numerator: int, denominator: int, mode: str) -> int:
    """round(numerator / denominator) for a positive denominator; the meaning of every rounding mode."""
    assert denominator > 0
    if mode == "floor":
        return numerator // denominator
    sign = -1 if numerator < 0 else 1
    whole, rest = divmod(abs(numerator), denominator)
    if mode == "up":
        whole += rest > 0
    elif mode == "half_up":
        whole += 2 * rest >= denominator
    elif mode == "half_even":
        whole += 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
    else:
        assert mode == "down", f"unhandled: {mode}"
    return sign * whole


def rounded(numerator: n.Node, denominator: n.Node, mode: n.RoundingMode, multiplier: int, kind: Type) -> n.Rounded:
    """Bounds are those of the corners of numerator and positive denominator."""
    a, d = numerator.shape, denominator.shape
    assert a.low is not None and a.high is not None and d.low is not None and d.high is not None
    smallest, largest = max(d.low, 1), max(d.high, 1)
    corners = [round_quotient(x, y, mode) * multiplier for x in (a.low, a.high) for y in (smallest, largest)]
    shape = derived((numerator, denominator), kind, min(corners), max(corners), nullable=d.low <= 0)
    return n.Rounded(shape, numerator, denominator, mode, multiplier)


def compare(operator: n.CompareOperator, left: n.Node, right: n.Node) -> n.Compare:
    """left and right are of one type and scale."""
    return n.Compare(derived((left, right), BOOLEAN), operator, left, right)


def is_in(operand: n.Node, values: Sequence[int | str]) -> n.IsIn:
    """Whether the operand is one of the values."""
    return n.IsIn(derived((operand,), BOOLEAN), operand, tuple(values))


def logic(operator: str, operands: Iterable[n.Node]) -> n.Node:
    """`and` / `or` of all operands; one alone is itself."""
    parts = tuple(operands)
    if len(parts) == 1:
        return parts[0]
    assert operator in ("and", "or") and parts
    return n.Logic(derived(parts, BOOLEAN), operator, parts)  # type: ignore[arg-type]


def negation(operand: n.Node) -> n.Not:
    """not operand."""
    return n.Not(derived((operand,), BOOLEAN), operand)


def _hull(nodes: Sequence[n.Node]) -> tuple[int | None, int | None]:
    lows = [node.shape.low for node in nodes if node.shape.low is not None]
    highs = [node.shape.high for node in nodes if node.shape.high is not None]
    return min(lows, default=None), max(highs, default=None)


def conditional(condition: n.Node, then: n.Node, otherwise: n.Node) -> n.If:
    """Both branches have one type already, but for the listed values of enumerations, which are joined."""
    low, high = _hull((then, otherwise))
    return n.If(derived((condition, then, otherwise), then.shape.type, low, high), condition, then, otherwise)


def extreme(operator: str, left: n.Node, right: n.Node) -> n.Extreme:
    """The smaller (min) or larger (max) of two of one type and scale."""
    a, b = left.shape, right.shape
    assert a.low is not None and a.high is not None and b.low is not None and b.high is not None
    pick = min if operator == "min" else max
    shape = derived((left, right), a.type, pick(a.low, b.low), pick(a.high, b.high))
    return n.Extreme(shape, operator, left, right)  # type: ignore[arg-type]


def known(operand: n.Node) -> n.Known:
    """Whether the operand is known; this is never unknown."""
    return n.Known(Shape(BOOLEAN, nullable=False), operand)


def first_known(operands: Sequence[n.Node]) -> n.FirstKnown:
    """The first operand that is known; all are of one type and scale."""
    low, high = _hull(operands)
    nullable = all(node.shape.nullable for node in operands)
    trusted = all(node.shape.trusted for node in operands)
    return n.FirstKnown(Shape(operands[0].shape.type, low, high, nullable, trusted), tuple(operands))


def table_lookup(
    table: str,
    column: str,
    kind: Type,
    keys: Sequence[tuple[n.Node, n.Node | None]],
    bands: Sequence[bool],
    versions: Sequence[n.LookupVersion],
) -> n.TableLookup:
    """A cell of a table, bounded by what its versions hold."""
    cells = [value for version in versions for _, value in version.rows]
    cells += [version.otherwise for version in versions if version.otherwise is not None]
    numbers = [c for c in cells if isinstance(c, int) and not isinstance(c, bool)]
    low, high = (min(numbers, default=0), max(numbers, default=0)) if kind.is_integral else (None, None)
    dated = len(versions) != 1 or versions[0].day > DAY_MIN
    kinds = [key.shape.type for key, _ in keys]
    gaps = any(v.otherwise is None and not _is_complete([row for row, _ in v.rows], bands, kinds) for v in versions)
    parts = [part for pair in keys for part in pair]
    unguarded = any(d is not None and (d.shape.low or 0) <= 0 for _, d in keys)
    unsure = dated or gaps or unguarded or any(c is None for c in cells)
    shape = derived(parts, kind, low, high, nullable=unsure)
    return n.TableLookup(shape, table, column, tuple(keys), tuple(bands), tuple(versions))


def _is_complete(rows: Sequence[tuple[n.Cell, ...]], bands: Sequence[bool], kinds: Sequence[Type]) -> bool:
    """Whether some row matches whatever the keys are; whole numbers as exact keys never are complete."""
    if not bands:
        return bool(rows)
    groups: dict[object, list[tuple[n.Cell, ...]]] = {}
    for first, *rest in rows:
        groups.setdefault((first.at, first.inclusive) if isinstance(first, n.BandEdge) else first, []).append(
            tuple(rest)
        )
    if bands[0]:
        ends = any(isinstance(row[0], n.BandEdge) and row[0].at is None for row in rows)
    elif kinds[0].kind is Kind.ENUM:
        ends = set(kinds[0].values) <= set(groups)
    else:
        ends = kinds[0].kind is Kind.BOOLEAN and len(groups) == 2
    return ends and all(_is_complete(group, bands[1:], kinds[1:]) for group in groups.values())


def date_part(part: str, operand: n.Node) -> n.DatePart:
    """Year, month index or day of the month of a date; unknown outside the calendar."""
    low, high = operand.shape.low, operand.shape.high
    assert low is not None and high is not None
    first, final = (date_of(min(max(bound, DAY_MIN), DAY_MAX)) for bound in (low, high))
    bounds = {
        "year": (first.year, final.year),
        "month": (month_number(first), month_number(final)),
        "day": (1, 31),
    }[part]
    kind = MONTH if part == "month" else INTEGER
    return n.DatePart(derived((operand,), kind, *bounds, nullable=low < DAY_MIN or high > DAY_MAX), part, operand)  # type: ignore[arg-type]


def month_edge(edge: str, operand: n.Node) -> n.MonthEdge:
    """First or last day of a month; unknown outside the calendar."""
    shape = operand.shape
    assert shape.low is not None and shape.high is not None
    first, final = (min(max(bound, MONTH_MIN), MONTH_MAX) for bound in (shape.low, shape.high))
    low, high = day_number(date(first // 12, first % 12 + 1, 1)), day_number(date(final // 12, final % 12 + 1, 28)) + 3
    nullable = shape.low < MONTH_MIN or shape.high > MONTH_MAX
    return n.MonthEdge(derived((operand,), DATE, low, high, nullable=nullable), edge, operand)  # type: ignore[arg-type]


def elapsed(unit: str, start: n.Node, end: n.Node, leap: str) -> n.Elapsed:
    """Completed years or months from start to end, two dates."""
    a, b = start.shape, end.shape
    assert a.low is not None and a.high is not None and b.low is not None and b.high is not None
    days = 365 if unit == "years" else 28
    low, high = (b.low - a.high) // days, (b.high - a.low) // days + 1
    outside = min(a.low, b.low) < DAY_MIN or max(a.high, b.high) > DAY_MAX
    return n.Elapsed(derived((start, end), INTEGER, low, high, nullable=outside), unit, start, end, leap)  # type: ignore[arg-type]


def dated(variants: Sequence[tuple[int, n.Node]], known_from: Sequence[int | None] = ()) -> n.Dated:
    """Variants of a rule, all of one type and scale, each from its day on."""
    nodes = [node for _, node in variants]
    low, high = _hull(nodes)
    return n.Dated(Shape(nodes[0].shape.type, low, high, True, False), tuple(variants), tuple(known_from))


def household_aggregate(operator: str, value: n.Node | None, where: n.Node | None) -> n.HouseholdAggregate:
    """A person without a household is a household of her own, so `min` and `max` are unknown only where nobody
    qualifies.
    """
    parts = [node for node in (value, where) if node is not None]
    if operator in ("any", "all"):
        shape = derived(parts, BOOLEAN)
    elif operator == "count":
        shape = derived(parts, INTEGER, 0, HOUSEHOLD_SIZE_MAX)
    else:
        assert value is not None and value.shape.low is not None and value.shape.high is not None
        low, high = value.shape.low, value.shape.high
        if operator == "sum":
            low, high = min(low, 0) * HOUSEHOLD_SIZE_MAX, max(high, 0) * HOUSEHOLD_SIZE_MAX
        shape = derived(parts, value.shape.type, low, high, nullable=operator != "sum")
    return n.HouseholdAggregate(shape, operator, value, where)  # type: ignore[arg-type]


def history_aggregate(
    operator: str,
    value: n.Node | None,
    where: n.Node | None,
    *,
    last: int | None = None,
    since: n.Node | None = None,
    until: n.Node | None = None,
    number: int | None = None,
) -> n.HistoryAggregate:
    """A history can always be missing, so every aggregate is nullable; where no record need be, nothing bounds it."""
    trusted = operator not in ("last", "value") and (value is None or value.shape.trusted)
    months = min(last or HISTORY_MONTHS_MAX, HISTORY_MONTHS_MAX)
    if operator in ("count", "records", "records_best", "longest_run"):
        ceiling = min(months, number) if operator == "records_best" and number else months
        shape = Shape(INTEGER, 0, ceiling, True, trusted)
    else:
        assert value is not None
        low, high = value.shape.low, value.shape.high
        if operator in ("sum", "sum_best"):
            assert low is not None and high is not None
            rows = min(months, number) if operator == "sum_best" and number else months
            low, high = min(low, 0) * rows, max(high, 0) * rows
        elif operator == "value" and value.shape.type.kind in (Kind.MONEY, Kind.NUMBER):
            assert low is not None and high is not None
            low, high = min(low, 0), max(high, 0)
        shape = Shape(value.shape.type, low, high, True, trusted)
    return n.HistoryAggregate(shape, operator, value, where, last, since, until, number)  # type: ignore[arg-type]


def remake(node: n.Node, children: Sequence[n.Node]) -> n.Node:
    """The same node over other children, with its shape worked out anew."""
    parts = list(children)
    match node:
        case n.Arithmetic(operator="*"):
            return multiply(parts[0], parts[1], node.shape.type)
        case n.Arithmetic(operator=operator):
            made = add(operator, parts[0], parts[1])
            return replace(made, shape=made.shape.with_type(node.shape.type))
        case n.Absolute():
            return absolute(parts[0])
        case n.Rescaled(power=power):
            return rescale(parts[0], power, node.shape.type)
        case n.Rounded(mode=mode, multiplier=multiplier):
            return rounded(parts[0], parts[1], mode, multiplier, node.shape.type)
        case n.Compare(operator=operator):
            return compare(operator, parts[0], parts[1])
        case n.IsIn(values=values):
            return is_in(parts[0], values)
        case n.Logic(operator=operator):
            return logic(operator, parts)
        case n.Not():
            return negation(parts[0])
        case n.If():
            made_if = conditional(parts[0], parts[1], parts[2])
            return replace(made_if, shape=made_if.shape.with_type(node.shape.type))
        case n.Extreme(operator=operator):
            return extreme(operator, parts[0], parts[1])
        case n.Known():
            return known(parts[0])
        case n.FirstKnown():
            return first_known(parts)
        case n.DatePart(part=part):
            return date_part(part, parts[0])
        case n.Elapsed(unit=unit, leap=leap):
            return elapsed(unit, parts[0], parts[1], leap)
        case n.MonthEdge(edge=edge):
            return month_edge(edge, parts[0])
        case n.Dated(variants=variants):
            return dated([(day, part) for (day, _), part in zip(variants, parts, strict=True)], node.known_from)
        case _:
            return _remake_compound(node, parts)


def _remake_compound(node: n.Node, parts: list[n.Node]) -> n.Node:
    """Nodes whose children are optional: they are handed back in the order of `children`."""
    rest = iter(parts)

    def following(old: n.Node | None) -> n.Node | None:
        return None if old is None else next(rest)

    match node:
        case n.TableLookup():
            keys = [(next(rest), following(denominator)) for _, denominator in node.keys]
            return table_lookup(node.table, node.column, node.shape.type, keys, node.bands, node.versions)
        case n.HouseholdAggregate(operator=operator):
            return household_aggregate(operator, following(node.value), following(node.where))
        case n.HistoryAggregate(operator=operator):
            value, where = following(node.value), following(node.where)
            since, until = following(node.since), following(node.until)
            return history_aggregate(
                operator, value, where, last=node.last, since=since, until=until, number=node.number
            )
        case _:
            assert not parts, f"unhandled: {type(node).__name__}"
            return node


def fits(shape: Shape) -> bool:
    """True where 64 bits surely hold every value."""
    return shape.magnitude <= INT64_MAX
