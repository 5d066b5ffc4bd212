"""Scalar nodes as SQL: exact integers, Kleene logic from SQL's own, and nothing that an engine evaluates its own way.

What a node needs twice is a column already (`ayni.rules.engines.steps` sees to that), so text does not grow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from ayni.rules import nodes as n
from ayni.rules.engines.dialect import (
    Dialect,
    Expression,
    binary,
    both,
    case,
    either,
    integer,
    is_null,
    not_null,
    paren,
)
from ayni.rules.types import DAY_MAX, DAY_MIN, INT64_MAX, MONTH_MAX, MONTH_MIN, Kind, Shape

_COMPARE = {"==": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
_ARITHMETIC = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}


@dataclass(frozen=True)
class Scalars:
    """Compiles nodes. `column` gives the SQL of an input, variable or history column; `day` that of the evaluation
    day.
    """

    dialect: Dialect
    column: Callable[[n.Node], Expression]
    day: Expression | None

    def sql(self, node: n.Node) -> Expression:
        """The SQL of a node; its SQL type is BIGINT, the wide type (`shape.is_wide`), BOOLEAN or text."""
        match node:
            case n.Constant():
                return self.constant(node)
            case n.InputValue() | n.VariableValue() | n.HistoryValue():
                return self.column(node)
            case n.EvaluationDate():
                assert self.day is not None
                return self.day
            case n.ParameterValue(versions=versions):
                return self._by_day([(v.day, self._value(v.value, node.shape)) for v in versions])
            case n.Arithmetic(operator=operator, left=left, right=right):
                return self._integers(node.shape, _ARITHMETIC[operator], left, right)
            case n.Absolute(operand=operand):
                return exp.Abs(this=self.sql(operand))
            case n.Rescaled(operand=operand, power=power):
                return self._rescaled(node, operand, power)
            case n.Rounded():
                return self._rounded(node)
            case n.Compare(operator=operator, left=left, right=right):
                return self._compare(operator, left, right)
            case n.IsIn(operand=operand, values=values):
                return exp.In(this=self.sql(operand), expressions=[self._plain(value) for value in values])
            case n.Logic(operator=operator, operands=operands):
                parts = [self.sql(part) for part in operands]
                return both(parts) if operator == "and" else either(parts)
            case n.Not(operand=operand):
                return exp.Not(this=paren(self.sql(operand)))
            case n.If():
                return self._conditional(node)
            case n.Extreme():
                return self._extreme(node)
            case n.Known(operand=operand):
                return not_null(self.sql(operand))
            case n.FirstKnown(operands=operands):
                parts = [self._typed(part, node.shape) for part in operands]
                return exp.Coalesce(this=parts[0], expressions=parts[1:])
            case n.TableLookup():
                return self._lookup(node)
            case n.DatePart() | n.Elapsed() | n.MonthEdge():
                return self._dates(node)
            case n.Dated(variants=variants):
                return self._by_day([(day, self._typed(item, node.shape)) for day, item in variants])
            case _:
                assert False, f"unhandled: {type(node).__name__}"

    def constant(self, node: n.Constant) -> Expression:
        return self._value(node.value, node.shape) if node.value is None else self._plain(node.value)

    def _plain(self, value: n.Value) -> Expression:
        if value is None:
            return exp.Null()
        if isinstance(value, bool):
            return exp.Boolean(this=value)
        return exp.Literal.string(value) if isinstance(value, str) else integer(value)

    def _value(self, value: n.Value, shape: Shape) -> Expression:
        """A value with its SQL type stated, for places where all alternatives may be literals."""
        if isinstance(value, bool) or shape.type.kind is Kind.BOOLEAN:
            return self.dialect.cast(exp.Null(), "BOOLEAN") if value is None else self._plain(value)
        if shape.type.is_integral:
            wide = shape.is_wide
            return self.dialect.wide(self._plain(value)) if wide else self.dialect.bigint(self._plain(value))
        return self.dialect.cast(self._plain(value), "TEXT")

    def _typed(self, node: n.Node, shape: Shape) -> Expression:
        """A branch of a choice, in the SQL type of the whole."""
        if isinstance(node, n.Constant):
            return self._value(node.value, shape)
        expression = self.sql(node)
        return self.dialect.wide(expression) if shape.is_wide and not node.shape.is_wide else expression

    def _wide(self, node: n.Node) -> Expression:
        expression = self.sql(node)
        return expression if node.shape.is_wide and not isinstance(node, n.Constant) else self.dialect.wide(expression)

    def _integers(self, shape: Shape, kind: type[exp.Binary], left: n.Node, right: n.Node) -> Expression:
        if not (shape.is_wide or left.shape.is_wide or right.shape.is_wide):
            # Two bare literals would be multiplied as 32-bit integers.
            first = self._typed(left, left.shape) if isinstance(right, n.Constant) else self.sql(left)
            return binary(kind, first, self.sql(right))
        wide = binary(kind, self._wide(left), self._wide(right))
        return wide if shape.is_wide else self.dialect.bigint(wide)

    def _rescaled(self, node: n.Rescaled, operand: n.Node, power: int) -> Expression:
        if power == 0:
            return self.sql(operand)
        if not node.shape.is_wide:
            return binary(exp.Mul, self.sql(operand), integer(10**power))
        return binary(exp.Mul, self._wide(operand), self.dialect.wide(integer(10**power)))

    def _compare(self, operator: str, left: n.Node, right: n.Node) -> Expression:
        return binary(_COMPARE[operator], self.sql(left), self.sql(right))

    def _rounded(self, node: n.Rounded) -> Expression:
        """round(N / D): on non-negative numbers only; the sign is put back, so truncation or flooring of engines is
        no matter.
        """
        top, bottom = node.numerator.shape, node.denominator.shape
        assert top.low is not None and bottom.low is not None
        wide = max(_largest_step(node), node.shape.magnitude) > INT64_MAX
        take = self._wide if wide else self.sql
        numerator, denominator = take(node.numerator), take(node.denominator)
        if isinstance(node.numerator, n.Constant) and not wide:
            numerator = self._typed(node.numerator, node.numerator.shape)
        if bottom.low <= 0:
            positive = binary(exp.GT, self.sql(node.denominator), integer(0))
            denominator = case([(positive, denominator)])
        fixed = node.denominator.value if isinstance(node.denominator, n.Constant) else None
        if top.low >= 0:
            result = self._round_positive(node.mode, numerator, denominator, fixed, wide)
        else:
            mirrored = {"floor": "ceiling"}.get(node.mode, node.mode)
            above = self._round_positive(node.mode, numerator, denominator, fixed, wide)
            below = self._round_positive(mirrored, exp.Neg(this=paren(numerator)), denominator, fixed, wide)
            negative = binary(exp.LT, self.sql(node.numerator), integer(0))
            result = case([(negative, exp.Neg(this=paren(below)))], above)
        if node.multiplier != 1:
            result = binary(exp.Mul, result, integer(node.multiplier))
        return self.dialect.bigint(result) if wide and not node.shape.is_wide else result

    def _round_positive(
        self, mode: str, numerator: Expression, denominator: Expression, fixed: n.Value, wide: bool
    ) -> Expression:
        """Rounding of N / D for N ≥ 0, D > 0; `fixed` is D where it is a constant."""

        def divide(a: Expression, b: Expression) -> Expression:
            return self.dialect.divide(a, b, wide)

        if fixed == 1:
            return numerator
        if mode in ("down", "floor"):
            return divide(numerator, denominator)
        if mode in ("up", "ceiling"):
            one_less = integer(fixed - 1) if isinstance(fixed, int) else binary(exp.Sub, denominator, integer(1))
            return divide(binary(exp.Add, numerator, one_less), denominator)
        if mode == "half_up":
            if isinstance(fixed, int) and fixed % 2 == 0:
                return divide(binary(exp.Add, numerator, integer(fixed // 2)), denominator)
            doubled = binary(exp.Mul, numerator, integer(2))
            return divide(binary(exp.Add, doubled, denominator), binary(exp.Mul, denominator, integer(2)))
        assert mode == "half_even", f"unhandled: {mode}"
        whole = divide(numerator, denominator)
        rest = binary(exp.Sub, numerator, binary(exp.Mul, whole, denominator))
        double_rest = binary(exp.Mul, rest, integer(2))
        is_odd = binary(
            exp.EQ, binary(exp.Sub, whole, binary(exp.Mul, divide(whole, integer(2)), integer(2))), integer(1)
        )
        tie_up = both([binary(exp.EQ, double_rest, denominator), is_odd])
        more = either([binary(exp.GT, double_rest, denominator), tie_up])
        return binary(exp.Add, whole, case([(more, integer(1))], integer(0)))

    def _conditional(self, node: n.If) -> Expression:
        condition = self.sql(node.condition)
        then, otherwise = self._typed(node.then, node.shape), self._typed(node.otherwise, node.shape)
        if not node.condition.shape.nullable:
            return case([(condition, then)], otherwise)
        if isinstance(node.otherwise, n.Constant) and node.otherwise.value is None:
            return case([(condition, then)])
        arms = [(condition, then), (exp.Not(this=paren(condition)), otherwise)]
        if not _never_equal(node.then, node.otherwise):
            # The condition is unknown: the common value of both branches, where they have one.
            arms.append((binary(exp.EQ, then, otherwise), then))
        return case(arms)

    def _extreme(self, node: n.Extreme) -> Expression:
        if node.left.shape.is_wide or node.right.shape.is_wide:
            result = self._extreme_of(node, self._wide(node.left), self._wide(node.right))
            return result if node.shape.is_wide else self.dialect.bigint(result)
        return self._extreme_of(node, self._typed(node.left, node.shape), self._typed(node.right, node.shape))

    def _extreme_of(self, node: n.Extreme, left: Expression, right: Expression) -> Expression:
        """The smaller or larger of two sides of one SQL type."""
        a, b = node.left.shape, node.right.shape
        beats = exp.LT if node.operator == "min" else exp.GT
        settled = self._settled(node, left, right)
        if not b.nullable and not settled:
            return case([(binary(beats, right, left), right)], left)
        if not a.nullable and not settled:
            return case([(binary(beats, left, right), left)], right)
        arms = [(binary(beats, left, right), left), (both([not_null(left), not_null(right)]), right), *settled]
        return case(arms)

    def can_settle(self, node: n.Extreme) -> bool:
        """True where one side unknown can still leave the whole known."""
        return bool(self._settled(node, exp.Null(), exp.Null()))

    def _settled(self, node: n.Extreme, left: Expression, right: Expression) -> list[tuple[Expression, Expression]]:
        """Arms for one side unknown, where the bounds of the unknown side cannot change the known one."""
        arms = []
        for known, value, unknown, hidden in (
            (node.left.shape, left, node.right.shape, right),
            (node.right.shape, right, node.left.shape, left),
        ):
            if not unknown.nullable or not unknown.trusted:
                continue
            assert (
                unknown.low is not None
                and unknown.high is not None
                and known.low is not None
                and known.high is not None
            )
            if node.operator == "min" and known.low <= unknown.low:
                arms.append((both([is_null(hidden), binary(exp.LTE, value, integer(unknown.low))]), value))
            if node.operator == "max" and known.high >= unknown.high:
                arms.append((both([is_null(hidden), binary(exp.GTE, value, integer(unknown.high))]), value))
        return arms

    def _by_day(self, variants: list[tuple[int, Expression]]) -> Expression:
        """The variant in force on the evaluation day; before the first: unknown."""
        assert self.day is not None
        ordered = sorted(variants, key=lambda item: -item[0])
        if not ordered:
            return exp.Null()
        return case([(binary(exp.GTE, self.day, integer(day)), value) for day, value in ordered])

    def _lookup(self, node: n.TableLookup) -> Expression:
        keys = [(self.sql(key), None if divisor is None else self.sql(divisor)) for key, divisor in node.keys]
        tables = [(version.day, self._rows(node, version, keys)) for version in node.versions]
        if not tables:
            return self._value(None, node.shape)
        chosen = tables[0][1] if len(tables) == 1 and tables[0][0] <= DAY_MIN else self._by_day(tables)
        return chosen

    def _rows(
        self, node: n.TableLookup, version: n.LookupVersion, keys: list[tuple[Expression, Expression | None]]
    ) -> Expression:
        """The rows as a CASE. An unknown key matches no arm; it must not fall into the last one either."""
        unsure = [
            binary(exp.LTE, divisor, integer(0))
            for (_, divisor), (_, node_divisor) in zip(keys, node.keys, strict=True)
            if divisor is not None and node_divisor is not None and (node_divisor.shape.low or 0) <= 0
        ]
        several = len(node.keys) > 1
        if several:
            # A row may ask for one key only: with several, an unknown key is asked about first.
            unsure += [is_null(part) for part, key in self._key_parts(node, keys) if key.shape.nullable]
        arms: list[tuple[Expression, Expression]] = [(either(unsure), exp.Null())] if unsure else []
        known = [not_null(part) for part, key in self._key_parts(node, keys) if key.shape.nullable]
        last: Expression | None = None
        for cells, value in version.rows:
            tests = [
                self._matches(cell, is_band, key, divisor, node_key)
                for cell, is_band, (key, divisor), node_key in zip(cells, node.bands, keys, node.keys, strict=True)
            ]
            present = [test for test in tests if test is not None]
            if not present:
                last = self._value(value, node.shape)
                break
            arms.append((both(present), self._value(value, node.shape)))
        else:
            last = None if version.otherwise is None else self._value(version.otherwise, node.shape)
        if last is None:
            return case(arms) if arms else self._value(None, node.shape)
        if not known or several:
            return case(arms, last) if arms else last
        return case([*arms, (both(known), last)])

    def _key_parts(
        self, node: n.TableLookup, keys: list[tuple[Expression, Expression | None]]
    ) -> list[tuple[Expression, n.Node]]:
        parts: list[tuple[Expression, n.Node]] = []
        for (key, divisor), (node_key, node_divisor) in zip(keys, node.keys, strict=True):
            parts.append((key, node_key))
            if divisor is not None and node_divisor is not None:
                parts.append((divisor, node_divisor))
        return parts

    def _matches(
        self,
        cell: n.Cell,
        is_band: bool,
        key: Expression,
        divisor: Expression | None,
        nodes: tuple[n.Node, n.Node | None],
    ) -> Expression | None:
        """The test of one cell, or None where it always matches."""
        if not is_band:
            assert not isinstance(cell, n.BandEdge)
            return binary(exp.EQ, key, self._plain(cell))
        assert isinstance(cell, n.BandEdge)
        if cell.at is None:
            return None
        limit: Expression = integer(cell.at)
        if isinstance(nodes[1], n.Constant) and isinstance(nodes[1].value, int):
            limit = integer(cell.at * nodes[1].value)
        elif divisor is not None:
            assert nodes[1] is not None
            wide = abs(cell.at) * nodes[1].shape.magnitude > INT64_MAX
            limit = binary(exp.Mul, self.dialect.wide(divisor) if wide else divisor, limit)
        return binary(exp.LTE if cell.inclusive else exp.LT, key, limit)

    def _dates(self, node: n.Node) -> Expression:
        match node:
            case n.DatePart(part=part, operand=operand):
                return self._inside(
                    (operand,), (DAY_MIN, DAY_MAX), self._part(part, self.dialect.date(self.sql(operand)))
                )
            case n.MonthEdge(edge=edge, operand=operand):
                return self._inside((operand,), (MONTH_MIN, MONTH_MAX), self._edge(edge, self.sql(operand)))
            case n.Elapsed(start=start, end=end):
                first, last = self.sql(start), self.sql(end)
                forward, backward = self._elapsed(node, first, last), self._elapsed(node, last, first)
                result: Expression = forward
                assert start.shape.high is not None and end.shape.low is not None
                if start.shape.high > end.shape.low:
                    result = case([(binary(exp.GT, first, last), exp.Neg(this=paren(backward)))], forward)
                return self._inside((start, end), (DAY_MIN, DAY_MAX), result)
            case _:
                assert False, f"unhandled: {type(node).__name__}"

    def _inside(self, nodes: tuple[n.Node, ...], bounds: tuple[int, int], result: Expression) -> Expression:
        """`result` where the operands are inside the calendar, else unknown; no test where the bounds say so."""
        tests = []
        for node in nodes:
            low, high = node.shape.low, node.shape.high
            assert low is not None and high is not None
            if low < bounds[0] or high > bounds[1]:
                tests.append(exp.Between(this=paren(self.sql(node)), low=integer(bounds[0]), high=integer(bounds[1])))
        return case([(both(tests), result)]) if tests else result

    def _part(self, part: str, day: Expression) -> Expression:
        if part != "month":
            return self.dialect.part(part, day)
        year, month = self.dialect.part("year", day), self.dialect.part("month", day)
        return binary(exp.Add, binary(exp.Mul, year, integer(12)), binary(exp.Sub, month, integer(1)))

    def _month_day(self, day: Expression) -> Expression:
        month, of_month = self.dialect.part("month", day), self.dialect.part("day", day)
        return binary(exp.Add, binary(exp.Mul, month, integer(100)), of_month)

    def _elapsed(self, node: n.Elapsed, first: Expression, last: Expression) -> Expression:
        """Completed years or months, first not after last."""
        start, end = self.dialect.date(first), self.dialect.date(last)
        if node.unit == "months":
            short = binary(exp.LT, self.dialect.part("day", end), self.dialect.part("day", start))
            whole = binary(exp.Sub, self._part("month", end), self._part("month", start))
            return binary(exp.Sub, whole, case([(short, integer(1))], integer(0)))
        years = binary(exp.Sub, self.dialect.part("year", end), self.dialect.part("year", start))
        birthday: Expression = self._month_day(start)
        if node.leap == "feb28":
            is_leap_day = binary(exp.EQ, birthday, integer(229))
            birthday = case([(both([is_leap_day, exp.Not(this=paren(self._is_leap(end)))]), integer(228))], birthday)
        short = binary(exp.LT, self._month_day(end), birthday)
        return binary(exp.Sub, years, case([(short, integer(1))], integer(0)))

    def _is_leap(self, day: Expression) -> Expression:
        year = self.dialect.part("year", day)

        def divides(by: int) -> Expression:
            return binary(exp.EQ, binary(exp.Mod, year, integer(by)), integer(0))

        return both([divides(4), either([exp.Not(this=paren(divides(100))), divides(400)])])

    def _edge(self, edge: str, month: Expression) -> Expression:
        """Day number of the first day of a month; the last is the day before the first of the next."""
        if edge == "last":
            following = self._edge("first", binary(exp.Add, month, integer(1)))
            return binary(exp.Sub, following, integer(1))
        return first_day_of_month(self.dialect, month)


def _largest_step(node: n.Rounded) -> int:
    """The largest integer that the rounding makes on its way."""
    top, bottom = node.numerator.shape.magnitude, node.denominator.shape.magnitude
    fixed = node.denominator.value if isinstance(node.denominator, n.Constant) else None
    if node.mode == "half_up":
        return top + bottom if isinstance(fixed, int) and fixed % 2 == 0 else 2 * top + 2 * bottom
    return top + 2 * bottom


def first_day_of_month(dialect: Dialect, month: Expression) -> Expression:
    """Day number of the first of a month index, by arithmetic alone (days before a year, then days before a month)."""

    def divided(value: Expression, by: int) -> Expression:
        return dialect.divide(paren(value), integer(by), False)

    # Years start in March here, so that the leap day is the last of its year (Richards, 2013, "Calendars", algorithm
    # F).
    shifted = binary(exp.Sub, month, integer(2))
    year, of_year = divided(shifted, 12), binary(exp.Mod, shifted, integer(12))
    days = binary(exp.Add, binary(exp.Mul, year, integer(365)), divided(year, 4))
    days = binary(exp.Add, binary(exp.Sub, days, divided(year, 100)), divided(year, 400))
    before = divided(binary(exp.Add, binary(exp.Mul, of_year, integer(153)), integer(2)), 5)
    # 719468 days lie between 1 March of year 0 and 1970-01-01.
    return binary(exp.Sub, binary(exp.Add, days, before), integer(719468))


def _never_equal(left: n.Node, right: n.Node) -> bool:
    """True where two branches surely have no common value."""
    if isinstance(left, n.Constant) and isinstance(right, n.Constant):
        return left.value != right.value
    return disjoint(left.shape, right.shape)


def disjoint(left: Shape, right: Shape) -> bool:
    """True where two known values can never be the same."""
    if left.low is None or left.high is None or right.low is None or right.high is None:
        return False
    return left.high < right.low or right.high < left.low
