"""From a parsed formula to typed nodes: names, operators, conditionals. Calls are in `ayni.rules.functions`."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from ayni.core.errors import AyniError
from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules import operands as op
from ayni.rules.definitions import Rulebook
from ayni.rules.grammar import Formula
from ayni.rules.operands import Operand, Place, Ratio
from ayni.rules.types import ANY, BOOLEAN, DATE, DAY_MAX, DAY_MIN, Kind, Shape, Type, enumeration, number

ROUNDING_MODES: tuple[n.RoundingMode, ...] = ("half_up", "half_even", "up", "down")
_COMPARISONS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_ARITHMETIC = {ast.Add: "+", ast.Sub: "-"}


class Names(Protocol):
    """Finds what a name means where a formula stands."""

    def resolve(self, name: str, scope: Scope) -> n.Node | None: ...

    def candidates(self, scope: Scope) -> Iterable[str]: ...


@dataclass(frozen=True)
class Scope:
    """Where we are: the scheme (short name or None), inside which aggregate, and which expressions are known to be
    positive.
    """

    scheme: str | None = None
    inside: str | None = None
    positive: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Builder:
    """Builds typed nodes from one formula."""

    formula: Formula
    names: Names
    rulebook: Rulebook
    calls: Callable[[Builder, ast.Call, Scope], Operand] = field(repr=False)

    def place(self, node: ast.AST) -> Place:
        return Place(self.formula, node)

    def node(self, tree: ast.expr, scope: Scope) -> n.Node:
        """A typed node; a bare division is refused."""
        return op.as_node(self.operand(tree, scope), self.place(tree))

    def boolean(self, tree: ast.expr, scope: Scope) -> n.Node:
        node = self.node(tree, scope)
        if node.shape.type.kind is Kind.ANY:
            return make.constant(None, BOOLEAN)
        if node.shape.type.kind is not Kind.BOOLEAN:
            raise self.place(tree).error(
                "type",
                f"A condition is expected, this is {node.shape.type}",
                'compare it: x > 0, x == "value", known(x)',
            )
        return node

    def operand(self, tree: ast.expr, scope: Scope) -> Operand:
        match tree:
            case ast.Constant():
                return self._literal(tree)
            case ast.Name(id=name):
                return self._name(name, tree, scope)
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                return self._name(f"{owner}.{name}", tree, scope)
            case ast.BinOp():
                return self._arithmetic(tree, scope)
            case ast.UnaryOp():
                return self._unary(tree, scope)
            case ast.BoolOp(values=values):
                return self._logic(tree, values, scope)
            case ast.Compare():
                return self._comparison(tree, scope)
            case ast.IfExp():
                return self._conditional(tree, scope)
            case ast.Call():
                return self.calls(self, tree, scope)
            case _:
                raise self.place(tree).error(
                    "syntax", "This cannot stand here", "see the reference of the rule language"
                )

    def _literal(self, tree: ast.Constant) -> n.Node:
        if isinstance(tree.value, bool):
            return make.constant(tree.value, BOOLEAN, is_literal=True)
        if isinstance(tree.value, str):
            return make.constant(tree.value, enumeration((tree.value,)), is_literal=True)
        value = self.decimal(tree)
        assert value is not None
        return decimal_constant(value)

    def decimal(self, tree: ast.expr) -> Decimal | None:
        """The exact value of a number literal (its text, never the float), or None if it is none."""
        sign = 1
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
            sign, tree = -1, tree.operand
        if not isinstance(tree, ast.Constant) or isinstance(tree.value, (bool, str)):
            return None
        text = ast.get_source_segment(self.formula.text, tree)
        assert text is not None
        return sign * Decimal(text.replace("_", ""))

    def _name(self, name: str, tree: ast.expr, scope: Scope) -> n.Node:
        if name == "unknown":
            return make.constant(None, ANY)
        if name == "evaluation_date":
            return EVALUATION_DATE
        if name == "evaluation_month":
            return make.date_part("month", EVALUATION_DATE)
        found = self.names.resolve(name, scope)
        if found is not None:
            return found
        near = difflib.get_close_matches(name, list(self.names.candidates(scope)), n=1, cutoff=0.6)
        hint = f"write `{near[0]}`" if near else "define it as a variable, parameter or input"
        raise self.place(tree).error("unknown_name", f"Nothing is called `{name}` here", hint)

    def _arithmetic(self, tree: ast.BinOp, scope: Scope) -> Operand:
        place = self.place(tree)
        left, right = self.operand(tree.left, scope), self.operand(tree.right, scope)
        if isinstance(tree.op, ast.Mult):
            return op.multiply(left, right, place)
        if isinstance(tree.op, ast.Div):
            return op.divide(left, right, place, is_guarded(tree.right, right, scope))
        if isinstance(tree.op, (ast.FloorDiv, ast.Mod)):
            return self._floor(tree, op.as_node(left, place), op.as_node(right, place), scope)
        return op.add(_ARITHMETIC[type(tree.op)], left, right, place)

    def _floor(self, tree: ast.BinOp, left: n.Node, right: n.Node, scope: Scope) -> n.Node:
        place = self.place(tree)
        plain = all(x.shape.type.kind is Kind.NUMBER and x.shape.type.scale == 0 for x in (left, right))
        if not plain:
            raise place.error("type", "// and % are for whole numbers", "write round_to(a / b, 1, down)")
        ratio = op.divide(left, right, place, is_guarded(tree.right, right, scope))
        whole = make.rounded(ratio.numerator, ratio.denominator, "floor", 1, number(0))
        if isinstance(tree.op, ast.FloorDiv):
            return whole
        product = op.as_node(op.multiply(whole, right, place), place)
        rest: n.Node = make.add("-", left, product)
        # The rest lies between 0 and the divisor. The bounds cannot see that, so it is said to them.
        zero, one = make.constant(0, rest.shape.type), make.constant(1, rest.shape.type)
        if (right.shape.high or 0) < 0:
            return make.extreme("min", zero, make.extreme("max", rest, make.add("+", right, one)))
        return make.extreme("max", zero, make.extreme("min", rest, make.add("-", right, one)))

    def _unary(self, tree: ast.UnaryOp, scope: Scope) -> Operand:
        if isinstance(tree.op, ast.Not):
            return make.negation(self.boolean(tree.operand, scope))
        value = self.operand(tree.operand, scope)
        if isinstance(tree.op, ast.UAdd):
            return value
        literal = self.decimal(tree)
        if literal is not None:
            return decimal_constant(literal)
        return op.multiply(value, make.constant(-1, number(0)), self.place(tree))

    def _logic(self, tree: ast.BoolOp, values: list[ast.expr], scope: Scope) -> n.Node:
        is_and = isinstance(tree.op, ast.And)
        parts: list[n.Node] = []
        for value in values:
            parts.append(self.boolean(value, scope))
            scope = replace(scope, positive=scope.positive | positive_when(value, is_and))
        return make.logic("and" if is_and else "or", parts)

    def _comparison(self, tree: ast.Compare, scope: Scope) -> n.Node:
        sides = [tree.left, *tree.comparators]
        parts = [
            self._one_comparison(tree, kind, left, right, scope)
            for kind, left, right in zip(tree.ops, sides, sides[1:], strict=False)
        ]
        return make.logic("and", parts)

    def _one_comparison(
        self, tree: ast.Compare, kind: ast.cmpop, left: ast.expr, right: ast.expr, scope: Scope
    ) -> n.Node:
        if isinstance(kind, (ast.In, ast.NotIn)):
            inside = self._membership(left, right, scope)
            return make.negation(inside) if isinstance(kind, ast.NotIn) else inside
        a, b = self.operand(left, scope), self.operand(right, scope)
        return op.compare(_COMPARISONS[type(kind)], a, b, self.place(tree))

    def _membership(self, left: ast.expr, right: ast.expr, scope: Scope) -> n.Node:
        if not isinstance(right, (ast.Tuple, ast.List)) or not right.elts:
            raise self.place(right).error("syntax", "`in` needs a list", 'write x in ("a", "b")')
        node = self.node(left, scope)
        members = [self.node(item, scope) for item in right.elts]
        parts = [
            op.compare("==", node, member, self.place(item)) for member, item in zip(members, right.elts, strict=True)
        ]
        if node.shape.type.kind is Kind.ENUM and all(
            isinstance(m, n.Constant) and m.value is not None for m in members
        ):
            return make.is_in(
                node, [m.value for m in members if isinstance(m, n.Constant) and isinstance(m.value, str)]
            )
        return make.logic("or", parts)

    def _conditional(self, tree: ast.IfExp, scope: Scope) -> Operand:
        condition = self.boolean(tree.test, scope)
        then_scope = replace(scope, positive=scope.positive | positive_when(tree.test, True))
        else_scope = replace(scope, positive=scope.positive | positive_when(tree.test, False))
        then, otherwise = self.operand(tree.body, then_scope), self.operand(tree.orelse, else_scope)
        place = self.place(tree)
        if isinstance(then, Ratio) or isinstance(otherwise, Ratio):
            raise place.error("division", "Round before choosing", "write round_to(…) inside each branch")
        left, right = op.unify(then, otherwise, place)
        return make.conditional(condition, left, right)


NOT_ZERO = "≠0 "
# Functions of one amount that never change its sign.
KEEPS_SIGN = ("to_annual", "to_monthly", "per", "to_number")
EVALUATION_DATE = n.EvaluationDate(Shape(DATE, DAY_MIN, DAY_MAX, nullable=False))


def is_guarded(tree: ast.expr, divisor: Operand, scope: Scope) -> bool:
    """True where a condition around makes the divisor positive (`> 0`, or `!= 0` for what is never negative)."""
    low = op.as_ratio(divisor).numerator.shape.low
    while isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in KEEPS_SIGN and tree.args:
        if ast.unparse(tree) in scope.positive:
            return True
        tree = tree.args[0]
    text = ast.unparse(tree)
    return text in scope.positive or (NOT_ZERO + text in scope.positive and low is not None and low >= 0)


def decimal_constant(value: Decimal) -> n.Constant:
    """A written number with the decimals it is written with."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    scale = max(0, -exponent)
    return make.constant(int(value.scaleb(scale)), number(scale), is_literal=True)


def positive_when(test: ast.expr, holds: bool) -> frozenset[str]:
    """The expressions (as text) that are surely positive where `test` is true (holds) or false (not holds).

    A guard lets a division through; the engines still never divide by zero, so a guard that is wrong only gives
    unknown.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return positive_when(test.operand, not holds)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) == holds:
        return frozenset().union(*(positive_when(value, holds) for value in test.values))
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return frozenset()
    kind, left, right = test.ops[0], _amount_inside(test.left), _amount_inside(test.comparators[0])
    if _is_zero_or_more(left) and isinstance(kind, ast.Lt if holds else ast.GtE):
        left, kind, right = right, (ast.Gt() if holds else ast.LtE()), left
    if not _is_zero_or_more(right):
        return frozenset()
    zero = isinstance(right, ast.Constant) and right.value == 0
    if holds and (isinstance(kind, ast.Gt) or (isinstance(kind, (ast.GtE, ast.Eq)) and not zero)):
        return frozenset({ast.unparse(left)})
    if isinstance(kind, ast.NotEq if holds else ast.Eq) and zero:
        return frozenset({NOT_ZERO + ast.unparse(left)})
    if not holds and isinstance(kind, ast.LtE) and zero:
        return frozenset({ast.unparse(left)})
    if not holds and isinstance(kind, ast.Lt) and not zero:
        return frozenset({ast.unparse(left)})
    return frozenset()


def _amount_inside(tree: ast.expr) -> ast.expr:
    """The number of `amount(…)`, anything else as it is."""
    is_amount = isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "amount"
    return tree.args[0] if is_amount and isinstance(tree, ast.Call) and len(tree.args) == 1 else tree


def _is_zero_or_more(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) and isinstance(tree.value, (int, float)) and not isinstance(tree.value, bool)


def type_error(place: Place, found: Type, wanted: str) -> AyniError:
    """rule.type: what was wanted and what was found."""
    return place.error("type", f"{wanted} is expected, this is {found}")
