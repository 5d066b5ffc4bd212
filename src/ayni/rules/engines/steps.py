"""Cut a plan into steps, each one column of one layer: variables, and the parts of them that are needed more than once.

A layer sees the columns of those below it. Aggregates get columns of their own; so does every part that would
otherwise be written twice, since engines do not share work inside CASE. Masks are steps too, above the values that
they look at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules.engines.sql_scalar import disjoint
from ayni.rules.plan import MASK_WORD_BITS, PACK_FIGURE, Plan
from ayni.rules.types import Kind


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
    """The name of a step's mask word."""
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


class _Signatures:
    """A number for each distinct expression: two nodes with one number are the same computation, wherever they were
    written.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[object, ...], int] = {}
        self._known: dict[int, tuple[n.Node, int]] = {}

    def of(self, node: n.Node) -> int:
        known = self._known.get(id(node))
        if known is not None and known[0] is node:
            return known[1]
        key = (type(node), node.shape.type, *_attributes(node), *(self.of(child) for child in node.children))
        number = self._numbers.setdefault(key, len(self._numbers))
        self._known[id(node)] = (node, number)
        return number


def _attributes(node: n.Node) -> tuple[object, ...]:
    """What distinguishes a node from others of its class, but for its children."""
    match node:
        case n.Constant(value=value, origin=origin):
            return (type(value), value, origin if value is None else None)
        case (
            n.InputValue(name=name)
            | n.VariableValue(name=name)
            | n.HistoryValue(name=name)
            | n.ParameterValue(name=name)
        ):
            return (name,)
        case (
            n.Arithmetic(operator=operator)
            | n.Compare(operator=operator)
            | n.Logic(operator=operator)
            | n.Extreme(operator=operator)
        ):
            return (operator,)
        case n.Rescaled(power=power):
            return (power,)
        case n.Rounded(mode=mode, multiplier=multiplier):
            return (mode, multiplier)
        case n.IsIn(values=values):
            return values
        case n.TableLookup():
            return (node.table, node.column, tuple(divisor is None for _, divisor in node.keys))
        case n.DatePart(part=part):
            return (part,)
        case n.Elapsed(unit=unit, leap=leap):
            return (unit, leap)
        case n.MonthEdge(edge=edge):
            return (edge,)
        case n.Dated(variants=variants):
            return tuple(day for day, _ in variants)
        case n.HouseholdAggregate(operator=operator):
            return (operator, node.value is None, node.where is None)
        case n.HistoryAggregate(operator=operator):
            absent = tuple(part is None for part in (node.value, node.where, node.since, node.until))
            return (operator, node.last, node.number, absent)
        case _:
            return ()


def _is_worth_sharing(node: n.Node) -> bool:
    """Comparing texts, and anything that is more than one plain operation, is done once for the whole plan."""
    if isinstance(node, (n.Compare, n.IsIn)):
        return any(child.shape.type.kind is Kind.ENUM for child in node.children) or not is_cheap(node)
    return not is_cheap(node)


class _Cutter:
    """Collects steps, each after those it needs; their layers are given when all are known."""

    def __init__(self, plan: Plan) -> None:
        self.signatures = _Signatures()
        self.steps: list[tuple[str, n.Node]] = []
        self.made: dict[int, n.VariableValue] = {}
        self.uses = self._count_uses([*plan.variables.values(), *(check.node for check in plan.checks)])
        self.count = 0

    def _count_uses(self, roots: Sequence[n.Node]) -> Counter[int]:
        """How often each distinct expression stands inside another distinct one, or as a whole rule."""
        uses: Counter[int] = Counter()
        seen: set[int] = set()
        stack = list(roots)
        uses.update(self.signatures.of(root) for root in roots)
        while stack:
            node = stack.pop()
            number = self.signatures.of(node)
            if number in seen or isinstance(node, n.HistoryAggregate):
                continue
            seen.add(number)
            uses.update(self.signatures.of(child) for child in node.children)
            stack.extend(node.children)
        return uses

    def add(self, name: str, node: n.Node) -> None:
        """A variable's own column; one that says what a step says already refers to it."""
        known = self.made.get(self.signatures.of(node))
        body: n.Node = known if known is not None else self.cut(node, is_root=True)
        self.steps.append((name, body))
        self.made.setdefault(self.signatures.of(node), n.VariableValue(node.shape, name))

    def cut(self, node: n.Node, is_root: bool = False) -> n.Node:
        """The node with aggregates, shared parts and parts needed twice replaced by references to their steps."""
        if not node.children and not isinstance(node, n.HistoryAggregate):
            return node
        number = self.signatures.of(node)
        if number in self.made:
            return self.made[number]
        after = self._with_children_cut(node)
        is_aggregate = isinstance(node, (n.HistoryAggregate, n.HouseholdAggregate))
        is_shared = self.uses[number] > 1 and _is_worth_sharing(node)
        if is_root or not (is_aggregate or is_shared):
            return after
        return self.step(number, after)

    def _with_children_cut(self, node: n.Node) -> n.Node:
        if isinstance(node, n.HistoryAggregate):
            since, until = (None if part is None else self._hoist(part) for part in (node.since, node.until))
            return replace(node, since=since, until=until)
        doubled = _written_twice(node)
        children = [
            self._hoist(child) if any(child is one for one in doubled) else self.cut(child) for child in node.children
        ]
        return make.remake(node, children)

    def _hoist(self, node: n.Node) -> n.Node:
        """A part that the SQL mentions twice: a column of its own, unless writing it again costs nothing."""
        after = self.cut(node)
        return after if is_cheap(after) else self.step(self.signatures.of(node), after)

    def step(self, number: int, node: n.Node) -> n.Node:
        self.count += 1
        name = f"step {self.count}"
        self.steps.append((name, node))
        self.made[number] = n.VariableValue(node.shape, name)
        return self.made[number]


def _layers(steps: Sequence[tuple[str, n.Node]], below: Mapping[str, int]) -> dict[str, int]:
    """The layer of each step: above all it needs. Household aggregates that do not need each other share one layer,
    since each such layer groups and joins the persons once. `below`: layers of inputs (0) and the least layer of
    steps, where there is one.
    """
    stages: dict[str, int] = {}
    for name, node in steps:
        stage = max((stages.get(leaf, 0) for leaf in leaves(node)), default=0)
        stages[name] = stage + isinstance(node, n.HouseholdAggregate)
    floors: dict[int, int] = {}
    last = max(stages.values(), default=0)
    for stage in range(1, last + 2):
        found: dict[str, int] = {}
        for name, node in steps:
            layer = 1 + max((found.get(leaf, 0) for leaf in leaves(node)), default=0)
            if isinstance(node, n.HouseholdAggregate):
                layer = max(layer, floors.get(stages[name], 0))
            found[name] = max(layer, below.get(name, 0))
        at_stage = [
            found[name] for name, node in steps if isinstance(node, n.HouseholdAggregate) and stages[name] == stage
        ]
        floors[stage] = max(at_stage, default=0)
    return _as_late_as_possible(steps, found)


def _as_late_as_possible(steps: Sequence[tuple[str, n.Node]], earliest: Mapping[str, int]) -> dict[str, int]:
    """Each step just below the first that needs it, or in the top layer: rows stay narrow on their way up. Aggregates
    stay in place.
    """
    top = max(earliest.values(), default=0)
    latest = {name: top for name, _ in steps}
    layers: dict[str, int] = {}
    for name, node in reversed(steps):
        layers[name] = earliest[name] if isinstance(node, (n.HouseholdAggregate, n.HistoryAggregate)) else latest[name]
        for leaf in leaves(node):
            if leaf in latest:
                latest[leaf] = min(latest[leaf], layers[name] - 1)
    return layers


def leaves(node: n.Node) -> Iterable[str]:
    """The names of inputs and steps a node mentions; what is inside a history aggregate belongs to the records, not
    the person.
    """
    stack: list[n.Node] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, (n.InputValue, n.VariableValue)):
            yield (f"in:{item.name}" if isinstance(item, n.InputValue) else item.name)
        if isinstance(item, n.HistoryAggregate):
            stack.extend(part for part in (item.since, item.until) if part is not None)
        else:
            stack.extend(item.children)


def written_size(node: n.Node) -> int:
    """How many operations the SQL of a node mentions, parts that are written twice counted twice."""
    if is_leaf(node):
        return 0
    twice = _written_twice(node)
    return 1 + sum(written_size(child) * (2 if any(child is one for one in twice) else 1) for child in node.children)


def _substituted(node: n.Node, rules: Mapping[str, n.Node]) -> n.Node:
    """The node with references to the named steps replaced by their rules."""
    if isinstance(node, n.VariableValue) and node.name in rules:
        return rules[node.name]
    if not node.children or isinstance(node, (n.HistoryAggregate, n.HouseholdAggregate)):
        return node
    return make.remake(node, [_substituted(child, rules) for child in node.children])


def _flattened(steps: Sequence[tuple[str, n.Node]], limit: int) -> list[tuple[str, n.Node]]:
    """Steps written out where that saves a layer and stays small: on engines where each layer costs, computing a
    little twice is cheaper.

    A step takes over the rules of those it needs in the layer just below it, as long as it stays within `limit`
    operations.
    """
    layer_of: dict[str, int] = {}
    rules: dict[str, n.Node] = {}
    result = []
    for name, node in steps:
        while not isinstance(node, (n.HistoryAggregate, n.HouseholdAggregate)):
            needed = {leaf for leaf in leaves(node) if leaf in rules}
            top = max((layer_of[leaf] for leaf in needed), default=0)
            highest = {leaf: rules[leaf] for leaf in needed if layer_of[leaf] == top}
            if not highest or any(
                isinstance(rule, (n.HistoryAggregate, n.HouseholdAggregate)) for rule in highest.values()
            ):
                break
            if any(written_size(rule) > limit for rule in highest.values()):
                break
            node = _substituted(node, highest)
        rules[name] = node
        layer_of[name] = 1 + max((layer_of.get(leaf, 0) for leaf in leaves(node)), default=0)
        result.append((name, node))
    return result


def cut(plan: Plan, *, masks: bool, flatten_limit: int = 0) -> Steps:
    """All steps of a plan, in an order in which each comes after those it needs."""
    cutter = _Cutter(plan)
    for name, node in plan.variables.items():
        cutter.add(name, node)
    for position, check in enumerate(plan.checks):
        cutter.add(f"check.{position}", check.node)
    rules = _flattened(cutter.steps, flatten_limit) if flatten_limit else cutter.steps
    layer_of = _layers(rules, {})
    steps = [Step(name, node, layer_of[name]) for name, node in rules]
    mask_steps = _mask_steps(plan, steps) if masks else []
    top = max([0, *(step.layer for step in steps), *(step.layer for step in mask_steps)])
    return Steps(tuple(steps), tuple(mask_steps), top)


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


def _mask_steps(plan: Plan, steps: Sequence[Step]) -> list[MaskStep]:
    """The masks that the outputs need; each stands above its step's value and the masks of what that is made from."""
    words = possible_words(plan, steps)
    by_name = {step.name: step for step in steps}
    needed: set[str] = set()
    stack = [name for name in plan.outputs if words.get(name)]
    while stack:
        name = stack.pop()
        if name in needed:
            continue
        needed.add(name)
        stack.extend(leaf for leaf in leaves(by_name[name].node) if words.get(leaf))
    masked = [step for step in steps if step.name in needed]
    layer_of = _layers([(step.name, step.node) for step in masked], {step.name: step.layer + 1 for step in masked})
    return [
        MaskStep(mask_column(step.name, word), step.name, word, layer_of[step.name])
        for step in masked
        for word in sorted(words[step.name])
    ]
