"""Cut a plan into steps, each one column of one layer: variables, and the parts of them that are needed more than once.

A layer sees the columns of those below it. Aggregates get columns of their own; so does every part that would otherwise be written
twice, since engines do not share work inside CASE. Masks are steps too, above the values that they look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules.engines.sql_scalar import disjoint
from ayni.rules.plan import MASK_WORD_BITS, PACK_FIGURE, Plan


@dataclass(frozen=True)
class Step:
    """A column: `name`, its rule over inputs and other steps, and the layer (1 …) it stands in."""

    name: str
    node: n.Node
    layer: int


@dataclass(frozen=True)
class MaskStep:
    """The mask word `word` of the step `of`; zero where that is known."""

    name: str
    of: str
    word: int
    layer: int


@dataclass(frozen=True)
class Steps:
    """All columns of a plan in order. `mask_words` per step: the words its mask can have bits in."""

    values: tuple[Step, ...]
    masks: tuple[MaskStep, ...]
    layers: int

    def of(self, layer: int) -> list[Step]:
        return [step for step in self.values if step.layer == layer]

    def masks_of(self, layer: int) -> list[MaskStep]:
        return [step for step in self.masks if step.layer == layer]


def mask_column(name: str, word: int) -> str:
    return f"{name}.missing{'' if word == 0 else word + 1}"


def is_leaf(node: n.Node) -> bool:
    """Nothing is computed by writing it again."""
    if isinstance(node, n.Rescaled) and node.power == 0:
        return is_leaf(node.operand)
    return isinstance(node, (n.Constant, n.InputValue, n.VariableValue, n.HistoryValue, n.EvaluationDate))


def is_cheap(node: n.Node) -> bool:
    """A leaf, or one plain operation on leaves: cheaper to compute twice than to carry as a column."""
    if isinstance(node, (n.Compare, n.IsIn, n.Not, n.Known, n.Rescaled)):
        return all(is_leaf(child) for child in node.children)
    return is_leaf(node)


def _written_twice(node: n.Node) -> tuple[n.Node, ...]:
    """The children of a node that its SQL mentions more than once."""
    match node:
        case n.If(condition=condition, then=then, otherwise=otherwise) if condition.shape.nullable:
            constants = isinstance(then, n.Constant) and isinstance(otherwise, n.Constant)
            if (isinstance(otherwise, n.Constant) and otherwise.value is None) or disjoint(then.shape, otherwise.shape):
                return ()
            return (condition,) if constants else (condition, then, otherwise)
        case n.Extreme(left=left, right=right):
            return (left, right)
        case n.TableLookup():
            return node.children
        case n.Rounded(numerator=numerator, denominator=denominator):
            negative = numerator.shape.low is None or numerator.shape.low < 0
            again = (numerator,) if negative or node.mode in ("half_even",) else ()
            plain = isinstance(denominator, n.Constant)
            return again if plain else (*again, denominator)
        case n.Elapsed(start=start, end=end):
            return (start, end)
        case n.DatePart(operand=operand) | n.MonthEdge(operand=operand):
            return (operand,)
        case _:
            return ()


class _Cutter:
    """Collects steps; `layer_of` is the layer of each name."""

    def __init__(self, plan: Plan, masks: bool) -> None:
        self.plan = plan
        self.masks = masks
        self.steps: list[Step] = []
        self.layer_of: dict[str, int] = {name: 0 for name in plan.inputs}
        self.count = 0

    def add(self, name: str, node: n.Node) -> None:
        node = self.cut(node)
        layer = 1 + max((self.layer_of[leaf] for leaf in leaves(node)), default=0)
        self.layer_of[name] = layer
        self.steps.append(Step(name, node, layer))

    def cut(self, node: n.Node) -> n.Node:
        """The node with aggregates and parts needed twice replaced by references to steps of their own."""
        if isinstance(node, n.HistoryAggregate):
            outside = (node.since, node.until)
            since, until = (None if part is None else self.hoist(part) for part in outside)
            return self.step(replace(node, since=since, until=until))
        children = [self.cut(child) for child in node.children]
        if not children:
            return node
        before = make.remake(node, children)
        doubled = {id(child) for child in _written_twice(before)}
        moved = [self.hoist(child) if id(child) in doubled else child for child in before.children]
        after = make.remake(before, moved) if moved != list(before.children) else before
        return self.step(after) if isinstance(after, n.HouseholdAggregate) else after

    def hoist(self, node: n.Node) -> n.Node:
        return node if is_cheap(node) else self.step(self.cut(node) if isinstance(node, n.HistoryAggregate) else node)

    def step(self, node: n.Node) -> n.Node:
        self.count += 1
        name = f"step {self.count}"
        layer = 1 + max((self.layer_of[leaf] for leaf in leaves(node)), default=0)
        self.layer_of[name] = layer
        self.steps.append(Step(name, node, layer))
        return n.VariableValue(node.shape, name)


def leaves(node: n.Node) -> Iterable[str]:
    """The names of inputs and steps a node mentions; what is inside a history aggregate belongs to the records, not the person."""
    stack: list[n.Node] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, (n.InputValue, n.VariableValue)):
            yield (f"in:{item.name}" if isinstance(item, n.InputValue) else item.name)
        if isinstance(item, n.HistoryAggregate):
            stack.extend(part for part in (item.since, item.until) if part is not None)
        else:
            stack.extend(item.children)


def cut(plan: Plan, *, masks: bool) -> Steps:
    """All steps of a plan, in an order in which each comes after those it needs."""
    cutter = _Cutter(plan, masks)
    cutter.layer_of = {f"in:{name}": 0 for name in plan.inputs}
    for name, node in plan.variables.items():
        cutter.add(name, node)
    for position, check in enumerate(plan.checks):
        cutter.add(f"check.{position}", check.node)
    mask_steps = _mask_steps(plan, cutter) if masks else []
    top = max([0, *(step.layer for step in cutter.steps), *(step.layer for step in mask_steps)])
    return Steps(tuple(cutter.steps), tuple(mask_steps), top)


def possible_words(plan: Plan, steps: Sequence[Step]) -> dict[str, frozenset[int]]:
    """For each step the mask words in which a bit can be set; empty for what is never unknown."""
    index = {name: position for position, name in enumerate(plan.missable())}
    found: dict[str, frozenset[int]] = {}
    for step in steps:
        bits: set[int] = set()
        words: set[int] = set()
        stack: list[n.Node] = [step.node]
        while stack:
            item = stack.pop()
            if isinstance(item, n.InputValue) and item.shape.nullable:
                bits.add(index[item.name])
            elif isinstance(item, n.VariableValue):
                words |= found.get(item.name, frozenset())
            elif isinstance(item, n.HistoryAggregate):
                bits.add(1)
                stack.extend(part for part in (item.since, item.until) if part is not None)
                continue
            elif isinstance(item, n.Constant):
                index_of_constant = plan.bit_of_constant(item)
                bits |= set() if index_of_constant is None else {index_of_constant}
            elif isinstance(item, (n.ParameterValue, n.TableLookup, n.Dated)):
                bits.add(index[PACK_FIGURE])
            stack.extend(item.children)
        words |= {bit // MASK_WORD_BITS for bit in bits}
        found[step.name] = frozenset(words) if step.node.shape.nullable else frozenset()
    return found


def _mask_steps(plan: Plan, cutter: _Cutter) -> list[MaskStep]:
    words = possible_words(plan, cutter.steps)
    by_name = {step.name: step for step in cutter.steps}
    needed: set[str] = set()
    stack = [name for name in plan.outputs if words.get(name)]
    while stack:
        name = stack.pop()
        if name in needed:
            continue
        needed.add(name)
        stack.extend(leaf for leaf in leaves(by_name[name].node) if words.get(leaf))
    result: list[MaskStep] = []
    layer_of: dict[str, int] = {}
    for step in cutter.steps:
        if step.name not in needed:
            continue
        below = [layer_of[leaf] for leaf in leaves(step.node) if leaf in layer_of]
        layer = 1 + max([step.layer, *below])
        layer_of[step.name] = layer
        result += [MaskStep(mask_column(step.name, word), step.name, word, layer) for word in sorted(words[step.name])]
    return result
