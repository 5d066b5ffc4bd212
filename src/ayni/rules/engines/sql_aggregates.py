"""Household and history aggregates as SQL (their meaning is in `engines.base`).

A household aggregate is worked out in a query grouped by the household's key, which the layer joins. A history aggregate is worked out in a grouped query over the monthly
records that the layer joins; where all rows share one window it is grouped by person, else by row.
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
from ayni.rules.engines.sql_scalar import Scalars
from ayni.rules.types import Kind

TRUE = exp.Boolean(this=True)


Grouped = Callable[[Expression], Expression]


def household_sql(scalars: Scalars, node: n.HouseholdAggregate, grouped: Grouped) -> Expression:
    """The aggregate with unknowns kept: unknown if a member's condition, or a value that counts, is.

    grouped: hands an SQL aggregate to the query that groups by household, and gives the column that holds it.
    """
    where = None if node.where is None else scalars.sql(node.where)
    unsure: list[Expression] = []
    if where is not None and node.where is not None and node.where.shape.nullable:
        unsure.append(is_null(where))
    if node.operator in ("any", "all"):
        assert where is not None
        return _any_or_all(node, where, grouped)
    if node.operator == "count":
        assert where is not None
        result = grouped(exp.Sum(this=case([(where, integer(1))], integer(0))))
    else:
        result = _household_value(scalars, node, where, unsure, grouped)
    result = scalars.dialect.bigint(result) if not node.shape.is_wide else result
    if not unsure:
        return result
    hidden = grouped(exp.Max(this=case([(either(unsure), integer(1))], integer(0))))
    return case([(binary(exp.EQ, hidden, integer(0)), result)])


def _any_or_all(node: n.HouseholdAggregate, where: Expression, grouped: Grouped) -> Expression:
    """Kleene or/and as one maximum: 2 where a member decides it, 1 where one is unknown, else 0."""
    assert node.where is not None
    wanted = node.operator == "any"
    decides = where if wanted else exp.Not(this=paren(where))
    arms = [(decides, integer(2))]
    if node.where.shape.nullable:
        arms.append((is_null(where), integer(1)))
    highest = grouped(exp.Max(this=case(arms, integer(0))))
    settled = [(binary(exp.EQ, highest, integer(2)), exp.Boolean(this=wanted))]
    if not node.where.shape.nullable:
        return case(settled, exp.Boolean(this=not wanted))
    return case([*settled, (binary(exp.EQ, highest, integer(0)), exp.Boolean(this=not wanted))])


def _household_value(
    scalars: Scalars, node: n.HouseholdAggregate, where: Expression | None, unsure: list[Expression], grouped: Grouped
) -> Expression:
    assert node.value is not None
    value = scalars.sql(node.value)
    counted = value if where is None else case([(where, value)])
    if node.value.shape.nullable:
        unsure.append(both([where, is_null(value)]) if where is not None else is_null(value))
    kind = {"sum": exp.Sum, "min": exp.Min, "max": exp.Max}[node.operator]
    result = grouped(kind(this=counted))
    return exp.Coalesce(this=result, expressions=[integer(0)]) if node.operator == "sum" else result


@dataclass(frozen=True)
class HistoryJoin:
    """A derived table to join (`source`, on `key` of the layer below) and the value read from it."""

    source: exp.Select
    alias: str
    key: str
    value: Expression


@dataclass(frozen=True)
class Histories:
    """Compiles history aggregates. `below`: the layer's relation; `row_column` gives a column of it by step or input name."""

    dialect: Dialect
    below: str
    person_column: Callable[[n.Node], Expression]
    month: Expression

    def _bounds(self, node: n.HistoryAggregate) -> tuple[Expression, Expression]:
        """First month and the month after the last of the window, over the person's columns."""
        if node.operator == "value":
            assert node.number is not None
            first = binary(exp.Sub, self.month, integer(node.number))
            return first, binary(exp.Add, first, integer(1))
        if node.last is not None:
            return binary(exp.Sub, self.month, integer(node.last)), self.month
        since = exp.column("history_from", quoted=True) if node.since is None else self.person_column(node.since)
        if node.until is None:
            return since, self.month
        until = self.person_column(node.until)
        return since, case([(binary(exp.LT, until, self.month), until), (not_null(until), self.month)])

    def shares_window(self, node: n.HistoryAggregate) -> bool:
        """True where every row has the same window, but for where its history begins."""
        fixed = [part for part in (node.since, node.until) if part is not None]
        return isinstance(self.month, exp.Literal) and all(isinstance(part, n.Constant) for part in fixed)

    def join(self, node: n.HistoryAggregate, alias: str, scalars: Scalars) -> HistoryJoin:
        """The derived table of one aggregate; `scalars` compile what stands inside it, over the columns of a record."""
        shared = self.shares_window(node)
        key = "person" if shared else "row"
        records = self._records(node, shared, key)
        source = self._grouped(node, records, key, scalars)
        return HistoryJoin(source, alias, key, self._value(node, alias))

    def _records(self, node: n.HistoryAggregate, shared: bool, key: str) -> exp.Select:
        """The records inside the window, with the key they are grouped by."""
        first, after = self._bounds(node)
        month = exp.column("month", table="h", quoted=True)
        everything = exp.Column(this=exp.Star(), table=exp.to_identifier("h"))
        columns = [everything] if shared else [exp.column(key, table="p", quoted=True), everything]
        history = exp.to_table("history").as_("h")
        if not shared:
            windows = exp.select(
                exp.column("row", quoted=True), exp.column("person", quoted=True), first.as_("first"), after.as_("after")
            ).from_(exp.to_table(self.below))
            on = both([
                binary(exp.EQ, exp.column("person", table="h", quoted=True), exp.column("person", table="p", quoted=True)),
                binary(exp.GTE, month, exp.column("first", table="p")), binary(exp.LT, month, exp.column("after", table="p")),
            ])  # fmt: skip
            return exp.select(*columns).from_(windows.subquery("p")).join(history, on=on)
        tests = [binary(exp.LT, month, after)]
        if not (node.operator != "value" and node.last is None and node.since is None):
            tests.append(binary(exp.GTE, month, first))
        return exp.select(*columns).from_(history).where(both(tests))

    def _grouped(self, node: n.HistoryAggregate, records: exp.Select, key: str, scalars: Scalars) -> exp.Select:
        month = exp.column("month", quoted=True)
        where = TRUE if node.where is None else scalars.sql(node.where)
        value = None if node.value is None else scalars.sql(node.value)
        unsure = _unsure(node, where, value)
        keyed = exp.column(key, quoted=True)
        inner = exp.select(keyed, month.as_("month"), where.as_("c"),
                           (value if value is not None else integer(0)).as_("v"), unsure.as_("u")).from_(records.subquery("r"))  # fmt: skip
        c, v, u = (exp.column(name) for name in ("c", "v", "u"))
        bad = exp.Max(this=case([(u, integer(1))], integer(0))).as_("bad")
        if node.operator in ("sum_best", "records_best"):
            return self._best(node, inner, key, bad)
        if node.operator == "longest_run":
            return self._run(inner, key)
        result = self._aggregate(node, c, v)
        return exp.select(keyed, result.as_("result"), exp.Count(this=exp.Star()).as_("found"), bad).from_(
            inner.subquery("i")).group_by(keyed)  # fmt: skip

    def _aggregate(self, node: n.HistoryAggregate, c: Expression, v: Expression) -> Expression:
        if node.operator in ("count", "records"):
            return exp.Sum(this=case([(c, integer(1))], integer(0)))
        if node.operator == "sum":
            return exp.Sum(this=case([(c, v)], integer(0)))
        if node.operator == "last":
            return self.dialect.latest(v, exp.column("month"), c)
        assert node.operator == "value", f"unhandled: {node.operator}"
        if node.shape.type.kind is Kind.BOOLEAN:
            return self.dialect.any_true(v)
        return exp.Max(this=v)

    def _best(self, node: n.HistoryAggregate, inner: exp.Select, key: str, bad: Expression) -> exp.Select:
        """The `number` largest values by rank; records without a true condition rank last and never count."""
        assert node.number is not None
        keyed = exp.column(key, quoted=True)
        counted = case([(exp.column("c"), exp.column("v"))])
        order = exp.Order(expressions=[exp.Ordered(this=counted, desc=True, nulls_first=False)])
        rank = exp.Window(this=exp.RowNumber(), partition_by=[keyed.copy()], order=order)
        ranked = exp.select(keyed, exp.column("c"), exp.column("v"), exp.column("u"), rank.as_("rank")).from_(inner.subquery("i"))
        among = both([exp.column("c"), binary(exp.LTE, exp.column("rank"), integer(node.number))])
        figure = integer(1) if node.operator == "records_best" else exp.column("v")
        return exp.select(
            keyed, exp.Sum(this=case([(among, figure)], integer(0))).as_("result"), exp.Count(this=exp.Star()).as_("found"), bad
        ).from_(ranked.subquery("b")).group_by(keyed)  # fmt: skip

    def _run(self, inner: exp.Select, key: str) -> exp.Select:
        """Months in a row share month − rank among those that satisfy the condition."""
        keyed = exp.column(key, quoted=True)
        good = exp.Sum(this=case([(exp.column("c"), integer(1))], integer(0)))
        order = exp.Order(expressions=[exp.Ordered(this=exp.column("month"))])
        rank = exp.Window(this=exp.RowNumber(), partition_by=[keyed.copy(), exp.column("c")], order=order)
        island = binary(exp.Sub, exp.column("month"), rank).as_("island")
        marked = exp.select(keyed, exp.column("c"), exp.column("u"), island).from_(inner.subquery("i"))
        worst = exp.Max(this=case([(exp.column("u"), integer(1))], integer(0)))
        runs = exp.select(keyed, good.as_("length"), exp.Count(this=exp.Star()).as_("found"), worst.as_("bad")).from_(
            marked.subquery("m")).group_by(keyed.copy(), exp.column("island"), exp.column("c"))  # fmt: skip
        return exp.select(
            keyed, exp.Max(this=exp.column("length")).as_("result"), exp.Sum(this=exp.column("found")).as_("found"),
            exp.Max(this=exp.column("bad")).as_("bad"),
        ).from_(runs.subquery("g")).group_by(keyed)  # fmt: skip

    def _value(self, node: n.HistoryAggregate, alias: str) -> Expression:
        """The joined result where the history is complete for the window and nothing that matters was unknown."""
        first, after = self._bounds(node)
        start, end = (exp.column(name, quoted=True) for name in ("history_from", "history_until"))
        complete = both([binary(exp.GTE, first, start), binary(exp.LTE, after, end)])
        empty = binary(exp.LTE, after, first)
        has_history = both([not_null(start), not_null(end)])
        sound = binary(exp.EQ, exp.Coalesce(this=exp.column("bad", table=alias), expressions=[integer(0)]), integer(0))
        result: Expression = exp.column("result", table=alias)
        if node.shape.type.is_integral:
            result = result if node.shape.is_wide else self.dialect.bigint(result)
        nothing = self._nothing(node)
        found = exp.Coalesce(this=exp.column("found", table=alias), expressions=[integer(0)])
        filled = case([(binary(exp.EQ, found, integer(0)), nothing)], result)
        return case([(both([has_history, either([empty, complete]), sound]), filled)])

    def _nothing(self, node: n.HistoryAggregate) -> Expression:
        """What stands where the window holds no record."""
        if node.operator == "last":
            return exp.Null()
        if node.operator == "value":
            kind = node.shape.type.kind
            if kind is Kind.BOOLEAN:
                return exp.Boolean(this=False)
            return integer(0) if kind in (Kind.MONEY, Kind.NUMBER) else exp.Null()
        return integer(0)


def _unsure(node: n.HistoryAggregate, where: Expression, value: Expression | None) -> Expression:
    tests: list[Expression] = []
    if node.where is not None:
        tests.append(is_null(where))
    if value is not None:
        tests.append(both([where, is_null(value)]) if node.where is not None else is_null(value))
    return either(tests) if tests else exp.Boolean(this=False)
