"""From the values of a traced run to the steps that mattered: which parts of a rule the value came from.

The branch not taken, the operands of a settled `and` or `or`, the members of a household who did not decide are left
out. What is left is enough: with everything else unknown, a rule gives the same value (tests hold it to that).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from ayni.rules import nodes as n
from ayni.rules.definitions import DatedValue, Evidence, ExceptionDefinition, Scalar, TableVersion, VariableDefinition
from ayni.rules.exceptions import asked_order
from ayni.rules.explained import ExplainedStep, Rounding, StepKind, Window
from ayni.rules.program import Program
from ayni.rules.trace import Trace, reached, slice_of
from ayni.rules.types import DATE, Type, day_number, month_number
from ayni.rules.values import to_written

Dated = TypeVar("Dated", DatedValue, TableVersion)
# A rule, and the position in the household of the person for whom it is asked.
_Key = tuple[int, str]


@dataclass(frozen=True)
class Person:
    """A person of the household as the run saw her: values of inputs and steps, her place in the caller's table."""

    row: int
    label: str
    inputs: Mapping[str, n.Value]
    values: Mapping[str, n.Value]


@dataclass
class _Rule:
    """What mattered in a rule: its parts in the order in which they are mentioned, and those of exceptions that do not
    apply.
    """

    parts: list[n.Node] = field(default_factory=list)
    asides: list[n.Node] = field(default_factory=list)
    roundings: list[Rounding] = field(default_factory=list)
    applied: ExceptionDefinition | None = None
    pending: ExceptionDefinition | None = None
    # What the rule as a whole is, exceptions aside.
    top: n.Node | None = None


def in_force(versions: Iterable[Dated], on: date, known_on: date | None) -> Dated | None:
    """The version that stands on a day, as far as it was known; None before the first."""
    known = [v for v in versions if known_on is None or v.known_from is None or v.known_from <= known_on]
    return max((v for v in known if v.valid_from <= on), key=lambda v: v.valid_from, default=None)


class Walker:
    """Makes the steps of one output for one person of a household."""

    def __init__(
        self, program: Program, trace: Trace, household: Sequence[Person], on: date, known_on: date | None
    ) -> None:
        self.program = program
        self.rulebook = program.rulebook
        self.trace = trace
        self.household = household
        self.on = on
        self.known_on = known_on
        self.rules: dict[_Key, _Rule] = {}
        self.steps: dict[_Key, ExplainedStep] = {}
        self.inputs: dict[tuple[int, str], ExplainedStep] = {}

    def steps_of(self, output: str, position: int) -> ExplainedStep:
        """The steps of an output for the person at a position of the household. Rules need no recursion: they are found
        from the top down and made from the bottom up.
        """
        waiting = [(position, output)]
        while waiting:
            key = waiting.pop()
            if key not in self.rules:
                self.rules[key] = self._rule(*key)
                waiting.extend(self._needed(key))
        order = {name: place for place, name in enumerate(self.program.variables)}
        for key in sorted(self.rules, key=lambda key: order[key[1]]):
            self.steps[key] = self._variable(*key)
        return self.steps[position, output]

    # ── Values

    def value(self, position: int, node: n.Node) -> n.Value:
        """The value a node had for a person; only for nodes that the trace shows."""
        return self._held(position, self.trace.values[id(node)])

    def _held(self, position: int, holder: n.Node) -> n.Value:
        match holder:
            case n.Constant(value=value):
                return value
            case n.InputValue(name=name):
                return self.household[position].inputs.get(name)
            case n.VariableValue(name=name):
                return self.household[position].values[name]
        assert False, f"unhandled: {type(holder).__name__}"

    def _written(self, position: int, node: n.Node) -> Scalar:
        return to_written(self.value(position, node), node.shape.type)

    # ── What mattered

    def _rule(self, position: int, name: str) -> _Rule:
        rule = _Rule()
        if self._is_given(position, name):
            return rule
        definition = self.rulebook.variables[name]
        node = self.program.variables[name].node
        for label in asked_order(definition):
            node = _plain(node)
            assert isinstance(node, n.If)
            holds = self.value(position, node.condition)
            exception = next(item for item in definition.exceptions if item.label == label)
            if holds is None:
                rule.pending = exception
                break
            if holds:
                rule.applied = exception
                rule.parts += self._atoms(position, node.condition, rule)
                node = node.then
                break
            rule.asides += self._atoms(position, node.condition, _Rule())
            node = node.otherwise
        rule.top = node
        rule.parts += self._atoms(position, node, rule)
        return rule

    def _is_given(self, position: int, name: str) -> bool:
        return name in self.trace.plan.given and self.household[position].inputs.get(name) is not None

    def _needed(self, key: _Key) -> Iterator[_Key]:
        """The rules that the parts of a rule rest on, those of other members included."""
        position, rule = key[0], self.rules[key]
        for node in (*rule.parts, *rule.asides):
            yield from self._needed_by(position, node)

    def _needed_by(self, position: int, node: n.Node) -> Iterator[_Key]:
        match node:
            case n.VariableValue(name=name):
                yield position, name
            case n.HouseholdAggregate():
                for member in self._deciding_members(position, node):
                    for part in self._member_atoms(member, node):
                        yield from self._needed_by(member, part)

    def _atoms(self, position: int, node: n.Node, rule: _Rule) -> list[n.Node]:
        return list(self._parts(position, node, rule))

    def _parts(self, position: int, node: n.Node, rule: _Rule) -> Iterator[n.Node]:
        """The named things below a node that its value came from."""
        match node:
            case n.VariableValue() | n.InputValue() | n.ParameterValue() | n.EvaluationDate():
                yield node
            case n.HouseholdAggregate():
                yield node
            case n.Constant():
                if slice_of(node) is not None:
                    yield node
            case n.If():
                yield from self._conditional(position, node, rule)
            case n.Logic():
                yield from self._logic(position, node, rule)
            case n.FirstKnown(operands=operands):
                for part in operands:
                    yield from self._parts(position, part, rule)
                    if self.value(position, part) is not None:
                        return
            case n.Dated():
                yield from self._variant(position, node, rule)
            case n.TableLookup():
                for key in node.children:
                    yield from self._parts(position, key, rule)
                yield node
            case n.HistoryAggregate():
                yield node
                for bound in (node.since, node.until) if self._has_history(node) else ():
                    yield from self._parts(position, bound, rule) if bound is not None else ()
            case _:
                yield from self._all(position, node, rule)

    def _all(self, position: int, node: n.Node, rule: _Rule) -> Iterator[n.Node]:
        """All children; of a slice only where there is something in it."""
        if isinstance(node, n.Rounded) and node.mode != "floor":
            step = Decimal(node.multiplier).scaleb(-node.shape.type.scale)
            if Rounding(node.mode, step) not in rule.roundings:
                rule.roundings.append(Rounding(node.mode, step))
        if isinstance(node, n.Arithmetic) and node.operator == "*":
            for part, other in ((node.left, node.right), (node.right, node.left)):
                if slice_of(part) is not None and self.value(position, other) == 0:
                    return
        for child in node.children:
            yield from self._parts(position, child, rule)

    def _conditional(self, position: int, node: n.If, rule: _Rule) -> Iterator[n.Node]:
        """The condition and the branch it leads to; while unknown it alone matters, unless both branches agree."""
        holds = self.value(position, node.condition)
        if holds is None and self.value(position, node) is not None:
            yield from self._parts(position, node.then, rule)
            yield from self._parts(position, node.otherwise, rule)
            return
        yield from self._parts(position, node.condition, rule)
        if holds is not None:
            yield from self._parts(position, node.then if holds else node.otherwise, rule)

    def _logic(self, position: int, node: n.Logic, rule: _Rule) -> Iterator[n.Node]:
        """What settled it, or all operands where all were needed; of an undecided one, those that are undecided.

        Where a whole rule is an `and`, each false operand stands in the way by itself, so all of them are shown;
        elsewhere one reason is enough.
        """
        whole = self.value(position, node)
        settling = [part for part in node.operands if self.value(position, part) is (node.operator == "or")]
        if settling:
            for part in settling if node.operator == "and" and node is rule.top else settling[:1]:
                yield from self._parts(position, part, rule)
            return
        for part in node.operands:
            if whole is not None or self.value(position, part) is None:
                yield from self._parts(position, part, rule)

    def _variant(self, position: int, node: n.Dated, rule: _Rule) -> Iterator[n.Node]:
        day = day_number(self.on)
        known_on = None if self.known_on is None else day_number(self.known_on)
        known_from = node.known_from or (None,) * len(node.variants)
        current = [
            variant
            for variant, known in zip(node.variants, known_from, strict=True)
            if variant[0] <= day and (known_on is None or known is None or known <= known_on)
        ]
        if current:
            chosen = max(current, key=lambda variant: variant[0])[1]
            rule.top = chosen if node is rule.top else rule.top
            yield from self._parts(position, chosen, rule)

    # ── Households

    def _deciding_members(self, position: int, node: n.HouseholdAggregate) -> list[int]:
        """The members who made the value: who settled it, who was counted; of an undecided one, who leaves it open."""
        everybody = range(len(self.household))
        whole = self.value(position, node)
        where = {member: self._where(member, node) for member in everybody}
        if node.operator in ("any", "all"):
            settling = [member for member in everybody if where[member] is (node.operator == "any")]
            if settling:
                return settling[:1]
            return [member for member in everybody if whole is not None or where[member] is None]
        if whole is None:
            undecided = [m for m in everybody if where[m] is None or (where[m] is True and self._of(m, node) is None)]
            return undecided
        counted = [member for member in everybody if where[member] is True]
        if node.operator in ("min", "max"):
            return [member for member in counted if self._of(member, node) == whole][:1]
        return counted

    def _where(self, member: int, node: n.HouseholdAggregate) -> n.Value:
        return True if node.where is None else self.value(member, node.where)

    def _of(self, member: int, node: n.HouseholdAggregate) -> n.Value:
        return True if node.value is None else self.value(member, node.value)

    def _member_atoms(self, member: int, node: n.HouseholdAggregate) -> list[n.Node]:
        parts = [part for part in (node.where, node.value) if part is not None]
        return [atom for part in parts for atom in self._atoms(member, part, _Rule())]

    def _household(self, position: int, node: n.HouseholdAggregate) -> ExplainedStep:
        members = []
        for member in self._deciding_members(position, node):
            shown = node.value if node.value is not None else node.where
            assert shown is not None
            label, value = self.household[member].label, self._written(member, shown)
            children = self._made(member, self._member_atoms(member, node))
            members.append(ExplainedStep(StepKind.MEMBER, label, value, shown.shape.type, children=children))
        return ExplainedStep(
            StepKind.HOUSEHOLD, f"household.{node.operator}", self._written(position, node), node.shape.type,
            members=len(self.household), children=tuple(members),
        )  # fmt: skip

    # ── Steps

    def _variable(self, position: int, name: str) -> ExplainedStep:
        definition = self.rulebook.variables[name]
        kind = self.program.variables[name].node.shape.type
        value = to_written(self.household[position].values[name], kind)
        if self._is_given(position, name):
            return ExplainedStep(StepKind.GIVEN, name, value, kind, definition.words)
        rule = self.rules[position, name]
        evidence = definition.evidence
        if rule.applied is not None:
            evidence = rule.applied.evidence or Evidence(article=rule.applied.article)
        formula, since = self._formula(definition)
        children = self._made(position, rule.parts)
        known = {_identity(child) for child in children}
        asides = tuple(step for step in self._made(position, rule.asides) if _identity(step) not in known)
        return ExplainedStep(
            StepKind.VARIABLE,
            name,
            value,
            kind,
            definition.words,
            formula=formula if rule.applied is None else rule.applied.formula,
            applied=rule.applied,
            pending=rule.pending if value is None else None,
            evidence=evidence,
            since=since,
            article=evidence.article,
            roundings=tuple(rule.roundings),
            children=children,
            asides=asides,
        )

    def _formula(self, definition: VariableDefinition) -> tuple[str | None, date | None]:
        """The variant of the day, and since when it stands; before the first: none, and when that begins."""
        current = [item for item in definition.formulas if item[0] <= self.on]
        day, formula = current[-1] if current else (definition.formulas[0][0], None)
        return formula, None if day == date.min else day

    def _made(self, position: int, parts: Iterable[n.Node]) -> tuple[ExplainedStep, ...]:
        """The steps of parts, each once, in the order in which they were met."""
        found: dict[Any, ExplainedStep] = {}
        for node in parts:
            for step in self._step(position, node):
                found.setdefault(_identity(step), step)
        return tuple(found.values())

    def _step(self, position: int, node: n.Node) -> Iterator[ExplainedStep]:
        match node:
            case n.VariableValue(name=name):
                yield self.steps[position, name]
            case n.InputValue(name=name):
                yield self._input(position, name, node.shape.type)
            case n.EvaluationDate():
                yield ExplainedStep(StepKind.INPUT, "evaluation_date", self.on, DATE)
            case n.ParameterValue(name=name):
                yield self._parameter(name)
            case n.Constant():
                yield self._slice(node)
            case n.TableLookup():
                yield from self._row(position, node)
            case n.HouseholdAggregate():
                yield self._household(position, node)
            case n.HistoryAggregate():
                yield self._history(position, node)

    def _input(self, position: int, name: str, kind: Type) -> ExplainedStep:
        if (position, name) not in self.inputs:
            value = to_written(self.household[position].inputs.get(name), kind)
            words = self.rulebook.inputs[name].words if name in self.rulebook.inputs else {}
            self.inputs[position, name] = ExplainedStep(StepKind.INPUT, name, value, kind, words)
        return self.inputs[position, name]

    def _parameter(self, name: str) -> ExplainedStep:
        definition = self.rulebook.parameters[name]
        kind = self.program.parameters[name].shape.type
        version = in_force(definition.values, self.on, self.known_on)
        evidence = None if version is None else version.evidence
        article = definition.article if evidence is None else evidence.article or definition.article
        return ExplainedStep(
            StepKind.PARAMETER, name, None if version is None else version.value, kind, definition.words,
            evidence=evidence, since=None if version is None else version.valid_from, article=article,
        )  # fmt: skip

    def _slice(self, node: n.Constant) -> ExplainedStep:
        """A band of a table that `marginal` used."""
        assert node.origin is not None
        name, _, band = node.origin.partition("|")
        return self._of_table(name, name, to_written(node.value, node.shape.type), node.shape.type, (band,))

    def _row(self, position: int, node: n.TableLookup) -> Iterator[ExplainedStep]:
        """The row that matched; nothing while a key is unknown, since then the key is what matters."""
        table = self.rulebook.tables[node.table]
        version = in_force(table.versions, self.on, self.known_on)
        place = self._held(position, self.trace.rows[id(node)])
        value = self._written(position, node)
        name = f"{node.table}.{node.column}"
        if version is None or isinstance(place, int):
            row: tuple[Scalar, ...] | None = None
            if version is not None and isinstance(place, int):
                row = ("otherwise",) if place < 0 else version.rows[place][: len(table.keys)]
            yield self._of_table(node.table, name, value, node.shape.type, row)

    def _of_table(
        self, table_name: str, name: str, value: Scalar, kind: Type, row: tuple[Scalar, ...] | None
    ) -> ExplainedStep:
        table = self.rulebook.tables[table_name]
        version = in_force(table.versions, self.on, self.known_on)
        evidence = None if version is None else version.evidence
        article = table.article if evidence is None else evidence.article or table.article
        return ExplainedStep(
            StepKind.TABLE, name, value, kind, table.words, evidence=evidence,
            since=None if version is None else version.valid_from, row=row, article=article,
        )  # fmt: skip

    # ── Histories

    def _history(self, position: int, node: n.HistoryAggregate) -> ExplainedStep:
        inside = [part for root in (node.value, node.where) if root is not None for part in reached(root)]
        columns = tuple(dict.fromkeys(part.name for part in inside if isinstance(part, n.HistoryValue)))
        names = dict.fromkeys(part.name for part in inside if isinstance(part, n.ParameterValue))
        since, until = self._months(position, node)
        counts = self.trace.counts.get(id(node))
        window = Window(
            since, until, columns,
            records=None if counts is None else _whole(self._held(position, counts.records)),
            counted=None if counts is None else _whole(self._held(position, counts.counted)),
            last=node.last, number=node.number,
        )  # fmt: skip
        return ExplainedStep(
            StepKind.HISTORY, f"history.{node.operator}", self._written(position, node), node.shape.type, window=window,
            children=tuple(self._monthly(name) for name in names),
        )  # fmt: skip

    def _has_history(self, node: n.HistoryAggregate) -> bool:
        """False where no records were given at all, so that nothing inside the aggregate was looked at."""
        return not isinstance(self.trace.values[id(node)], n.Constant)

    def _monthly(self, name: str) -> ExplainedStep:
        definition = self.rulebook.parameters[name]
        kind = self.program.parameters[name].shape.type
        return ExplainedStep(
            StepKind.PARAMETER, name, None, kind, definition.words, article=definition.article, varies=True
        )

    def _months(self, position: int, node: n.HistoryAggregate) -> tuple[date | None, date | None]:
        """The window [since, until), as `engines.base` defines it."""
        if not self._has_history(node):
            return None, None
        inputs = self.household[position].inputs
        month = month_number(self.on)
        if node.operator == "value":
            assert node.number is not None
            return _day(month - node.number), _day(month - node.number + 1)
        if node.last is not None:
            return _day(month - node.last), _day(month)
        start = inputs.get("history_from") if node.since is None else self.value(position, node.since)
        end = _whole(month if node.until is None else self.value(position, node.until))
        return _day(_whole(start)), _day(None if end is None else min(end, month))


def _whole(value: n.Value) -> int | None:
    assert value is None or isinstance(value, int)
    return value


def _day(month: int | None) -> date | None:
    if month is None or not 12 <= month <= 9999 * 12 + 11:
        return None
    return date(month // 12, month % 12 + 1, 1)


def _plain(node: n.Node) -> n.Node:
    """Without the change of scale that brings an exception and its base to one type."""
    while isinstance(node, n.Rescaled):
        node = node.operand
    return node


def _identity(step: ExplainedStep) -> Any:
    return (step.kind, step.name, step.row, step.window, id(step) if step.kind is StepKind.HOUSEHOLD else None)


__all__ = ["Person", "Walker", "in_force"]
