"""What is due in a month for one scheme: by payer, in whole minor units, and as a share of a stated income.

Three things look alike and are kept apart: an amount of zero, an amount that is unknown (an income is missing), and an
amount that does not apply (the person is not in the scheme, or the scheme asks nothing of that payer).
"""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from ayni.roster.certainty import Certainty
from ayni.roster.questions import PAYERS, BenefitQuestion, Questions, SchemeQuestion
from ayni.rules import nodes as n
from ayni.rules.plan import Plan
from ayni.rules.result import Result
from ayni.rules.types import Kind, Type

AMOUNT, UNKNOWN, NOT_APPLICABLE = "amount", "unknown", "not_applicable"
# Months in the period that an amount is for. What is due once or by the sale has no month.
MONTHS = {"month": 1, "quarter": 3, "year": 12}
# The incomes that contributions are a share of, the first that the scheme's rules read.
INCOMES = ("monthly_earnings", "monthly_net_income", "monthly_income", "monthly_turnover", "turnover_last_12_months")
SHARE_SCALE = 10_000
# The columns of amounts of benefits begin so; a lump sum has no period.
BENEFIT, ONCE = "benefit", "once"


def amount_columns(
    question: SchemeQuestion,
    answers: pl.DataFrame,
    result: Result,
    inputs: pa.Table,
    decision: pl.Series,
    certainty: Certainty,
) -> list[pl.Series | pl.Expr]:
    """The columns of money of `decision_table`."""
    decimals = result.plan.program.rulebook.currency_decimals
    is_in = pl.lit(decision == "eligible")
    is_undecided = pl.lit(decision == "undecided")
    columns: list[pl.Series | pl.Expr] = [pl.lit(question.protects).alias("protects")]
    for payer in PAYERS:
        parts = [
            _monthly(pl.lit(answers[column]), result.type_of(column), months, decimals)
            for contribution, column in question.contributions
            if contribution.payer == payer
            and (months := MONTHS.get(result.type_of(column).period or contribution.instalment))
        ]
        total = pl.sum_horizontal(parts, ignore_nulls=False) if parts else pl.lit(None, pl.Int64)
        state = pl.lit(NOT_APPLICABLE)
        if parts:
            known = pl.when(is_in & total.is_not_null()).then(pl.lit(AMOUNT))
            state = known.when(is_in | is_undecided).then(pl.lit(UNKNOWN)).otherwise(state)
        columns += [total.alias(payer), state.alias(f"{payer}_state")]
    income, name = _income(question, result, inputs, decimals)
    columns += [income.alias("income"), pl.lit(name, pl.String).alias("income_input")]
    columns.append(_share(columns[1], income).alias("share"))
    doubtful = bool(certainty.unconfirmed(column for _, column in question.contributions))
    columns.append((is_in & pl.lit(doubtful)).alias("amounts_unconfirmed"))
    return columns


def benefit_columns(questions: Questions, result: Result) -> tuple[str, ...]:
    """The columns for amounts of benefits: `benefit.<branch>.<period>`, for each kind that some scheme states."""
    found = {
        _benefit_column(item, result.type_of(item.amount)): None
        for question in questions.schemes
        for item in question.benefits
        if item.amount is not None
    }
    return tuple(found)


def _benefit_column(item: BenefitQuestion, kind: Type) -> str:
    return f"{BENEFIT}.{item.benefit.branch}.{kind.period or ONCE}"


def benefit_amounts(
    question: SchemeQuestion, answers: pl.DataFrame, result: Result, columns: tuple[str, ...]
) -> list[pl.Expr]:
    """What the benefits of a scheme come to, for those who meet their conditions today."""
    decimals = result.plan.program.rulebook.currency_decimals
    amounts: dict[str, pl.Expr] = {}
    for item in question.benefits:
        if item.amount is None or result.type_of(item.amount).kind is not Kind.MONEY:
            continue
        kind = result.type_of(item.amount)
        amount = _monthly(pl.lit(answers[item.amount]), kind, 1, decimals)
        met = pl.lit(value=True) if item.qualifies is None else pl.lit(answers[item.qualifies])
        name = _benefit_column(item, kind)
        known = pl.when(met).then(amount)
        amounts[name] = pl.coalesce(amounts[name], known) if name in amounts else known
    return [amounts.get(name, pl.lit(None, pl.Int64)).alias(name) for name in columns]


def _monthly(amount: pl.Expr, kind: Type, months: int, decimals: int) -> pl.Expr:
    """An amount of a period as minor units of a month, halves up; exact where nothing has to be divided."""
    divisor = months * 10 ** max(kind.scale - decimals, 0)
    factor = 10 ** max(decimals - kind.scale, 0)
    scaled = amount * factor if factor > 1 else amount
    return scaled if divisor == 1 else _halves_up(scaled, divisor)


def _halves_up(amount: pl.Expr, divisor: int) -> pl.Expr:
    return (2 * amount + divisor).floordiv(2 * divisor)


def _income(question: SchemeQuestion, result: Result, inputs: pa.Table, decimals: int) -> tuple[pl.Expr, str | None]:
    """The income of a month that the scheme's contributions are worked out from, and which one it is."""
    read = _inputs_below(result.plan, [column for _, column in question.contributions])
    name = next((name for name in INCOMES if name in read), None)
    if name is None or name not in inputs.column_names:
        return pl.lit(None, pl.Int64), name
    kind = read[name]
    column = pl.from_arrow(inputs.column(name))
    assert isinstance(column, pl.Series)
    return _monthly(pl.lit(column.cast(pl.Int64)), kind, MONTHS.get(kind.period or "month", 1), decimals), name


def _inputs_below(plan: Plan, outputs: list[str]) -> dict[str, Type]:
    """The amounts of money among the inputs that these outputs rest on."""
    found: dict[str, Type] = {}
    seen: set[str] = set()
    waiting = list(outputs)
    while waiting:
        name = waiting.pop()
        if name in seen or name not in plan.variables:
            continue
        seen.add(name)
        nodes = [plan.variables[name]]
        while nodes:
            node = nodes.pop()
            nodes.extend(node.children)
            if isinstance(node, n.VariableValue):
                waiting.append(node.name)
            elif isinstance(node, n.InputValue) and node.shape.type.kind is Kind.MONEY:
                found[node.name] = node.shape.type
    return found


def _share(insured: pl.Expr | pl.Series, income: pl.Expr) -> pl.Expr:
    """The contribution of the insured in hundredths of a percent of the income, halves up; null without an income."""
    assert isinstance(insured, pl.Expr)
    known = income > 0
    return pl.when(known).then((2 * SHARE_SCALE * insured + income).floordiv(2 * income))
