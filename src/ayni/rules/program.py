"""A program: all variables of a rulebook, typed, bounded and put in the order in which they can be worked out.

`build_program` refuses, with every problem at once, what cannot be typed, bounded or ordered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ayni.core.errors import AyniError, raise_all
from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules import operands as op
from ayni.rules.definitions import ParameterDefinition, Rulebook, UnitSpec, VariableDefinition
from ayni.rules.exceptions import Conflict, with_exceptions
from ayni.rules.expressions import Builder, Scope
from ayni.rules.functions import call
from ayni.rules.grammar import Formula, mentions_household, names_in, parse, rule_error
from ayni.rules.names import check_names
from ayni.rules.operands import Place
from ayni.rules.tables import check_table
from ayni.rules.types import INT128_MAX, Kind, Shape, Type, day_number
from ayni.rules.values import convert, input_shape, type_of

VARIABLES_MAX = 20_000
# Of one typed rule, a part that stands in several places counted each time: a small text can stand for much.
RULE_NODES_MAX = 50_000
RULE_DEPTH_MAX = 250
PROGRAM_NODES_MAX = 500_000
# How many rules stand on each other; each household aggregate on the way makes engines read twice what is below it.
VARIABLE_DEPTH_MAX = 100
HOUSEHOLD_DEPTH_MAX = 4


@dataclass(frozen=True)
class TypedVariable:
    """A variable and its typed rule; `names` are the qualified names of variables, parameters and inputs it
    mentions.
    """

    definition: VariableDefinition
    node: n.Node
    names: tuple[str, ...]
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True)
class Program:
    """Typed rules in evaluation order. `inputs` and `history` give the shape of what may be known."""

    rulebook: Rulebook
    variables: Mapping[str, TypedVariable]
    inputs: Mapping[str, Shape]
    history: Mapping[str, Shape]
    parameters: Mapping[str, n.Node] = field(repr=False)

    def closure(self, outputs: Iterable[str]) -> list[str]:
        """The outputs and all variables they need, in evaluation order."""
        needed: set[str] = set()
        stack = list(outputs)
        while stack:
            name = stack.pop()
            if name in needed or name not in self.variables:
                continue
            needed.add(name)
            stack.extend(self.variables[name].names)
        return [name for name in self.variables if name in needed]


@dataclass
class _Drafts:
    """Formulas parsed, before typing."""

    formulas: dict[str, list[Formula]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)


class _Names:
    """Resolves names: variable of the scheme, shared variable, parameter, input; inside a history its columns and
    parameters.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.parameters = {name: _parameter_node(p, rulebook) for name, p in rulebook.parameters.items()}
        self.inputs = {
            name: input_shape(item.unit, rulebook, item.minimum, item.maximum) for name, item in rulebook.inputs.items()
        }
        self.history = {
            name: input_shape(item.unit, rulebook, item.minimum, item.maximum)
            for name, item in rulebook.history.items()
        }
        self.built: dict[str, n.Node] = {}

    def variable(self, name: str, scheme: str | None) -> str | None:
        """The qualified name of a variable, as seen from a scheme."""
        for candidate in (f"{scheme}.{name}", name):
            if candidate in self.rulebook.variables:
                return candidate
        return None

    def resolve(self, name: str, scope: Scope) -> n.Node | None:
        if scope.inside == "history":
            if name in self.history:
                return n.HistoryValue(self.history[name], name)
            return self.parameters.get(name)
        qualified = self.variable(name, scope.scheme)
        if qualified is not None:
            built = self.built.get(qualified)
            # A variable that failed has its own error; here it only must not cause a second one.
            return None if built is None else n.VariableValue(built.shape, qualified)
        if name in self.parameters:
            return self.parameters[name]
        if name in self.inputs:
            return n.InputValue(self.inputs[name], name)
        return None

    def candidates(self, scope: Scope) -> Iterator[str]:
        if scope.inside == "history":
            yield from (*self.history, *self.parameters)
            return
        for name in self.rulebook.variables:
            owner, _, short = name.rpartition(".")
            yield short if owner == (scope.scheme or "") else name
        yield from (*self.parameters, *self.inputs)


def _parameter_node(definition: ParameterDefinition, rulebook: Rulebook) -> n.Node:
    kind = type_of(definition.unit, rulebook, [item.value for item in definition.values])
    versions = [
        n.ParameterVersion(
            day_number(item.valid_from),
            convert(item.value, kind),
            item.evidence,
            None if item.known_from is None else day_number(item.known_from),
        )
        for item in sorted(definition.values, key=lambda item: item.valid_from)
    ]
    return make.parameter(definition.name, kind, versions)


def build_program(rulebook: Rulebook) -> Program:
    """Type all rules. Raises AyniError / AyniErrors (rule.*, exit code 11) with file, line, reason and, where
    known, the right form.
    """
    problems: list[AyniError] = []
    if len(rulebook.variables) > VARIABLES_MAX:
        raise rule_error("limit", f"The pack has more than {VARIABLES_MAX} variables")
    problems += check_names(rulebook)
    problems += _check_inputs(rulebook)
    problems += _check_parameters(rulebook)
    for table in rulebook.tables.values():
        problems += check_table(table, rulebook)
    raise_all(problems)
    names = _Names(rulebook)
    drafts = _parse_all(rulebook, names, problems)
    raise_all(problems)
    order = _order(drafts.names, rulebook)
    _check_depth(order, drafts, rulebook)
    variables: dict[str, TypedVariable] = {}
    failed: set[str] = set()
    total = 0
    for name in order:
        if failed & drafts.names[name]:
            failed.add(name)
            continue
        try:
            variables[name] = _typed(rulebook, rulebook.variables[name], drafts, names)
            names.built[name] = variables[name].node
            total += _size(variables[name].node)[0]
        except AyniError as problem:
            failed.add(name)
            problems.append(problem)
        if total > PROGRAM_NODES_MAX:
            raise rule_error("limit", f"The rules of {rulebook.name} have more than {PROGRAM_NODES_MAX} parts together")
    raise_all(problems)
    return Program(rulebook, variables, names.inputs, names.history, names.parameters)


def _check_inputs(rulebook: Rulebook) -> list[AyniError]:
    """Bounds that cannot be read, hold nothing, or that 64 bits do not hold."""
    problems = []
    for definition in (*rulebook.inputs.values(), *rulebook.history.values()):
        name = definition.name
        try:
            shape = input_shape(definition.unit, rulebook, definition.minimum, definition.maximum)
        except ValueError as problem:
            problems.append(rule_error("bounds", f"The bounds of {name}: {problem}", location=definition.location))
            continue
        if shape.low is None or shape.high is None:
            continue
        if shape.low > shape.high:
            title = f"The lowest value of {name} is above the highest"
            problems.append(rule_error("bounds", title, location=definition.location, action="exchange them"))
        if not make.fits(shape):
            title, action = f"{name} can be too large for 64 bits", "state narrower bounds, or fewer decimals"
            problems.append(rule_error("overflow", title, location=definition.location, action=action))
    return problems


def _check_depth(order: Iterable[str], drafts: _Drafts, rulebook: Rulebook) -> None:
    """Refuse rules that stand on each other in such heights that no engine would hold their queries."""
    depths: dict[str, tuple[int, int]] = {}
    for name in order:
        below = [depths[other] for other in drafts.names[name]]
        asks = any(mentions_household(formula.tree) for formula in drafts.formulas[name])
        rules = 1 + max((depth for depth, _ in below), default=0)
        households = asks + max((depth for _, depth in below), default=0)
        depths[name] = (rules, households)
        if rules > VARIABLE_DEPTH_MAX or households > HOUSEHOLD_DEPTH_MAX:
            raise rule_error(
                "limit",
                f"Too many rules stand on each other below {name}",
                location=rulebook.variables[name].location,
                expected=f"at most {VARIABLE_DEPTH_MAX}, {HOUSEHOLD_DEPTH_MAX} of them with household aggregates",
                action="write some of them as one",
            )


def _check_parameters(rulebook: Rulebook) -> list[AyniError]:
    problems = []
    for definition in rulebook.parameters.values():
        try:
            _parameter_node(definition, rulebook)
        except ValueError as problem:
            problems.append(
                rule_error("parameter", f"Parameter {definition.name}: {problem}", location=definition.location)
            )
    return problems


def _parse_all(rulebook: Rulebook, names: _Names, problems: list[AyniError]) -> _Drafts:
    drafts = _Drafts()
    for qualified, definition in rulebook.variables.items():
        texts = [text for _, text in definition.formulas]
        for item in definition.exceptions:
            texts += [item.when, item.formula]
        formulas = []
        for text in texts:
            try:
                formulas.append(parse(text, definition.location))
            except AyniError as problem:
                problems.append(problem)
        mentioned = set().union(*(names_in(formula.tree) for formula in formulas)) if formulas else set()
        drafts.formulas[qualified] = formulas
        found = {names.variable(name, definition.scheme) for name in mentioned}
        drafts.names[qualified] = {name for name in found if name is not None}
    return drafts


def _order(graph: Mapping[str, set[str]], rulebook: Rulebook) -> list[str]:
    """Every variable after those it needs. Raises rule.cycle naming the whole circle."""
    order: list[str] = []
    state: dict[str, int] = {}
    for root in graph:
        if root in state:
            continue
        stack: list[tuple[str, Iterator[str]]] = [(root, iter(sorted(graph[root])))]
        state[root] = 1
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                state[name] = 2
                order.append(name)
            elif state.get(following) == 1:
                circle = [item for item, _ in stack]
                circle = [*circle[circle.index(following) :], following]
                raise rule_error(
                    "cycle",
                    "These rules need each other: " + " → ".join(circle),
                    location=rulebook.variables[following].location,
                    action="break the circle: one of them must not need the next",
                )
            elif following not in state:
                state[following] = 1
                stack.append((following, iter(sorted(graph[following]))))
    return order


def _typed(rulebook: Rulebook, definition: VariableDefinition, drafts: _Drafts, names: _Names) -> TypedVariable:
    scope = Scope(definition.scheme)
    formulas = drafts.formulas[definition.qualified_name]
    declared = type_of(definition.unit, rulebook) if definition.unit else None
    count = len(definition.formulas)
    built: list[n.Node] = []
    for position, formula in enumerate(formulas):
        builder = Builder(formula, names, rulebook, call)
        is_condition = position >= count and (position - count) % 2 == 0
        tree = formula.tree
        node = builder.boolean(tree, scope) if is_condition else builder.node(tree, scope)
        if not is_condition:
            node = _as_declared(node, declared, definition.unit, Place(formula, tree))
        _check_size(node, formula)
        built.append(node)
    base, rest = built[:count], built[count:]
    base = _one_type(base, formulas[0])
    node = base[0]
    if count > 1 or definition.formulas[0][0].year > 1:
        node = make.dated([(day_number(day), item) for (day, _), item in zip(definition.formulas, base, strict=True)])
    pairs = [(rest[i], rest[i + 1]) for i in range(0, len(rest), 2)]
    node, conflicts = with_exceptions(definition, node, pairs, Place(formulas[0], formulas[0].tree))
    _check_size(node, formulas[0])
    if node.shape.type.is_integral and not make.fits(node.shape):
        title = f"{definition.qualified_name} can become too large for 64 bits"
        action = "state narrower bounds for the inputs, or round or clip the result"
        raise rule_error("overflow", title, formula=formulas[0], action=action)
    return TypedVariable(definition, node, _mentioned(node, conflicts), conflicts)


def _size(root: n.Node) -> tuple[int, int]:
    """How many nodes a rule has (one that stands in several places counted each time, a table by its rows), and how
    deep it goes.
    """
    sizes: dict[int, tuple[int, int]] = {}
    waiting = [(root, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if is_ready:
            below = [sizes[id(child)] for child in node.children]
            rows = sum(len(version.rows) for version in node.versions) if isinstance(node, n.TableLookup) else 0
            size = 1 + rows + sum(size for size, _ in below)
            sizes[id(node)] = (size, 1 + max((depth for _, depth in below), default=0))
        elif id(node) not in sizes:
            waiting.append((node, True))
            waiting.extend((child, False) for child in node.children)
    return sizes[id(root)]


def _reached(root: n.Node) -> Iterator[n.Node]:
    """The nodes of a rule, each once."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting.extend(node.children)


def _check_size(node: n.Node, formula: Formula) -> None:
    if any(part.shape.magnitude > INT128_MAX for part in _reached(node)):
        title, action = "A part of the rule can become too large for 128 bits", "state narrower bounds for the inputs"
        raise rule_error("overflow", title, formula=formula, action=action)
    size, depth = _size(node)
    if size > RULE_NODES_MAX or depth > RULE_DEPTH_MAX:
        raise rule_error(
            "limit",
            "The rule is too large",
            formula=formula,
            expected=f"at most {RULE_NODES_MAX} parts, {RULE_DEPTH_MAX} deep",
            action="name parts of it as variables of their own",
        )


def _one_type(nodes: list[n.Node], formula: Formula) -> list[n.Node]:
    """Dated variants brought to one type and scale."""
    place = Place(formula, formula.tree)
    for _ in range(2):
        for index in range(1, len(nodes)):
            nodes[0], nodes[index] = op.unify(nodes[0], nodes[index], place)
    return nodes


def _as_declared(node: n.Node, declared: Type | None, unit: UnitSpec | None, place: Place) -> n.Node:
    """The rule's result as the declared type, or rule.type where it is something else."""
    if declared is None or unit is None:
        return node
    kind = node.shape.type
    if kind.kind is Kind.ANY:
        return make.constant(None, declared)
    if op.is_zero_literal(node) and declared.kind is Kind.MONEY:
        return make.constant(0, declared)
    if declared.kind is Kind.MONEY and kind.kind is Kind.MONEY and kind.period in ("*", declared.period):
        scale = max(declared.scale, kind.scale)
        return make.rescale(node, scale - kind.scale, replace(declared, scale=scale))
    if declared.kind is Kind.NUMBER and kind.kind is Kind.NUMBER:
        limit = 0 if unit.kind == "integer" else unit.decimals
        if limit is not None and kind.scale > limit:
            raise place.error(
                "type", f"The result has {kind.scale} decimals, {limit} are declared", "round it with round_to(…)"
            )
        wanted = max(kind.scale, limit or 0)
        return op.to_scale(node, wanted)
    if declared.kind is Kind.ENUM and kind.kind is Kind.ENUM:
        left, _ = op.unify(node, make.constant(None, declared), place)
        return left
    if declared.kind is kind.kind and declared.kind not in (Kind.MONEY, Kind.NUMBER):
        return node
    raise place.error(
        "type", f"The rule gives {kind}, its declared type is {declared}", "change the formula or the declared `type`"
    )


def _mentioned(node: n.Node, conflicts: Iterable[Conflict]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    stack: list[n.Node] = [node, *(part for conflict in conflicts for part in (conflict.left, conflict.right))]
    while stack:
        item = stack.pop()
        if isinstance(item, (n.VariableValue, n.InputValue, n.ParameterValue)):
            found[item.name] = None
        stack.extend(item.children)
    return tuple(found)
