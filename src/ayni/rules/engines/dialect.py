"""What differs between SQL engines: integer division, wide integers, dates, and how a plan's layers are kept apart.

SQL is built as sqlglot trees. Only the differences that sqlglot does not settle are here, one class an engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlglot import exp

Expression = exp.Expr


def paren(expression: Expression) -> Expression:
    """Parentheses around anything that is not a single thing already."""
    simple = (exp.Column, exp.Literal, exp.Paren, exp.Func, exp.Cast, exp.Case, exp.Null, exp.Boolean, exp.Window)
    compound = (exp.Binary, exp.Connector, exp.Unary, exp.Predicate)
    is_single = isinstance(expression, simple) and (
        isinstance(expression, exp.Paren) or not isinstance(expression, compound)
    )
    return expression if is_single else exp.Paren(this=expression)


def binary(kind: type[exp.Binary], left: Expression, right: Expression) -> Expression:
    """Two operands, each in parentheses where it needs them."""
    return kind(this=paren(left), expression=paren(right))


def integer(value: int) -> Expression:
    """A whole number as a literal; a negative one in parentheses."""
    literal = exp.Literal.number(str(abs(value)))
    return literal if value >= 0 else exp.Paren(this=exp.Neg(this=literal))


def case(pairs: Sequence[tuple[Expression, Expression]], otherwise: Expression | None = None) -> exp.Case:
    """The value of the first condition that is true, else `otherwise` (left out: NULL)."""
    ifs = [exp.If(this=condition, true=value) for condition, value in pairs]
    return exp.Case(ifs=ifs, default=otherwise)


def is_null(expression: Expression) -> Expression:
    """True where the value is unknown."""
    return exp.Is(this=paren(expression), expression=exp.Null())


def not_null(expression: Expression) -> Expression:
    """True where the value is known."""
    return exp.Not(this=is_null(expression))


def both(parts: Sequence[Expression]) -> Expression:
    """All of them, three-valued."""
    result = parts[0]
    for part in parts[1:]:
        result = exp.And(this=paren(result), expression=paren(part))
    return result


def either(parts: Sequence[Expression]) -> Expression:
    """Any of them, three-valued."""
    result = parts[0]
    for part in parts[1:]:
        result = exp.Or(this=paren(result), expression=paren(part))
    return result


def function(name: str, *arguments: Expression) -> Expression:
    """A function that sqlglot need not know."""
    return exp.Anonymous(this=name, expressions=list(arguments))


@cache
def _data_type(name: str, dialect: str) -> exp.DataType:
    return exp.DataType.build(name, dialect=dialect)


@dataclass(frozen=True)
class Dialect:
    """DuckDB's way; the others override what they do differently. `name` is sqlglot's."""

    name: str = "duckdb"
    wide_type: str = "HUGEINT"
    # Whether each layer needs a barrier so that the planner does not pull it up and compute a column many times.
    needs_barrier: bool = False
    # Whether a layer that is read twice (grouped by household, then joined) is kept (True), read again (False), or as
    # the planner likes.
    materialized: bool | None = False
    # How many operations a step may repeat to stand one layer lower; 0 where a layer costs next to nothing.
    flatten_limit: int = 0

    def cast(self, expression: Expression, to: str) -> Expression:
        return exp.Cast(this=expression, to=_data_type(to, self.name).copy())

    def bigint(self, expression: Expression) -> Expression:
        return self.cast(expression, "BIGINT")

    def wide(self, expression: Expression) -> Expression:
        return self.cast(expression, self.wide_type)

    def divide(self, numerator: Expression, denominator: Expression, is_wide: bool) -> Expression:
        """Whole-number division of two non-negative integers."""
        return exp.IntDiv(this=paren(numerator), expression=paren(denominator))

    def date(self, day_number: Expression) -> Expression:
        """A date from a day number (0 is 1970-01-01)."""
        epoch = self.cast(exp.Literal.string("1970-01-01"), "DATE")
        return exp.Paren(this=exp.Add(this=epoch, expression=self.cast(day_number, "INT")))

    def day_number(self, day: Expression) -> Expression:
        epoch = self.cast(exp.Literal.string("1970-01-01"), "DATE")
        return self.bigint(exp.Paren(this=exp.Sub(this=paren(day), expression=epoch)))

    def part(self, part: str, day: Expression) -> Expression:
        return self.bigint(exp.Extract(this=exp.Var(this=part.upper()), expression=day))

    def latest(self, value: Expression, month: Expression, where: Expression) -> Expression:
        """The value of the latest month among those that satisfy `where` (values are known there)."""
        return exp.Filter(this=function("ARG_MAX", value, month), expression=exp.Where(this=where))

    def sum_of_best(self, value: Expression, count: int) -> Expression | None:
        """The sum of the `count` largest values of a column, as one aggregate; None where the engine has none."""
        return function("LIST_SUM", function("MAX", value, integer(count)))

    def any_true(self, value: Expression) -> Expression:
        return function("BOOL_OR", value)

    def all_true(self, value: Expression) -> Expression:
        return function("BOOL_AND", value)

    def union_bits(self, value: Expression) -> Expression:
        """The bitwise or of a column."""
        return function("BIT_OR", value)

    def sql(self, expression: Expression, *, pretty: bool = False) -> str:
        return expression.sql(dialect=self.name, pretty=pretty)


@dataclass(frozen=True)
class PostgresDialect(Dialect):
    """Division of numerics is exact there, so whole-number division of wide numbers is `div`."""

    name: str = "postgres"
    wide_type: str = "DECIMAL"
    needs_barrier: bool = True
    flatten_limit: int = 2

    def divide(self, numerator: Expression, denominator: Expression, is_wide: bool) -> Expression:
        if is_wide:
            return function("DIV", numerator, denominator)
        return exp.Div(this=paren(numerator), expression=paren(denominator), typed=True, safe=False)

    def sum_of_best(self, value: Expression, count: int) -> Expression | None:
        """PostgreSQL ranks."""
        return None

    def latest(self, value: Expression, month: Expression, where: Expression) -> Expression:
        ordered = exp.Order(this=value, expressions=[exp.Ordered(this=month, desc=True, nulls_first=False)])
        filtered = exp.Filter(this=exp.ArrayAgg(this=ordered), expression=exp.Where(this=where))
        return exp.Bracket(this=exp.Paren(this=filtered), expressions=[exp.Literal.number(1)], offset=1)


DUCKDB = Dialect()
POSTGRES = PostgresDialect()
