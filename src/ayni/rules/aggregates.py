"""Aggregates over a household and over a person's monthly history: `household.any(…)`, `history.count(…, last=12)`."""

from __future__ import annotations

import ast
import difflib
from dataclasses import replace

from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules import operands as op
from ayni.rules.expressions import Builder, Scope, type_error
from ayni.rules.operands import Operand, Place, Ratio
from ayni.rules.types import Kind

HOUSEHOLD = ("count", "sum", "any", "all", "min", "max")
HISTORY = ("count", "sum", "mean", "mean_best", "longest_run", "last", "value")
_CONDITION_ONLY = ("count", "any", "all", "longest_run")


def _refuse_nested(scope: Scope, place: Place) -> None:
    if scope.inside is not None:
        raise place.error(
            "aggregate", "An aggregate stands inside another", "name the inner one as a variable of its own"
        )


def _keywords(tree: ast.Call, allowed: tuple[str, ...], place: Place) -> dict[str, ast.expr]:
    given = {keyword.arg: keyword.value for keyword in tree.keywords if keyword.arg is not None}
    strange = [name for name in given if name not in allowed]
    if strange or len(given) != len(tree.keywords):
        raise place.error(
            "arguments",
            f"There is no argument called {strange[0] if strange else '**'} here",
            expected=f"one of {', '.join(allowed)}",
        )
    return given


def _known_operator(name: str, known: tuple[str, ...], owner: str, place: Place) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise place.error(
            "unknown_name",
            f"There is no {owner}.{name}",
            f"write {owner}.{near[0]}" if near else None,
            f"one of {', '.join(known)}",
        )


def household_call(builder: Builder, tree: ast.Call, name: str, scope: Scope) -> Operand:
    """household.count(cond), .any(cond), .all(cond), .sum(x, where=cond), .min(x, where=cond), .max(x, where=cond)."""
    place = builder.place(tree)
    _known_operator(name, HOUSEHOLD, "household", place)
    _refuse_nested(scope, place)
    inner = replace(scope, inside="household", positive=frozenset())
    given = _keywords(tree, () if name in _CONDITION_ONLY else ("where",), place)
    if len(tree.args) != 1:
        raise place.error("arguments", f"household.{name} takes one argument, here are {len(tree.args)}")
    if name in _CONDITION_ONLY:
        return make.household_aggregate(name, None, builder.boolean(tree.args[0], inner))
    where = builder.boolean(given["where"], inner) if "where" in given else None
    value = _ordered(builder, tree.args[0], inner) if name != "sum" else _summable(builder, tree.args[0], inner)
    return op.check_width(make.household_aggregate(name, value, where), place)


def _ordered(builder: Builder, tree: ast.expr, scope: Scope) -> n.Node:
    value = builder.node(tree, scope)
    if not value.shape.type.is_integral:
        raise type_error(builder.place(tree), value.shape.type, "Something with an order")
    return value


def _summable(builder: Builder, tree: ast.expr, scope: Scope) -> n.Node:
    value = builder.node(tree, scope)
    if value.shape.type.kind not in (Kind.MONEY, Kind.NUMBER):
        raise type_error(builder.place(tree), value.shape.type, "Money or a number")
    return value


def history_call(builder: Builder, tree: ast.Call, name: str, scope: Scope) -> Operand:
    """An aggregate over the monthly records before the evaluation month, with window last=n or since=month,
    until=month.
    """
    place = builder.place(tree)
    _known_operator(name, HISTORY, "history", place)
    _refuse_nested(scope, place)
    inner = replace(scope, inside="history", positive=frozenset())
    wanted = 2 if name == "mean_best" else 1
    if len(tree.args) != wanted:
        raise place.error(
            "arguments", f"history.{name} takes {wanted} arguments before the window, here are {len(tree.args)}"
        )
    allowed = ("ago",) if name == "value" else ("last", "since", "until", "where")
    given = _keywords(tree, allowed, place)
    if name == "value":
        ago = _months(builder, given["ago"]) if "ago" in given else 1
        return make.history_aggregate("value", builder.node(tree.args[0], inner), None, number=ago)
    last = _months(builder, given["last"]) if "last" in given else None
    since, until = (_month_bound(builder, given.get(key), scope) for key in ("since", "until"))
    if last is not None and (since or until):
        raise place.error("arguments", "A window is last=n, or since=… and until=…, not both")
    if name in _CONDITION_ONLY:
        if "where" in given:
            raise place.error("arguments", f"history.{name} takes its condition as the first argument")
        condition = builder.boolean(tree.args[0], inner)
        return make.history_aggregate(name, None, condition, last=last, since=since, until=until)
    where = builder.boolean(given["where"], inner) if "where" in given else None
    return _valued(builder, tree, name, inner, where, last, since, until)


def _valued(
    builder: Builder,
    tree: ast.Call,
    name: str,
    inner: Scope,
    where: n.Node | None,
    last: int | None,
    since: n.Node | None,
    until: n.Node | None,
) -> Operand:
    place = builder.place(tree)
    if name == "last":
        value = builder.node(tree.args[0], inner)
        return make.history_aggregate("last", value, where, last=last, since=since, until=until)
    value = _summable(builder, tree.args[0], inner)
    if name == "sum":
        return op.check_width(make.history_aggregate("sum", value, where, last=last, since=since, until=until), place)
    best = _months(builder, tree.args[1]) if name == "mean_best" else None
    sums, records = ("sum_best", "records_best") if name == "mean_best" else ("sum", "records")
    total = make.history_aggregate(sums, value, where, last=last, since=since, until=until, number=best)
    count = make.history_aggregate(records, value, where, last=last, since=since, until=until, number=best)
    return Ratio(op.check_width(total, place), count, value.shape.type)


def _months(builder: Builder, tree: ast.expr) -> int:
    value = builder.decimal(tree)
    if value is None or value != value.to_integral_value() or not 1 <= value <= make.HISTORY_MONTHS_MAX:
        raise builder.place(tree).error(
            "arguments", f"A number of months from 1 to {make.HISTORY_MONTHS_MAX} is written out here"
        )
    return int(value)


def _month_bound(builder: Builder, tree: ast.expr | None, scope: Scope) -> n.Node | None:
    if tree is None:
        return None
    node = builder.node(tree, scope)
    if node.shape.type.kind is not Kind.MONTH:
        raise type_error(builder.place(tree), node.shape.type, "A month (month(2026, 1), month_of(date))")
    return node
