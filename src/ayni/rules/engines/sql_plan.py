"""A whole plan as one SQL statement: layers of columns, each a query over the one below, from canonical tables to
outputs.

The statement reads the relations `persons` and `history` (columns as in `engines.base`) and gives the row number, the
outputs, their masks and the checks, in that order; `Statement.columns` has their real names, since SQL names may be
cut short.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from ayni.rules import nodes as n
from ayni.rules.engines.base import mask_words
from ayni.rules.engines.dialect import Dialect, Expression, integer
from ayni.rules.engines.sql_aggregates import Histories, household_sql
from ayni.rules.engines.sql_masks import Masks
from ayni.rules.engines.sql_scalar import Scalars, first_day_of_month
from ayni.rules.engines.steps import MaskStep, Step, Steps, cut, leaves, mask_column, possible_words
from ayni.rules.plan import Plan
from ayni.rules.types import Kind, date_of, month_number

# PostgreSQL cuts names at 63 bytes.
NAME_LENGTH_MAX = 60


@dataclass(frozen=True)
class Statement:
    """One SELECT; `columns` are the names of what it gives, in order (the first is `row`)."""

    select: exp.Select
    columns: tuple[str, ...]


class _Names:
    """Short, unique, readable SQL names for steps and inputs."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.taken: set[str] = set()

    def of(self, name: str) -> str:
        if name not in self.known:
            short = (
                name if len(name.encode()) <= NAME_LENGTH_MAX else f"{name[: NAME_LENGTH_MAX - 8]}~{len(self.known)}"
            )
            assert short not in self.taken
            self.taken.add(short)
            self.known[name] = short
        return self.known[name]

    def column(self, name: str) -> Expression:
        return exp.column(self.of(name), quoted=True)


def input_column(name: str) -> str:
    """The inner name of an input: no variable can have it."""
    return f"in:{name}"


def step_column(name: str) -> str:
    """The inner name of a step."""
    return f"v:{name}"


class _Compiler:
    """Builds the layers of one plan for one dialect."""

    def __init__(self, plan: Plan, dialect: Dialect, masks: bool, carry: tuple[str, ...]) -> None:
        self.plan = plan
        self.carry = carry
        self.dialect = dialect
        self.masks = masks
        self.names = _Names()
        self.steps: Steps = cut(plan, masks=masks, flatten_limit=dialect.flatten_limit)
        self.words = possible_words(plan, self.steps.values) if masks else {}
        self.bits = {name: position for position, name in enumerate(plan.missable())}
        self.uses_history = any(_histories(step.node) for step in self.steps.values)
        day: Expression = integer(plan.day) if plan.day is not None else exp.column("day", quoted=True)
        self.scalars = Scalars(dialect, self._column, day)
        record_day = first_day_of_month(dialect, exp.column("month", table="h", quoted=True))
        self.record_scalars = Scalars(dialect, lambda node: exp.column(_name(node), table="h", quoted=True), record_day)

    def _column(self, node: n.Node) -> Expression:
        if isinstance(node, n.InputValue):
            if node.name in self.plan.absent:
                return self._unknown(node)
            return self.names.column(input_column(node.name))
        assert isinstance(node, n.VariableValue), f"unhandled: {type(node).__name__}"
        return self.names.column(step_column(node.name))

    def _unknown(self, node: n.InputValue) -> Expression:
        """A column that the table does not have."""
        kind = (
            "BIGINT" if node.shape.type.is_integral else "BOOLEAN" if node.shape.type.kind is Kind.BOOLEAN else "TEXT"
        )
        return self.dialect.cast(exp.Null(), kind)

    def _base_columns(self) -> list[str]:
        names = ["row"]
        if self.plan.uses_household:
            names.append("household")
        if self.uses_history:
            names += ["person", "history_from", "history_until"]
        names = names if self.plan.day is not None else [*names, "day"]
        return [*names, *(name for name in self.carry if name not in names)]

    def _prepared(self) -> exp.Select:
        """Layer 0: the persons as they come, inputs under their inner names, absent ones unknown."""
        columns: list[Expression] = [exp.column(name, quoted=True) for name in self._base_columns()]
        if self.plan.day is None and self.uses_history:
            day = self.dialect.date(exp.column("day", quoted=True))
            month = self.scalars._part("month", day)
            columns.append(month.as_("evaluation month", quoted=True))
        for name in self.plan.inputs:
            source: Expression = exp.column(name, quoted=True)
            if name in self.plan.absent:
                continue
            columns.append(source.as_(self.names.of(input_column(name)), quoted=True, copy=False))
        return exp.Select().select(*columns, copy=False).from_(exp.to_table("persons"), copy=False)

    def _needed(self) -> list[set[str]]:
        """For each layer the columns (SQL-independent names) that layers above it, or the result, still read."""
        needed: list[set[str]] = [set() for _ in range(self.steps.layers + 1)]
        needed[self.steps.layers] = set(self._results())
        for layer in range(self.steps.layers, 0, -1):
            here = set(needed[layer])
            made = {step_column(step.name) for step in self.steps.of(layer)}
            made |= {step_column(step.name) for step in self.steps.masks_of(layer)}
            below = here - made
            for step in self.steps.of(layer):
                below |= {leaf if leaf.startswith("in:") else step_column(leaf) for leaf in leaves(step.node)}
            for mask in self.steps.masks_of(layer):
                below |= self._mask_needs(mask)
            needed[layer - 1] = {name for name in below if name.removeprefix("in:") not in self.plan.absent}
        return needed

    def _mask_needs(self, mask: MaskStep) -> set[str]:
        node = next(step.node for step in self.steps.values if step.name == mask.of)
        needed = {leaf if leaf.startswith("in:") else step_column(leaf) for leaf in leaves(node)}
        for leaf in leaves(node):
            if mask.word in self.words.get(leaf, ()):
                needed.add(step_column(mask_column(leaf, mask.word)))
        if not isinstance(node, (n.InputValue, n.VariableValue)):
            needed.add(step_column(mask.of))
        return needed

    def _results(self) -> list[str]:
        """Inner names of all result columns: outputs, then masks that exist, then checks."""
        names = [step_column(name) for name in self.plan.outputs]
        for output in self.plan.outputs if self.masks else ():
            names += [step_column(mask_column(output, word)) for word in sorted(self.words.get(output, ()))]
        return names + [step_column(f"check.{position}") for position in range(len(self.plan.checks))]

    def statement(self) -> Statement:
        needed = self._needed()
        ctes = [("layer_0", self._barrier(self._prepared()))]
        layers = range(1, self.steps.layers + 1)
        ctes += [(f"layer_{layer}", self._barrier(self._layer(layer, needed))) for layer in layers]
        columns, select = self._final(f"layer_{self.steps.layers}")
        for alias, query in ctes:
            select = select.with_(alias, as_=query, materialized=self.dialect.materialized, copy=False)
        return Statement(select, tuple(columns))

    def _barrier(self, query: exp.Select) -> exp.Select:
        return query.offset(0, copy=False) if self.dialect.needs_barrier else query

    def _layer(self, layer: int, needed: list[set[str]]) -> exp.Select:
        below = f"layer_{layer - 1}"
        base = self._base_columns() + (["evaluation month"] if self.plan.day is None and self.uses_history else [])
        columns: list[Expression] = [exp.column(name, table="b", quoted=True) for name in base]
        made = {step_column(step.name) for step in self.steps.of(layer)}
        made |= {step_column(mask.name) for mask in self.steps.masks_of(layer)}
        kept = sorted(needed[layer] - made)
        columns += [exp.column(self.names.of(name), table="b", quoted=True) for name in kept]
        self.grouped: list[Expression] = []
        month: Expression = exp.column("evaluation month", quoted=True)
        if self.plan.day is not None:
            month = integer(month_number(date_of(self.plan.day)))
        histories = Histories(self.dialect, below, self.scalars, self.record_scalars, month)
        for step in self.steps.of(layer):
            value = self._step_sql(step, histories)
            columns.append(value.as_(self.names.of(step_column(step.name)), quoted=True, copy=False))
        for mask in self.steps.masks_of(layer):
            columns.append(self._mask_sql(mask).as_(self.names.of(step_column(mask.name)), quoted=True, copy=False))
        query = exp.Select().select(*columns, copy=False).from_(exp.to_table(below).as_("b"), copy=False)
        if self.grouped:
            query = self._with_households(query, below)
        for join in histories.joins():
            on = exp.EQ(
                this=exp.column(join.key, table=join.alias, quoted=True),
                expression=exp.column(join.key, table="b", quoted=True),
            )
            query = query.join(join.source.subquery(join.alias), on=on, join_type="left", copy=False)
        return query

    def _group(self, aggregate: Expression) -> Expression:
        """Have an aggregate worked out by household; the column that holds it."""
        if aggregate not in self.grouped:
            self.grouped.append(aggregate)
        return exp.column(f"g{self.grouped.index(aggregate)}", table="g")

    def _with_households(self, query: exp.Select, below: str) -> exp.Select:
        key = exp.column("household", quoted=True)
        aggregates = [aggregate.as_(f"g{position}") for position, aggregate in enumerate(self.grouped)]
        source = exp.select(key, *aggregates).from_(exp.to_table(below)).group_by(key.copy())
        on = exp.EQ(
            this=exp.column("household", table="g", quoted=True),
            expression=exp.column("household", table="b", quoted=True),
        )
        return query.join(source.subquery("g"), on=on, copy=False)

    def _step_sql(self, step: Step, histories: Histories) -> Expression:
        if isinstance(step.node, n.HouseholdAggregate):
            return household_sql(self.scalars, step.node, self._group)
        if isinstance(step.node, n.HistoryAggregate):
            return histories.value(step.node)
        return self._typed(step.node)

    def _typed(self, node: n.Node) -> Expression:
        """A column of the type of its shape: a bare literal would become a narrower integer."""
        expression = self.scalars.sql(node)
        if isinstance(node, n.Constant):
            return self.scalars._value(node.value, node.shape)
        return expression

    def _mask_sql(self, mask: MaskStep) -> Expression:
        node = next(step.node for step in self.steps.values if step.name == mask.of)
        value = self.names.column(step_column(mask.of))
        masks = Masks(
            self.scalars,
            self.bits,
            self.words,
            mask.word,
            lambda name: self.names.column(step_column(name)),
            self.plan.bit_of_constant,
            lambda bits: self._group(self.dialect.union_bits(bits)),
            value,
        )
        found = masks.of_step(node)
        return found if found is not None else self.dialect.bigint(integer(0))

    def _final(self, source: str) -> tuple[list[str], exp.Select]:
        columns = ["row", *self.carry, *self.plan.outputs]
        picked: list[Expression] = [exp.column(name, quoted=True) for name in ("row", *self.carry)]
        picked += [self.names.column(step_column(name)) for name in self.plan.outputs]
        if self.masks:
            for output in self.plan.outputs:
                for word in range(mask_words(self.plan)):
                    name = mask_column(output, word)
                    columns.append(name)
                    if word in self.words.get(output, ()):
                        picked.append(self.names.column(step_column(name)))
                    else:
                        picked.append(self.dialect.bigint(integer(0)))
        for position in range(len(self.plan.checks)):
            columns.append(f"check.{position}")
            picked.append(self.names.column(step_column(f"check.{position}")))
        return columns, exp.Select().select(*picked, copy=False).from_(exp.to_table(source), copy=False)


def _histories(node: n.Node) -> bool:
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, n.HistoryAggregate):
            return True
        stack.extend(item.children)
    return False


def _name(node: n.Node) -> str:
    assert isinstance(node, n.HistoryValue), f"unhandled: {type(node).__name__}"
    return node.name


def compile_plan(plan: Plan, dialect: Dialect, *, masks: bool, carry: tuple[str, ...] = ()) -> Statement:
    """The plan as one statement over `persons` and `history`; `carry` names columns of `persons` that are handed
    through.
    """
    return _Compiler(plan, dialect, masks, carry).statement()
