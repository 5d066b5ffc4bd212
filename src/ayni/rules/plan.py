"""A plan: the part of a program that is asked for, on one date or at each row's own, with what is fixed worked out
beforehand.

Parameters become constants where the date is one for all rows, dated formulas become their variant, what the bounds
decide is decided. Every engine, the reference included, runs the same plan, so that all of them know and do not know
the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules.definitions import UnitSpec
from ayni.rules.program import Program
from ayni.rules.semantics import COMPARISONS, apply, version_on
from ayni.rules.types import BOOLEAN, DATE, DAY_MIN, INT128_MAX, Kind, Shape
from ayni.rules.values import input_shape

MASK_WORD_BITS = 62
PACK_FIGURE = "figure not in the pack"
HISTORY = "history"


@dataclass(frozen=True)
class Check:
    """A pair of exceptions that must not both hold: variable, their labels, and the conjunction of their conditions."""

    variable: str
    labels: tuple[str, str]
    node: n.Node


@dataclass(frozen=True)
class Plan:
    """What an engine runs. `variables` in evaluation order; `inputs` the columns used, `absent` those the table
    does not have.

    day: the evaluation day (a day number) or None where each row has its own. given: variables for which the table
    has a column.
    """

    program: Program
    outputs: tuple[str, ...]
    day: int | None
    variables: Mapping[str, n.Node]
    inputs: Mapping[str, Shape]
    absent: frozenset[str]
    given: frozenset[str]
    checks: tuple[Check, ...] = ()
    known_on: int | None = None
    history: Mapping[str, Shape] = field(default_factory=dict)

    @property
    def uses_household(self) -> bool:
        return any(isinstance(node, n.HouseholdAggregate) for node in self.walk())

    @property
    def uses_history(self) -> bool:
        return any(isinstance(node, n.HistoryAggregate) for node in self.walk())

    def walk(self) -> Iterable[n.Node]:
        """Every node of the plan, children included."""
        stack = [*self.variables.values(), *(check.node for check in self.checks)]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.children)

    def bit_of_constant(self, node: n.Constant) -> int | None:
        """The index in `missable` of what an unknown constant stands for; None for a value or the literal `unknown`."""
        if node.value is not None or not node.origin:
            return None
        return 1 if node.origin == HISTORY else 0

    def missable(self) -> tuple[str, ...]:
        """What a bit of a mask stands for, in order: a figure the pack lacks, the history, then each input."""
        return (PACK_FIGURE, HISTORY, *self.inputs)


def make_plan(
    program: Program,
    outputs: Sequence[str],
    *,
    day: int | None,
    columns: Collection[str],
    known_on: int | None = None,
    fold: bool = True,
    has_history: bool = True,
) -> Plan:
    """Specialise the program. `columns` are those of the table; `fold=False` keeps every step for explanations.

    has_history: False where there are no monthly records at all, so that what rests on them is unknown from the start.
    """
    names = program.closure(outputs)
    given = frozenset(name for name in names if name in columns)
    variables, checks = _specialised(program, names, given, Specialiser(program, day, known_on, fold, has_history))
    if given and not _fits(variables.values(), checks):
        # A figure that is handed in may be larger than any that the rule gives; not where others could not hold it.
        rest = Specialiser(program, day, known_on, fold, has_history)
        variables, checks = _specialised(program, names, given, rest, is_narrow=True)
    variables = {name: variables[name] for name in _needed(variables, outputs, checks)}
    checks = [check for check in checks if check.variable in variables]
    nodes = [*variables.values(), *(check.node for check in checks)]
    used = {name: shape if name in given else program.inputs[name] for name, shape in _inputs_used(nodes).items()}
    history = {item.name: item.shape for item in _walk(nodes) if isinstance(item, n.HistoryValue)}
    absent = frozenset(name for name in used if name not in columns)
    return Plan(program, tuple(outputs), day, variables, used, absent, given, tuple(checks), known_on, history)


def _specialised(
    program: Program, names: Iterable[str], given: Collection[str], specialiser: Specialiser, *, is_narrow: bool = False
) -> tuple[dict[str, n.Node], list[Check]]:
    """The rules for one day, in order, and the pairs of exceptions to watch."""
    variables: dict[str, n.Node] = {}
    checks: list[Check] = []
    for name in names:
        typed = program.variables[name]
        node = specialiser.node(typed.node)
        if name in given:
            node = make.first_known((given_column(program, name, node.shape, is_narrow=is_narrow), node))
        specialiser.done[name] = variables[name] = node
        for conflict in typed.conflicts:
            both = specialiser.node(make.logic("and", (conflict.left, conflict.right)))
            if not (isinstance(both, n.Constant) and both.value is not True):
                checks.append(Check(name, conflict.labels, both))
    return variables, checks


def _fits(variables: Iterable[n.Node], checks: Iterable[Check]) -> bool:
    """True where 64 bits hold every variable, and 128 bits what lies in between."""
    roots = list(variables)
    inside = _walk([*roots, *(check.node for check in checks)])
    return all(make.fits(root.shape) for root in roots) and all(node.shape.magnitude <= INT128_MAX for node in inside)


def given_column(program: Program, name: str, shape: Shape, *, is_narrow: bool = False) -> n.InputValue:
    """The column that stands in for a variable: bounded by what an input of its type may be, or the rule's own
    bounds; narrow: by what the rule gives on any day.
    """
    kind = shape.type
    if not kind.is_integral:
        return n.InputValue(Shape(kind), name)
    if is_narrow:
        own = program.variables[name].node.shape
        return n.InputValue(Shape(kind, own.low, own.high), name)
    stated = program.inputs.get(name)
    if stated is not None and stated.type == kind:
        return n.InputValue(stated, name)
    unit = UnitSpec(str(kind.kind) if kind.kind is not Kind.NUMBER else "number", kind.period, kind.scale)
    plain = input_shape(unit, program.rulebook, None, None)
    assert plain.low is not None and plain.high is not None and shape.low is not None and shape.high is not None
    return n.InputValue(Shape(kind, min(plain.low, shape.low), max(plain.high, shape.high)), name)


def _walk(nodes: Iterable[n.Node]) -> Iterable[n.Node]:
    stack = list(nodes)
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.children)


def _needed(variables: Mapping[str, n.Node], outputs: Iterable[str], checks: Iterable[Check]) -> list[str]:
    """Folding may have cut variables off: only those still needed are kept, in order."""
    by_variable: dict[str, list[n.Node]] = {}
    for check in checks:
        by_variable.setdefault(check.variable, []).append(check.node)
    needed: set[str] = set()
    stack = [name for name in outputs if name in variables]
    while stack:
        name = stack.pop()
        if name in needed:
            continue
        needed.add(name)
        nodes = _walk([variables[name], *by_variable.get(name, [])])
        stack.extend(node.name for node in nodes if isinstance(node, n.VariableValue))
    return [name for name in variables if name in needed]


def _inputs_used(nodes: Iterable[n.Node]) -> dict[str, Shape]:
    found = {node.name: node.shape for node in _walk(nodes) if isinstance(node, n.InputValue)}
    return dict(sorted(found.items()))


class Specialiser:
    """Rewrites nodes bottom up for one date (or row dates) and one day of knowledge."""

    def __init__(self, program: Program, day: int | None, known_on: int | None, fold: bool, has_history: bool) -> None:
        self.has_history = has_history
        self.program = program
        self.day = day
        self.known_on = known_on
        self.fold = fold
        self.done: dict[str, n.Node] = {}

    def node(self, node: n.Node, in_history: bool = False) -> n.Node:
        day = None if in_history else self.day
        match node:
            case n.VariableValue(name=name):
                return self._variable(node, name)
            case n.EvaluationDate():
                return node if day is None else make.constant(day, DATE, origin="evaluation_date")
            case n.ParameterValue():
                return self._parameter(node, day)
            case n.Dated():
                variants = self._variants(node)
                if day is not None or not variants:
                    return self._variant(node, variants, day or 0, in_history)
                node = make.dated(variants)
            case n.TableLookup():
                node = self._table(node, day)
        if isinstance(node, n.HistoryAggregate) and not self.has_history:
            return make.constant(None, node.shape.type, origin=HISTORY)
        if isinstance(node, n.HistoryAggregate):
            children = [self.node(child, child in (node.value, node.where)) for child in node.children]
        else:
            children = [self.node(child, in_history) for child in node.children]
        if not children:
            return node
        remade = make.remake(node, children)
        return self._folded(remade, in_history) if self.fold else remade

    def _variable(self, node: n.VariableValue, name: str) -> n.Node:
        target = self.done[name]
        if self.fold and isinstance(target, n.Constant):
            return replace(target, shape=target.shape.with_type(node.shape.type))
        return n.VariableValue(target.shape.with_type(node.shape.type), name)

    def _is_known(self, known_from: int | None) -> bool:
        return self.known_on is None or known_from is None or known_from <= self.known_on

    def _parameter(self, node: n.ParameterValue, day: int | None) -> n.Node:
        versions = [version for version in node.versions if self._is_known(version.known_from)]
        if day is None and versions:
            return make.parameter(node.name, node.shape.type, versions)
        current = [version for version in versions if day is not None and version.day <= day]
        if not current:
            return make.constant(None, node.shape.type, origin=node.name)
        version = max(current, key=lambda item: item.day)
        return make.constant(version.value, node.shape.type, origin=node.name, evidence=version.evidence)

    def _variants(self, node: n.Dated) -> list[tuple[int, n.Node]]:
        known_from = node.known_from or (None,) * len(node.variants)
        pairs = zip(node.variants, known_from, strict=True)
        return [variant for variant, known in pairs if self._is_known(known)]

    def _variant(self, node: n.Dated, variants: Sequence[tuple[int, n.Node]], day: int, in_history: bool) -> n.Node:
        current = [item for item in variants if item[0] <= day]
        if not current:
            return make.constant(None, node.shape.type, origin="rule")
        return self.node(max(current, key=lambda item: item[0])[1], in_history)

    def _table(self, node: n.TableLookup, day: int | None) -> n.TableLookup:
        versions = [version for version in node.versions if self._is_known(version.known_from)]
        if day is not None:
            current = version_on(versions, day)
            versions = [] if current is None else [replace(current, day=DAY_MIN)]
        return make.table_lookup(node.table, node.column, node.shape.type, node.keys, node.bands, versions)

    def _folded(self, node: n.Node, in_history: bool) -> n.Node:
        """Constants worked out and what the bounds decide decided; the meaning stays the same, unknowns included."""
        if not node.children or isinstance(node, (n.HouseholdAggregate, n.HistoryAggregate, n.Dated)):
            return node
        if isinstance(node, n.If) and isinstance(node.condition, n.Constant) and node.condition.value is not None:
            return node.then if node.condition.value else node.otherwise
        undated = (self.day is None or in_history) and isinstance(node, n.TableLookup)
        if all(isinstance(child, n.Constant) for child in node.children) and not undated:
            return self._constant(node, self.day or 0)
        match node:
            case n.Compare():
                return _decided(node)
            case n.Logic():
                return _shorter(node)
            case n.Extreme():
                return _decided_extreme(node)
            case n.Known() if not node.operand.shape.nullable:
                return make.constant(True, BOOLEAN)
            case n.FirstKnown():
                return _until_known(node)
            case _:
                return node

    def _constant(self, node: n.Node, day: int) -> n.Node:
        """The node's value; left as it is where several things are missing, so that all of them stay named."""
        children = [child for child in node.children if isinstance(child, n.Constant)]
        value = apply(node, [child.value for child in children], day)
        if value is not None:
            return make.constant(value, node.shape.type)
        origins = {child.origin for child in children if child.value is None and child.origin}
        if len(origins) > 1:
            return node
        if not origins and isinstance(node, n.TableLookup):
            origins = {node.table}
        return make.constant(None, node.shape.type, origin=next(iter(origins), None))


def _decided(node: n.Compare) -> n.Node:
    """A comparison that the bounds of both sides settle, for unknown values too."""
    a, b = node.left.shape, node.right.shape
    if not (a.trusted and b.trusted) or a.low is None or a.high is None or b.low is None or b.high is None:
        return node
    corners = {COMPARISONS[node.operator](x, y) for x, y in ((a.low, b.high), (a.high, b.low))}
    apart = a.high < b.low or b.high < a.low
    if node.operator in ("==", "!="):
        return make.constant(node.operator == "!=", BOOLEAN) if apart else node
    return make.constant(corners.pop(), BOOLEAN) if len(corners) == 1 else node


def _shorter(node: n.Logic) -> n.Node:
    """`and` without what is always true, or false at once; `or` likewise."""
    ends = node.operator == "or"
    if any(isinstance(part, n.Constant) and part.value is ends for part in node.operands):
        return make.constant(ends, BOOLEAN)
    parts = [part for part in node.operands if not (isinstance(part, n.Constant) and part.value is (not ends))]
    return make.logic(node.operator, parts) if parts else make.constant(not ends, BOOLEAN)


def _decided_extreme(node: n.Extreme) -> n.Node:
    a, b = node.left.shape, node.right.shape
    if not (a.trusted and b.trusted) or a.low is None or a.high is None or b.low is None or b.high is None:
        return node
    if a.high <= b.low:
        return node.left if node.operator == "min" else node.right
    if b.high <= a.low:
        return node.right if node.operator == "min" else node.left
    return node


def _until_known(node: n.FirstKnown) -> n.Node:
    parts: list[n.Node] = []
    for part in node.operands:
        if isinstance(part, n.Constant) and part.value is None:
            continue
        parts.append(part)
        if not part.shape.nullable:
            break
    if len(parts) == 1:
        return replace(parts[0], shape=parts[0].shape.with_type(node.shape.type))
    return make.first_known(parts) if parts else make.constant(None, node.shape.type)
