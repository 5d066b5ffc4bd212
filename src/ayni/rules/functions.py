"""The functions of the rule language. `FUNCTIONS` is the whole list; aggregates are in `ayni.rules.aggregates`."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules import operands as op
from ayni.rules.aggregates import history_call, household_call
from ayni.rules.expressions import EVALUATION_DATE, ROUNDING_MODES, Builder, Scope, decimal_constant, type_error
from ayni.rules.operands import Operand, Place, Ratio
from ayni.rules.tables import bracket, lookup, marginal
from ayni.rules.types import ANY_PERIOD, DATE, INT128_MAX, MONTH, Kind, Type, day_number, number

Function = Callable[[Builder, ast.Call, Scope], Operand]
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


def call(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    """Any call: a function of the list, or household.… / history.…"""
    place = builder.place(tree)
    if isinstance(tree.func, ast.Attribute) and isinstance(tree.func.value, ast.Name):
        owner, name = tree.func.value.id, tree.func.attr
        if owner == "household":
            return household_call(builder, tree, name, scope)
        if owner == "history":
            return history_call(builder, tree, name, scope)
    name = ast.unparse(tree.func)
    if name not in FUNCTIONS:
        near = difflib.get_close_matches(name, FUNCTIONS, n=1)
        raise place.error(
            "unknown_name",
            f"There is no function `{name}`",
            f"write {near[0]}(…)" if near else "see the reference of the rule language",
        )
    least, most, function = FUNCTIONS[name]
    if not least <= len(tree.args) <= most or any(isinstance(item, ast.Starred) for item in tree.args):
        raise place.error(
            "arguments",
            f"{name} takes {least if least == most else f'{least} to {most}'} arguments, here are {len(tree.args)}",
        )
    allowed = {"column"} if name in ("lookup", "bracket", "marginal") else set()
    strange = [keyword.arg for keyword in tree.keywords if keyword.arg not in allowed]
    if strange:
        raise place.error("arguments", f"{name} has no argument called {strange[0]}")
    return function(builder, tree, scope)


def _min_max(operator: str) -> Function:
    def build(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
        place = builder.place(tree)

        def join(left: Operand, right: Operand) -> Operand:
            return _extreme(operator, op.as_node(left, place), op.as_node(right, place), place)

        return op.combine([builder.node(item, scope) for item in tree.args], join)

    return build


def _extreme(operator: str, left: n.Node, right: n.Node, place: Place) -> n.Node:
    left, right = op.unify(left, right, place)
    if not left.shape.type.is_integral:
        raise type_error(place, left.shape.type, "Something with an order")
    return make.extreme(operator, left, right)


def _clip(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    value, low, high = (builder.node(item, scope) for item in tree.args)
    place = builder.place(tree)
    return _extreme("max", low, _extreme("min", value, high, place), place)


def _absolute(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    value = builder.node(tree.args[0], scope)
    if value.shape.type.kind not in (Kind.MONEY, Kind.NUMBER):
        raise type_error(builder.place(tree), value.shape.type, "Money or a number")
    return make.absolute(value)


def _round_to(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    """round_to(x, step, mode): the quotient x / step rounded to a whole number, times the step."""
    place = builder.place(tree)
    step, written = builder.decimal(tree.args[1]), ast.unparse(tree.args[2]).strip("'\"")
    if step is None or step <= 0:
        raise place.error(
            "arguments", "The step of a rounding is a positive number", "write round_to(x, 0.01, half_up)"
        )
    mode = next((mode for mode in ROUNDING_MODES if mode == written), None)
    if mode is None:
        near = difflib.get_close_matches(written, ROUNDING_MODES, n=1, cutoff=0.4)
        hint = f"write {near[0]}" if near else None
        expected = f"one of {', '.join(ROUNDING_MODES)}"
        raise place.error("arguments", f"There is no rounding mode {written}", hint, expected)
    ratio = op.as_ratio(builder.operand(tree.args[0], scope))
    return round_operand(ratio, step, mode, builder.rulebook.currency_decimals, place)


def round_operand(ratio: Ratio, step: Decimal, mode: n.RoundingMode, currency_decimals: int, place: Place) -> n.Node:
    """round(ratio / step) × step. Raises rule.type, rule.overflow."""
    kind = ratio.type
    if kind.kind not in (Kind.MONEY, Kind.NUMBER):
        raise type_error(place, kind, "Money or a number")
    exponent = step.as_tuple().exponent
    assert isinstance(exponent, int)
    decimals = max(0, -exponent)
    step_units = int(step.scaleb(decimals))
    target = max(decimals, currency_decimals) if kind.kind is Kind.MONEY else decimals
    power = op.scale_of(ratio.denominator) + decimals - op.scale_of(ratio.numerator)
    numerator, factor = ratio.numerator, step_units
    if power > 0:
        numerator = make.rescale(numerator, power, replace(numerator.shape.type, scale=op.scale_of(numerator) + power))
    elif power < 0:
        factor *= 10**-power
    denominator = ratio.denominator
    if factor != 1:
        product = op.multiply(denominator, make.constant(factor, number(0)), place)
        denominator = op.as_node(product, place) if not _is_one(denominator) else make.constant(factor, number(0))
    multiplier = step_units * 10 ** (target - decimals)
    if 2 * (numerator.shape.magnitude + denominator.shape.magnitude) > INT128_MAX:
        # Engines double both on their way to the nearest whole number.
        raise place.error("overflow", "The quotient can become too large for 128 bits",
                          "state narrower bounds for the inputs, or round in between")  # fmt: skip
    if _is_one(denominator) and multiplier == 1:
        return make.rescale(numerator, 0, replace(kind, scale=target))
    return op.check_width(make.rounded(numerator, denominator, mode, multiplier, replace(kind, scale=target)), place)


def _is_one(node: n.Node) -> bool:
    return isinstance(node, n.Constant) and node.value == 1 and node.shape.type.scale == 0


def _integer_literal(builder: Builder, tree: ast.expr, what: str) -> int:
    value = builder.decimal(tree)
    if value is None or value != value.to_integral_value():
        raise builder.place(tree).error("arguments", f"{what} is a whole number written out")
    return int(value)


def _date_literal(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    parts = [_integer_literal(builder, item, "A part of a date") for item in tree.args]
    try:
        return make.constant(day_number(date(*parts)), DATE)
    except ValueError:
        raise builder.place(tree).error("arguments", "There is no such day", "write date(2026, 1, 31)") from None


def _month_literal(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    year, month = (_integer_literal(builder, item, "A part of a month") for item in tree.args)
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        raise builder.place(tree).error("arguments", "There is no such month", "write month(2026, 1)")
    return make.constant(year * 12 + month - 1, MONTH)


def _amount(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    """amount(100.00): money of the pack's currency, of whatever period stands beside it."""
    value = builder.decimal(tree.args[0])
    if value is None:
        raise builder.place(tree).error("arguments", "amount takes a number written out", "write amount(100.00)")
    plain = decimal_constant(value)
    scale = max(plain.shape.type.scale, builder.rulebook.currency_decimals)
    kind = Type(Kind.MONEY, scale, builder.rulebook.currency, ANY_PERIOD)
    return make.constant(int(value.scaleb(scale)), kind, is_literal=True)


def _date_argument(builder: Builder, tree: ast.expr, scope: Scope) -> n.Node:
    node = builder.node(tree, scope)
    if node.shape.type.kind is Kind.ANY:
        return make.constant(None, DATE)
    if node.shape.type.kind is not Kind.DATE:
        raise type_error(builder.place(tree), node.shape.type, "A date")
    return node


def _elapsed(unit: str) -> Function:
    def build(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
        start, end = (_date_argument(builder, item, scope) for item in tree.args[:2])
        leap = ast.unparse(tree.args[2]).strip("'\"") if len(tree.args) > 2 else "mar1"
        if leap not in ("mar1", "feb28"):
            raise builder.place(tree).error("arguments", "29 February is kept on mar1 or feb28 in common years")
        return make.elapsed(unit, start, end, leap)

    return build


def _days_between(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    start, end = (_date_argument(builder, item, scope) for item in tree.args)
    return op.add("-", end, start, builder.place(tree))


def _date_part(part: str) -> Function:
    def build(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
        return make.date_part(part, _date_argument(builder, tree.args[0], scope))

    return build


def _month_edge(edge: str) -> Function:
    def build(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
        node = builder.node(tree.args[0], scope)
        if node.shape.type.kind is not Kind.MONTH:
            raise type_error(builder.place(tree), node.shape.type, "A month (month_of(date))")
        return make.month_edge(edge, node)

    return build


def _known(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    return make.known(builder.node(tree.args[0], scope))


def _first_known(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    nodes = [builder.node(item, scope) for item in tree.args]
    for index in range(1, len(nodes)):
        nodes[0], nodes[index] = op.unify(nodes[0], nodes[index], builder.place(tree.args[index]))
    for index in range(1, len(nodes)):
        nodes[0], nodes[index] = op.unify(nodes[0], nodes[index], builder.place(tree.args[index]))
    return make.first_known(nodes)


def _money_argument(builder: Builder, tree: ast.Call, scope: Scope) -> Ratio:
    ratio = op.as_ratio(builder.operand(tree.args[0], scope))
    if ratio.type.kind is not Kind.MONEY:
        raise type_error(builder.place(tree), ratio.type, "Money")
    return ratio


def _with_period(operand: Operand, period: str | None) -> Operand:
    if isinstance(operand, Ratio):
        return replace(operand, type=replace(operand.type, period=period))
    return make.rescale(operand, 0, replace(operand.shape.type, period=period))


def _to_period(target: str) -> Function:
    """to_annual multiplies by the months of a year over those of the period; to_monthly divides (and so must be
    rounded).
    """

    def build(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
        place = builder.place(tree)
        ratio = _money_argument(builder, tree, scope)
        months, wanted = MONTHS_IN.get(ratio.type.period or ""), MONTHS_IN[target]
        if months is None:
            raise place.error(
                "dimension", f"{ratio.type} has no period in months", f'state it first: per(x, "{target}")'
            )
        plain = ratio.numerator if _is_one(ratio.denominator) else ratio
        if wanted >= months:
            return _with_period(op.multiply(plain, make.constant(wanted // months, number(0)), place), target)
        divided = op.divide(plain, make.constant(months // wanted, number(0)), place, False)
        return _with_period(divided, target)

    return build


def _to_daily(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    """to_daily(x, days): a division by the days of the period, which the law states."""
    ratio = _money_argument(builder, tree, scope)
    days = builder.operand(tree.args[1], scope)
    plain = ratio.numerator if _is_one(ratio.denominator) else ratio
    guarded = ast.unparse(tree.args[1]) in scope.positive
    return _with_period(op.divide(plain, days, builder.place(tree), guarded), "day")


def _per(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    """per(x, "month"): states the period of an amount without changing the number; "once" makes it a lump sum."""
    operand = builder.operand(tree.args[0], scope)
    period = ast.unparse(tree.args[1]).strip("'\"")
    place = builder.place(tree)
    if period not in ("day", "month", "quarter", "year", "once"):
        raise place.error("arguments", f"There is no period {period}", "write day, month, quarter, year or once")
    if op.as_ratio(operand).type.kind is not Kind.MONEY:
        raise type_error(place, op.as_ratio(operand).type, "Money")
    return _with_period(operand, None if period == "once" else period)


def _to_number(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    node = builder.node(tree.args[0], scope)
    if node.shape.type.kind not in (Kind.MONEY, Kind.NUMBER):
        raise type_error(builder.place(tree), node.shape.type, "Money or a number")
    return make.rescale(node, 0, number(node.shape.type.scale))


# name → (fewest arguments, most arguments, how it is built)
FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    "min": (2, 20, _min_max("min")),
    "max": (2, 20, _min_max("max")),
    "clip": (3, 3, _clip),
    "abs": (1, 1, _absolute),
    "round_to": (3, 3, _round_to),
    "lookup": (2, 6, lookup),
    "bracket": (2, 2, bracket),
    "marginal": (2, 2, marginal),
    "age_on": (2, 3, _elapsed("years")),
    "years_between": (2, 3, _elapsed("years")),
    "months_between": (2, 2, _elapsed("months")),
    "days_between": (2, 2, _days_between),
    "year": (1, 1, _date_part("year")),
    "month_of": (1, 1, _date_part("month")),
    "day": (1, 1, _date_part("day")),
    "first_day": (1, 1, _month_edge("first")),
    "last_day": (1, 1, _month_edge("last")),
    "date": (3, 3, _date_literal),
    "month": (2, 2, _month_literal),
    "amount": (1, 1, _amount),
    "known": (1, 1, _known),
    "first_known": (1, 20, _first_known),
    "to_annual": (1, 1, _to_period("year")),
    "to_monthly": (1, 1, _to_period("month")),
    "to_daily": (2, 2, _to_daily),
    "per": (2, 2, _per),
    "to_number": (1, 1, _to_number),
}
__all__ = ["EVALUATION_DATE", "FUNCTIONS", "call", "round_operand"]
