"""Masks as SQL: for each unknown value, the bits of the inputs that can still matter (see `engines.base` for the
meaning).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from ayni.rules import nodes as n
from ayni.rules.engines.dialect import Expression, binary, both, case, integer, is_null, not_null, paren
from ayni.rules.engines.sql_scalar import Scalars, disjoint
from ayni.rules.engines.steps import mask_column
from ayni.rules.plan import MASK_WORD_BITS


@dataclass(frozen=True)
class Masks:
    """Compiles mask word `word`. `words` tells which steps have bits in which words; `partition` the household's
    window.
    """

    scalars: Scalars
    bits: Mapping[str, int]
    words: Mapping[str, frozenset[int]]
    word: int
    mask_of: Callable[[str], Expression]
    bit_of_constant: Callable[[n.Constant], int | None]
    over_household: Callable[[Expression], Expression]
    # The column of the step whose mask this is: where it is known, nothing more is looked at.
    own_value: Expression

    def of_step(self, node: n.Node) -> Expression | None:
        """The mask of a step's whole rule."""
        mask = self._parts(node)
        if mask is None or isinstance(node, (n.InputValue, n.VariableValue)):
            return mask
        return case([(is_null(self.own_value), mask)], integer(0))

    def _parts(self, node: n.Node) -> Expression | None:
        """As `sql`, without the guard that `of_step` puts around the whole."""
        match node:
            case n.Logic() | n.Extreme() | n.FirstKnown():
                return self._union([self.sql(child) for child in node.children])
            case n.HouseholdAggregate():
                return self._household(node)
            case n.HistoryAggregate():
                bounds = [self.sql(part) for part in (node.since, node.until) if part is not None]
                return self._union([self._bit(1), *bounds])
            case _:
                return self.sql(node)

    def sql(self, node: n.Node) -> Expression | None:
        """The mask of a node, or None where it is always empty."""
        if not node.shape.nullable:
            return None
        match node:
            case n.InputValue(name=name):
                return self._bit_where(self.bits[name], is_null(self.scalars.sql(node)))
            case n.VariableValue(name=name):
                return self.mask_of(mask_column(name, self.word)) if self.word in self.words[name] else None
            case n.Constant():
                index = self.bit_of_constant(node)
                return None if index is None else self._bit(index)
            case n.ParameterValue():
                return self._bit_where(0, is_null(self.scalars.sql(node)))
            case n.If():
                return self._conditional(node)
            case n.Extreme() if not self.scalars.can_settle(node):
                return self._union([self.sql(child) for child in node.children])
            case n.Logic() | n.Extreme() | n.FirstKnown():
                return self._guarded(node, self._union([self.sql(child) for child in node.children]))
            case n.TableLookup():
                return self._lookup(node)
            case n.Dated(variants=variants):
                return self._dated(node, list(variants))
            case n.HouseholdAggregate() | n.HistoryAggregate():
                assert False, "aggregates are steps of their own"
            case _:
                return self._union([self.sql(child) for child in node.children])

    def _bit(self, index: int) -> Expression | None:
        word, bit = divmod(index, MASK_WORD_BITS)
        return self.scalars.dialect.bigint(integer(1 << bit)) if word == self.word else None

    def _bit_where(self, index: int, condition: Expression) -> Expression | None:
        bit = self._bit(index)
        return None if bit is None else case([(condition, bit)], integer(0))

    def _union(self, masks: list[Expression | None]) -> Expression | None:
        present = [mask for mask in masks if mask is not None]
        if not present:
            return None
        result = present[0]
        for mask in present[1:]:
            result = binary(exp.BitwiseOr, result, mask)
        return result

    def _guarded(self, node: n.Node, mask: Expression | None) -> Expression | None:
        """The mask only where the node is unknown: a part may be unknown and matter no more."""
        return None if mask is None else case([(is_null(self.scalars.sql(node)), mask)], integer(0))

    def _conditional(self, node: n.If) -> Expression | None:
        condition = self.scalars.sql(node.condition)
        then, otherwise = self.sql(node.then), self.sql(node.otherwise)
        unsure = self.sql(node.condition)
        if then is None and otherwise is None and unsure is None:
            return None
        arms = [(condition, then if then is not None else integer(0))]
        if not node.condition.shape.nullable:
            return case(arms, otherwise if otherwise is not None else integer(0))
        arms.append((exp.Not(this=paren(condition)), otherwise if otherwise is not None else integer(0)))
        if not disjoint(node.then.shape, node.otherwise.shape):
            same = binary(exp.EQ, self._plain(node.then), self._plain(node.otherwise))
            arms.append((same, integer(0)))
        return case(arms, unsure if unsure is not None else integer(0))

    def _plain(self, node: n.Node) -> Expression:
        return self.scalars.sql(node)

    def _lookup(self, node: n.TableLookup) -> Expression | None:
        keys = self._union([self.sql(child) for child in node.children])
        nullable = [child for child in node.children if child.shape.nullable]
        figure = self._bit(0)
        if figure is None:
            return keys
        tests = [is_null(self.scalars.sql(node)), *(not_null(self.scalars.sql(child)) for child in nullable)]
        lacking = case([(both(tests), figure)], integer(0))
        return self._union([keys, lacking])

    def _dated(self, node: n.Dated, variants: list[tuple[int, n.Node]]) -> Expression | None:
        day = self.scalars.day
        assert day is not None
        masks = [(start, self.sql(item)) for start, item in sorted(variants, key=lambda pair: -pair[0])]
        figure = self._bit(0)
        if figure is None and all(mask is None for _, mask in masks):
            return None
        arms = [
            (binary(exp.GTE, day, integer(start)), mask if mask is not None else integer(0)) for start, mask in masks
        ]
        return case(arms, figure if figure is not None else integer(0))

    def _household(self, node: n.HouseholdAggregate) -> Expression | None:
        where = None if node.where is None else self.sql(node.where)
        value = None if node.value is None else self.sql(node.value)
        if node.value is not None and value is not None and node.where is not None:
            is_out = binary(exp.EQ, self.scalars.sql(node.where), exp.Boolean(this=False))
            value = case([(is_out, integer(0))], value)
        mask = self._union([where, value])
        return None if mask is None else self.over_household(mask)
