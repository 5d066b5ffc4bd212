"""Put operands side by side: one scale, one currency, one period, one enumeration, or a refusal that says what differs.

A `Ratio` is a quotient on its way into a rounding or a comparison; it never becomes a node by itself.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ayni.core.errors import AyniError
from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules.grammar import Formula, rule_error
from ayni.rules.types import ANY_PERIOD, INT128_MAX, Kind, Type


@dataclass(frozen=True)
class Ratio:
    """numerator / denominator, both nodes with their own scales; `type` is that of the quotient (its scale means
    nothing).
    """

    numerator: n.Node
    denominator: n.Node
    type: Type


Operand = n.Node | Ratio


@dataclass(frozen=True)
class Place:
    """Where in which formula we are, to raise errors there."""

    formula: Formula
    node: ast.AST

    def error(self, code: str, title: str, action: str | None = None, expected: str | None = None) -> AyniError:
        return rule_error(code, title, formula=self.formula, node=self.node, action=action, expected=expected)


def scale_of(node: n.Node) -> int:
    """The decimals a node carries."""
    return node.shape.type.scale


def to_scale(node: n.Node, scale: int) -> n.Node:
    """The same value with `scale` decimals (never fewer than it has)."""
    return make.rescale(node, scale - scale_of(node), replace(node.shape.type, scale=scale))


def as_node(operand: Operand, place: Place) -> n.Node:
    """The operand as a node. Raises rule.division for a quotient that is not rounded."""
    if isinstance(operand, Ratio):
        raise place.error(
            "division",
            "A division must say how it is rounded",
            "write round_to(a / b, 0.01, half_up), with the step and mode of the law",
        )
    return operand


def check_width(node: n.Node, place: Place) -> n.Node:
    """Refuse what not even 128 bits hold."""
    if node.shape.magnitude > INT128_MAX:
        raise place.error(
            "overflow",
            "The result can become too large for 128 bits",
            "state narrower bounds for the inputs, or round in between",
        )
    return node


def is_zero_literal(node: n.Node) -> bool:
    """True for a written 0, which may stand for no money too."""
    return isinstance(node, n.Constant) and node.is_literal and node.value == 0 and node.shape.type.kind is Kind.NUMBER


def _adopt(node: n.Node, other: Type) -> n.Node:
    """`unknown`, a literal 0 and `amount(…)` take the type of what stands beside them."""
    mine = node.shape.type
    if mine.kind is Kind.ANY and other.kind is not Kind.ANY:
        return make.constant(None, other)
    if is_zero_literal(node) and other.kind is Kind.MONEY:
        return make.constant(0, replace(other, scale=0), is_literal=True)
    if mine.kind is Kind.MONEY and mine.period == ANY_PERIOD and other.kind is Kind.MONEY:
        return make.rescale(node, 0, replace(mine, period=other.period))
    return node


def _join_enumerations(left: Type, right: Type, place: Place) -> Type:
    if left == right:
        return left
    named = left if left.name else right
    other = right if named is left else left
    if named.name is None:
        return replace(named, values=tuple(dict.fromkeys(left.values + right.values)))
    strange = [value for value in other.values if value not in named.values]
    if strange:
        near = difflib.get_close_matches(strange[0], named.values, n=1)
        raise place.error(
            "type",
            f'"{strange[0]}" is not a value of {named.name}',
            f'write "{near[0]}"' if near else None,
            f"one of {', '.join(named.values)}",
        )
    return named


def unify(left: n.Node, right: n.Node, place: Place) -> tuple[n.Node, n.Node]:
    """Both at one type and scale, or AyniError rule.type / rule.dimension."""
    left, right = _adopt(left, right.shape.type), _adopt(right, left.shape.type)
    a, b = left.shape.type, right.shape.type
    if a.kind is not b.kind:
        action = None
        if {a.kind, b.kind} == {Kind.MONEY, Kind.NUMBER}:
            action = "write amount(100.00) for a sum of money, or name it as a parameter"
        raise place.error("type", f"{a} and {b} do not go together", action)
    if a.kind is Kind.MONEY:
        if a.currency != b.currency:
            raise place.error("dimension", f"{a.currency} and {b.currency} do not mix", "convert one of them by a rate")
        if a.period != b.period:
            hint = 'convert one: to_annual(x), to_monthly(x), or per(x, "month") to state its period'
            raise place.error("dimension", f"{a} and {b} do not mix", hint)
    if a.kind is Kind.ENUM:
        joined = _join_enumerations(a, b, place)
        return _retype(left, joined), _retype(right, joined)
    scale = max(a.scale, b.scale)
    return (left, right) if a.scale == b.scale else (to_scale(left, scale), to_scale(right, scale))


def _retype(node: n.Node, kind: Type) -> n.Node:
    """The same enumeration value under the joined list of values; engines hold its text, so nothing is computed."""
    return node if node.shape.type == kind else replace(node, shape=node.shape.with_type(kind))


def combine(operands: Sequence[Operand], join: Callable[[Operand, Operand], Operand]) -> Operand:
    """Operands joined two by two, so that what comes out is as flat as can be: order of joining must not matter."""
    parts = list(operands)
    while len(parts) > 1:
        pairs = [join(left, right) for left, right in zip(parts[::2], parts[1::2], strict=False)]
        parts = pairs + parts[len(pairs) * 2 :]
    return parts[0]


def multiply(left: Operand, right: Operand, place: Place) -> Operand:
    """left × right. Raises rule.dimension for money × money, rule.type, rule.overflow."""
    if isinstance(left, Ratio) or isinstance(right, Ratio):
        a, b = as_ratio(left), as_ratio(right)
        kind = product_type(a.type, b.type, place)
        numerator = multiply(a.numerator, b.numerator, place)
        return Ratio(as_node(numerator, place), _times(a.denominator, b.denominator, place), kind)
    left, right = _as_factor(left), _as_factor(right)
    kind = product_type(left.shape.type, right.shape.type, place)
    kind = replace(kind, scale=scale_of(left) + scale_of(right))
    return check_width(make.multiply(left, right, kind), place)


def _as_factor(node: n.Node) -> n.Node:
    """`unknown` as a factor or divisor is an unknown number."""
    return make.constant(None, Type(Kind.NUMBER)) if node.shape.type.kind is Kind.ANY else node


def _times(left: n.Node, right: n.Node, place: Place) -> n.Node:
    """Product of two denominators; a plain one changes nothing."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, n.Constant) and one.value == 1 and scale_of(one) == 0 and one.shape.type.kind is Kind.NUMBER:
            return other
    return as_node(multiply(left, right, place), place)


def product_type(a: Type, b: Type, place: Place) -> Type:
    """The type of a product, its scale aside."""
    kinds = {a.kind, b.kind}
    if kinds == {Kind.NUMBER}:
        return a
    if kinds == {Kind.MONEY, Kind.NUMBER}:
        return a if a.kind is Kind.MONEY else b
    if kinds == {Kind.MONEY}:
        hint = "multiply by a rate or a number; to_number(x) drops the currency where the law really asks for it"
        raise place.error("dimension", "Money times money means nothing", hint)
    raise place.error("type", f"{a} cannot be multiplied by {b}")


def as_ratio(operand: Operand) -> Ratio:
    """The operand as a quotient; a node is divided by one."""
    if isinstance(operand, Ratio):
        return operand
    return Ratio(operand, make.constant(1, Type(Kind.NUMBER)), operand.shape.type)


def add(operator: str, left: Operand, right: Operand, place: Place) -> Operand:
    """left + right or left - right. Raises rule.type, rule.dimension, rule.overflow."""
    if isinstance(left, Ratio) or isinstance(right, Ratio):
        a, b = as_ratio(left), as_ratio(right)
        first = as_node(multiply(a.numerator, b.denominator, place), place)
        second = as_node(multiply(b.numerator, a.denominator, place), place)
        first, second = unify(first, second, place)
        return Ratio(
            check_width(make.add(operator, first, second), place), _times(a.denominator, b.denominator, place), a.type
        )
    a_kind, b_kind = left.shape.type.kind, right.shape.type.kind
    if a_kind in (Kind.DATE, Kind.MONTH):
        return _shift(operator, left, right, place)
    if b_kind in (Kind.DATE, Kind.MONTH) or Kind.BOOLEAN in (a_kind, b_kind) or Kind.ENUM in (a_kind, b_kind):
        raise place.error(
            "type",
            f"{left.shape.type} and {right.shape.type} cannot be added or subtracted",
            "count(…) and sum(…) add up conditions; dates come first: date + days",
        )
    left, right = unify(left, right, place)
    return check_width(make.add(operator, left, right), place)


def _shift(operator: str, left: n.Node, right: n.Node, place: Place) -> n.Node:
    """date ± days, month ± months; date - date and month - month give whole numbers."""
    a, b = left.shape.type, right.shape.type
    if b.kind is Kind.NUMBER and b.scale == 0:
        return make.add(operator, left, right)
    if operator == "-" and a.kind is b.kind:
        difference = make.add("-", left, right)
        return replace(difference, shape=difference.shape.with_type(Type(Kind.NUMBER)))
    raise place.error(
        "type", f"{a} and {b} cannot be added or subtracted", "a date moves by whole days, a month by whole months"
    )


def divide(left: Operand, right: Operand, place: Place, known_positive: bool) -> Ratio:
    """left / right; the divisor must be positive by its bounds or because a condition around says so."""
    left = _as_factor(left) if isinstance(left, n.Node) else left
    a, b = as_ratio(left), as_ratio(right)
    low, high = b.numerator.shape.low, b.numerator.shape.high
    if low is None or high is None or a.numerator.shape.low is None:
        raise place.error("type", f"{a.type} cannot be divided by {b.type}")
    if high < 0:
        minus = make.constant(-1, Type(Kind.NUMBER))
        return divide(multiply(left, minus, place), multiply(right, minus, place), place, False)
    if low <= 0 and not known_positive:
        raise place.error(
            "division",
            "The divisor could be zero or negative",
            "guard it: `(x / y) … if y > 0 else …`, or state bounds above zero for it",
        )
    if b.type.kind is Kind.MONEY:
        if a.type.kind is not Kind.MONEY or a.type.currency != b.type.currency:
            raise place.error("dimension", f"{a.type} cannot be divided by {b.type}")
        if a.type.period != b.type.period and ANY_PERIOD not in (a.type.period, b.type.period):
            raise place.error(
                "dimension", f"{a.type} divided by {b.type} mixes periods", "convert one with to_annual or to_monthly"
            )
        kind = Type(Kind.NUMBER)
    elif b.type.kind is Kind.NUMBER and a.type.kind in (Kind.MONEY, Kind.NUMBER):
        kind = a.type
    else:
        raise place.error("type", f"{a.type} cannot be divided by {b.type}")
    return Ratio(_times(a.numerator, b.denominator, place), _times(a.denominator, b.numerator, place), kind)


def compare(operator: str, left: Operand, right: Operand, place: Place) -> n.Node:
    """A comparison; quotients are cross-multiplied (their denominators are positive)."""
    unsure: list[n.Node] = []
    if isinstance(left, Ratio) or isinstance(right, Ratio):
        a, b = as_ratio(left), as_ratio(right)
        unsure = [d for d in (a.denominator, b.denominator) if (d.shape.low or 0) <= 0]
        left = _cross(a.numerator, b.denominator, place)
        right = _cross(b.numerator, a.denominator, place)
        if a.type.kind is Kind.NUMBER and b.type.kind is Kind.NUMBER:
            # money / money compared with a number: after crossing both sides are money, or both numbers
            left, right = _match_money(left, right)
    left, right = unify(left, right, place)
    check_width(left, place), check_width(right, place)
    if left.shape.type.kind in (Kind.BOOLEAN, Kind.ENUM) and operator not in ("==", "!="):
        raise place.error("type", f"{left.shape.type} has no order", "compare with == or !=")
    result: n.Node = make.compare(operator, left, right)  # type: ignore[arg-type]
    for divisor in unsure:
        # A quotient by zero (a mean of no records) is unknown, so what is compared with it is unknown too.
        above = make.compare(">", divisor, make.constant(0, divisor.shape.type))
        result = make.conditional(above, result, make.constant(None, result.shape.type))
    return result


def _cross(left: n.Node, right: n.Node, place: Place) -> n.Node:
    """Multiply the sides of a comparison out; money × money is only a step here and counts as a number."""
    if left.shape.type.kind is Kind.MONEY and right.shape.type.kind is Kind.MONEY:
        return check_width(make.multiply(left, right, Type(Kind.NUMBER, scale_of(left) + scale_of(right))), place)
    return _times(left, right, place)


def _match_money(left: n.Node, right: n.Node) -> tuple[n.Node, n.Node]:
    a, b = left.shape.type, right.shape.type
    if Kind.MONEY in (a.kind, b.kind):
        money = a if a.kind is Kind.MONEY else b
        left = replace(left, shape=left.shape.with_type(replace(money, scale=a.scale)))
        right = replace(right, shape=right.shape.with_type(replace(money, scale=b.scale)))
    return left, right
