"""Household and history aggregates as SQL (their meaning is in `engines.base`).

A household aggregate is worked out in a query grouped by the household's key, which the layer joins. A history
aggregate is worked out in a grouped query over the monthly records that the layer joins; where all rows share one
window it is grouped by person, else by row.
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
    """A derived table to join: `source` as `alias`, on `key` of the layer below."""

    source: exp.Select
    alias: str
    key: str


@dataclass
class Histories:
    """The history aggregates of one layer. Those that need one pass over the records share it; ranks and runs have
    one each.

    below: the layer's relation. person: SQL of a node over the person's columns. records: SQL of what stands inside
    an aggregate, over the columns of a record. month: SQL of the evaluation month; a literal where it is one for all
    rows.
    """

    dialect: Dialect
    below: str
    person: Scalars
    records: Scalars
    month: Expression

    def __post_init__(self) -> None:
        self._plain: dict[bool, list[Expression]] = {True: [], False: []}
        self._windows: list[tuple[Expression, Expression]] = []
        self._own: list[HistoryJoin] = []

    def value(self, node: n.HistoryAggregate) -> Expression:
        """The aggregate's value in the layer; what it is read from is among `joins()`."""
        shared = self._shares_window(node)
        if self._needs_ranks(node):
            alias = f"history_{len(self._own) + 1}"
            source = self._ranked(node, shared)
            self._own.append(HistoryJoin(source, alias, "person" if shared else "row"))
            return self._known(node, alias, "result", "bad", None)
        alias, (result, bad, found) = f"records_{'shared' if shared else 'own'}", self._add(node, shared)
        return self._known(node, alias, result, bad, found)

    def _needs_ranks(self, node: n.HistoryAggregate) -> bool:
        """True where records must be put in order: runs, and the best where the engine has no aggregate for them."""
        ranked_sum = node.operator == "sum_best" and self.dialect.sum_of_best(exp.Null(), 1) is None
        return node.operator == "longest_run" or ranked_sum

    def joins(self) -> list[HistoryJoin]:
        """The derived tables of the layer."""
        shared, own = self._plain[True], self._plain[False]
        result = list(self._own)
        if shared:
            key = exp.column("person", quoted=True)
            source = exp.select(key, *shared).from_(exp.to_table("history").as_("h")).group_by(key.copy())
            result.append(HistoryJoin(source, "records_shared", "person"))
        if own:
            key = exp.column("row", table="p", quoted=True)
            source = exp.select(key, *own).from_(self._windowed()).group_by(key.copy())
            source = source.join(exp.to_table("history").as_("h"), on=self._inside_any())
            result.append(HistoryJoin(source, "records_own", "row"))
        return result

    def _bounds(self, node: n.HistoryAggregate) -> tuple[Expression, Expression]:
        """First month and the month after the last of the window, over the person's columns."""
        if node.operator == "value":
            assert node.number is not None
            first = self._earlier(node.number)
            return first, self._earlier(node.number - 1)
        if node.last is not None:
            return self._earlier(node.last), self.month
        since = exp.column("history_from", quoted=True) if node.since is None else self.person.sql(node.since)
        if node.until is None:
            return since, self.month
        until = self.person.sql(node.until)
        return since, case([(binary(exp.LT, until, self.month), until), (not_null(until), self.month)])

    def _earlier(self, months: int) -> Expression:
        if isinstance(self.month, exp.Literal):
            return integer(int(self.month.this) - months)
        return binary(exp.Sub, self.month, integer(months)) if months else self.month

    def _shares_window(self, node: n.HistoryAggregate) -> bool:
        """True where every row has the same window, but for where its history begins (no record stands before that)."""
        fixed = [part for part in (node.since, node.until) if part is not None]
        return isinstance(self.month, exp.Literal) and all(isinstance(part, n.Constant) for part in fixed)

    def _in_window(self, node: n.HistoryAggregate, shared: bool) -> Expression:
        month = exp.column("month", table="h", quoted=True)
        first, after = self._bounds(node)
        if not shared:
            names = [f"{edge}{self._window(first, after)}" for edge in ("first", "after")]
            first, after = (exp.column(name, table="p") for name in names)
        tests = [binary(exp.LT, month, after)]
        if not shared or node.operator == "value" or node.last is not None or node.since is not None:
            tests.insert(0, binary(exp.GTE, month, first))
        return both(tests)

    def _window(self, first: Expression, after: Expression) -> int:
        """The number of a window of the person's own; equal ones are kept once."""
        if (first, after) not in self._windows:
            self._windows.append((first, after))
        return self._windows.index((first, after))

    def _windowed(self) -> exp.Subquery:
        """Each row's person and the edges of its windows."""
        columns: list[Expression] = [exp.column("row", quoted=True), exp.column("person", quoted=True)]
        for position, (first, after) in enumerate(self._windows):
            columns += [first.as_(f"first{position}"), after.as_(f"after{position}")]
        return exp.select(*columns).from_(exp.to_table(self.below)).subquery("p")

    def _inside_any(self) -> Expression:
        """The person's records that stand in one of the windows at least."""
        month = exp.column("month", table="h", quoted=True)
        same = binary(
            exp.EQ, exp.column("person", table="h", quoted=True), exp.column("person", table="p", quoted=True)
        )
        windows = [
            both(
                [
                    binary(exp.GTE, month, exp.column(f"first{p}", table="p")),
                    binary(exp.LT, month, exp.column(f"after{p}", table="p")),
                ]
            )
            for p in range(len(self._windows))
        ]
        return both([same, either(windows)])

    def _add(self, node: n.HistoryAggregate, shared: bool) -> tuple[str, str | None, str | None]:
        """Add the aggregate's columns to the shared pass: names of result, of the flag of unknowns, of the count of
        records.
        """
        window = self._in_window(node, shared)
        where = None if node.where is None else self.records.sql(node.where)
        value = None if node.value is None else self.records.sql(node.value)
        counted = window if where is None else both([window, where])
        result = self._column(shared, self._aggregate(node, window, counted, value))
        unsure = _unsure(node, where, value)
        bad = None
        if unsure is not None:
            bad = self._column(shared, exp.Max(this=case([(both([window, unsure]), integer(1))], integer(0))))
        found = None
        if node.operator == "value":
            found = self._column(shared, exp.Max(this=case([(window, integer(1))], integer(0))))
        return result, bad, found

    def _column(self, shared: bool, aggregate: Expression) -> str:
        columns = self._plain[shared]
        for position, known in enumerate(columns):
            if known.this == aggregate:
                return f"a{position}"
        columns.append(aggregate.as_(f"a{len(columns)}"))
        return f"a{len(columns) - 1}"

    def _aggregate(
        self, node: n.HistoryAggregate, window: Expression, counted: Expression, value: Expression | None
    ) -> Expression:
        if node.operator in ("count", "records"):
            return exp.Sum(this=case([(counted, integer(1))], integer(0)))
        if node.operator == "records_best":
            assert node.number is not None
            found = exp.Sum(this=case([(counted, integer(1))], integer(0)))
            return case([(binary(exp.GT, found, integer(node.number)), integer(node.number))], found)
        assert value is not None
        if node.operator == "sum_best":
            assert node.number is not None
            best = self.dialect.sum_of_best(case([(counted, value)]), node.number)
            assert best is not None
            return best
        if node.operator == "sum":
            return exp.Sum(this=case([(counted, value)], integer(0)))
        if node.operator == "last":
            return self.dialect.latest(value, exp.column("month", table="h", quoted=True), counted)
        assert node.operator == "value", f"unhandled: {node.operator}"
        inside = case([(window, value)])
        return self.dialect.any_true(inside) if node.shape.type.kind is Kind.BOOLEAN else exp.Max(this=inside)

    def _ranked(self, node: n.HistoryAggregate, shared: bool) -> exp.Select:
        """The records of the window with condition, value and unknowns, and then their ranks or runs."""
        month = exp.column("month", table="h", quoted=True)
        history = exp.to_table("history").as_("h")
        where = exp.Boolean(this=True) if node.where is None else self.records.sql(node.where)
        value = integer(0) if node.value is None else self.records.sql(node.value)
        unsure = _unsure(node, None if node.where is None else where, None if node.value is None else value)
        columns = [month.as_("month"), where.as_("c"), value.as_("v"), (unsure or exp.Boolean(this=False)).as_("u")]
        if shared:
            inner = (
                exp.select(exp.column("person", table="h", quoted=True), *columns)
                .from_(history)
                .where(self._in_window(node, True))
            )
            return self._best(node, inner, "person") if node.operator != "longest_run" else self._run(inner, "person")
        first, after = self._bounds(node)
        windows = exp.select(
            exp.column("row", quoted=True), exp.column("person", quoted=True), first.as_("first"), after.as_("after")
        ).from_(exp.to_table(self.below))
        on = both(
            [
                binary(
                    exp.EQ, exp.column("person", table="h", quoted=True), exp.column("person", table="p", quoted=True)
                ),
                binary(exp.GTE, month, exp.column("first", table="p")),
                binary(exp.LT, month, exp.column("after", table="p")),
            ]
        )
        inner = (
            exp.select(exp.column("row", table="p", quoted=True), *columns)
            .from_(windows.subquery("p"))
            .join(history, on=on)
        )
        return self._best(node, inner, "row") if node.operator != "longest_run" else self._run(inner, "row")

    def _best(self, node: n.HistoryAggregate, inner: exp.Select, key: str) -> exp.Select:
        """The `number` largest values by rank; records without a true condition rank last and never count."""
        assert node.number is not None
        keyed = exp.column(key, quoted=True)
        counted = case([(exp.column("c"), exp.column("v"))])
        order = exp.Order(expressions=[exp.Ordered(this=counted, desc=True, nulls_first=False)])
        rank = exp.Window(this=exp.RowNumber(), partition_by=[keyed.copy()], order=order)
        ranked = exp.select(keyed, exp.column("c"), exp.column("v"), exp.column("u"), rank.as_("rank")).from_(
            inner.subquery("i")
        )
        among = both([exp.column("c"), binary(exp.LTE, exp.column("rank"), integer(node.number))])
        figure = exp.column("v")
        bad = exp.Max(this=case([(exp.column("u"), integer(1))], integer(0))).as_("bad")
        total = exp.Sum(this=case([(among, figure)], integer(0))).as_("result")
        return exp.select(keyed, total, bad).from_(ranked.subquery("b")).group_by(keyed.copy())

    def _run(self, inner: exp.Select, key: str) -> exp.Select:
        """Months in a row share month − rank among those that satisfy the condition."""
        keyed = exp.column(key, quoted=True)
        good = exp.Sum(this=case([(exp.column("c"), integer(1))], integer(0)))
        order = exp.Order(expressions=[exp.Ordered(this=exp.column("month"))])
        rank = exp.Window(this=exp.RowNumber(), partition_by=[keyed.copy(), exp.column("c")], order=order)
        island = binary(exp.Sub, exp.column("month"), rank).as_("island")
        marked = exp.select(keyed, exp.column("c"), exp.column("u"), island).from_(inner.subquery("i"))
        worst = exp.Max(this=case([(exp.column("u"), integer(1))], integer(0)))
        runs = (
            exp.select(keyed, good.as_("length"), worst.as_("bad"))
            .from_(marked.subquery("m"))
            .group_by(keyed.copy(), exp.column("island"), exp.column("c"))
        )
        longest, bad = exp.Max(this=exp.column("length")).as_("result"), exp.Max(this=exp.column("bad")).as_("bad")
        return exp.select(keyed, longest, bad).from_(runs.subquery("g")).group_by(keyed.copy())

    def _known(
        self, node: n.HistoryAggregate, alias: str, result: str, bad: str | None, found: str | None
    ) -> Expression:
        """The joined result where the history is complete for the window and nothing that matters was unknown."""
        first, after = self._bounds(node)
        start, end = (exp.column(name, quoted=True) for name in ("history_from", "history_until"))
        complete = both([binary(exp.GTE, first, start), binary(exp.LTE, after, end)])
        tests = [not_null(start), not_null(end), either([binary(exp.LTE, after, first), complete])]
        if bad is not None:
            flag = exp.Coalesce(this=exp.column(bad, table=alias), expressions=[integer(0)])
            tests.append(binary(exp.EQ, flag, integer(0)))
        value: Expression = exp.column(result, table=alias)
        if node.shape.type.is_integral and not node.shape.is_wide:
            value = self.dialect.bigint(value)
        if found is not None:
            there = exp.Coalesce(this=exp.column(found, table=alias), expressions=[integer(0)])
            value = case([(binary(exp.EQ, there, integer(0)), self._nothing(node))], value)
        elif node.operator != "last":
            value = exp.Coalesce(this=value, expressions=[integer(0)])
        return case([(both(tests), value)])

    def _nothing(self, node: n.HistoryAggregate) -> Expression:
        """What `value` gives for a month without a record: nothing was paid in it."""
        kind = node.shape.type.kind
        if kind is Kind.BOOLEAN:
            return exp.Boolean(this=False)
        return integer(0) if kind in (Kind.MONEY, Kind.NUMBER) else exp.Null()


def _unsure(node: n.HistoryAggregate, where: Expression | None, value: Expression | None) -> Expression | None:
    """Where a record's condition, or its value while the condition holds, is unknown; None where neither can be."""
    tests: list[Expression] = []
    if node.where is not None and where is not None and node.where.shape.nullable:
        tests.append(is_null(where))
    if node.value is not None and value is not None and node.value.shape.nullable:
        tests.append(both([where, is_null(value)]) if where is not None else is_null(value))
    return either(tests) if tests else None
