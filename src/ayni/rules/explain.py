"""Why an output is what it is for one person: the steps that mattered, each with its formula, value, parameter, source and article.

The values come from one run of the instrumented plan; nothing is recomputed here. Steps that did not matter (the branch not taken,
the conditions after a false one) are folded away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ayni.rules import nodes as n
from ayni.rules.canonical import as_arrow, canonical_persons
from ayni.rules.definitions import Evidence, Rulebook, Scalar, Text, VariableDefinition
from ayni.rules.engines.base import Engine
from ayni.rules.evaluate import find_engine, history_for
from ayni.rules.exceptions import asked_order
from ayni.rules.program import Program
from ayni.rules.semantics import version_on
from ayni.rules.trace import Trace, trace_plan
from ayni.rules.types import Type, day_number
from ayni.rules.values import to_written


@dataclass(frozen=True)
class Explained:
    """One step. kind: variable, given (a figure that was handed in for a variable), input, parameter, table or history.

    value: None is unknown (undecided). since: the day from which a parameter or table version stands. row: the table row that matched,
    as written. applied: the label of the exception that stood in place of the base rule. children: what the value was made from.
    """

    kind: str
    name: str
    value: Scalar
    type: Type
    words: Text = field(default_factory=dict)
    formula: str | None = None
    applied: str | None = None
    evidence: Evidence | None = None
    since: date | None = None
    row: tuple[str, ...] | None = None
    article: str | None = None
    children: tuple[Explained, ...] = ()
    repeated: bool = False

    def walk(self) -> Iterator[Explained]:
        """This step and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def is_confirmed(self) -> bool:
        """False where any step rests on a figure or rule that is not confirmed."""
        return all(step.evidence is None or step.evidence.is_confirmed for step in self.walk())


def explain(
    program: Program,
    table: Any,
    output: str,
    *,
    on: date,
    row: int = 0,
    known_on: date | None = None,
    history: Any = None,
    engine: str | Engine = "duckdb",
) -> Explained:
    """Explain `output` for row `row` (from 0) of `table`; the other rows matter only as members of the same household."""
    persons = as_arrow(table)
    known = None if known_on is None else day_number(known_on)
    trace = trace_plan(program, output, day=day_number(on), columns=set(persons.column_names), known_on=known, has_history=history is not None)
    canonical = canonical_persons(persons, trace.plan, None)
    records = history_for(trace.plan, history, canonical)
    answers = find_engine(engine).run(trace.plan, canonical, records, masks=False)
    values = {name: answers.column(name)[row].as_py() for name in answers.column_names}
    return _Explainer(program, trace, values, on).variable(output)


class _Explainer:
    """Walks the rules of one person with their values at hand."""

    def __init__(self, program: Program, trace: Trace, values: Mapping[str, n.Value], on: date) -> None:
        self.rulebook: Rulebook = program.rulebook
        self.program = program
        self.trace = trace
        self.values = values
        self.on = on
        self.seen: set[str] = set()

    def value(self, node: n.Node) -> n.Value:
        """The value a node had: a constant's own, or the column that holds it."""
        match node:
            case n.Constant(value=value):
                return value
            case n.InputValue(name=name):
                return self.values.get(f"input.{name}")
            case n.VariableValue(name=name):
                return self.values[name]
            case n.Rescaled(operand=operand, power=power):
                inner = self.value(operand)
                return None if inner is None else int(inner) * 10**power
            case _:
                return self.values.get(self.trace.names.get(id(node), ""))

    def variable(self, name: str) -> Explained:
        definition = self.rulebook.variables[name]
        node = self.trace.rules[name]
        kind = node.shape.type
        written = to_written(self.values[name], kind)
        if name in self.seen:
            return Explained("variable", name, written, kind, definition.words, repeated=True)
        self.seen.add(name)
        if name in self.trace.plan.given and self.values.get(f"input.{name}") is not None:
            return Explained("given", name, written, kind, definition.words)
        if name in self.trace.plan.given:
            assert isinstance(node, n.FirstKnown)
            node = node.operands[1]
        children = self._unique(self.parts(node))
        return Explained(
            "variable", name, written, kind, definition.words, self._formula(definition), self._applied(definition, node),
            definition.evidence, None, None, definition.evidence.article, children,
        )  # fmt: skip

    def _formula(self, definition: VariableDefinition) -> str | None:
        current = [text for day, text in definition.formulas if day <= self.on]
        return current[-1] if current else None

    def _applied(self, definition: VariableDefinition, node: n.Node) -> str | None:
        """The exception that applied, read from the chain of conditionals that exceptions become."""
        position = node
        for label in asked_order(definition):
            if not isinstance(position, n.If):
                return None
            if self.value(position.condition) is True:
                return label
            position = position.otherwise
        return None

    def _unique(self, steps: Iterator[Explained]) -> tuple[Explained, ...]:
        """Each name once, in the order in which the rule mentions them."""
        found: dict[tuple[str, str, tuple[str, ...] | None], Explained] = {}
        for step in steps:
            found.setdefault((step.kind, step.name, step.row), step)
        return tuple(found.values())

    def parts(self, node: n.Node) -> Iterator[Explained]:
        """The named things that made the value of a node, and only those that mattered."""
        match node:
            case n.VariableValue(name=name):
                yield self.variable(name)
            case n.InputValue(name=name):
                yield self._input(name, node)
            case n.Constant(origin=origin) if origin is not None:
                yield from self._parameter(node, origin)
            case n.If():
                yield from self._conditional(node)
            case n.Logic():
                yield from self._logic(node)
            case n.FirstKnown():
                yield from self._first_known(node)
            case n.TableLookup():
                for key in node.children:
                    yield from self.parts(key)
                yield self._row(node)
            case n.HistoryAggregate():
                value = to_written(self.value(node), node.shape.type)
                yield Explained("history", f"history.{node.operator}", value, node.shape.type)
            case _:
                for child in node.children:
                    yield from self.parts(child)

    def _conditional(self, node: n.If) -> Iterator[Explained]:
        yield from self.parts(node.condition)
        holds = self.value(node.condition)
        if holds is None:
            return
        yield from self.parts(node.then if holds else node.otherwise)

    def _logic(self, node: n.Logic) -> Iterator[Explained]:
        """The operand that settled it, or all of them where all were needed; of an undecided one, those that are undecided."""
        settling = node.operator == "or"
        values = [self.value(part) for part in node.operands]
        whole = self.value(node)
        if whole is settling:
            yield from self.parts(node.operands[values.index(settling)])
            return
        for part, value in zip(node.operands, values, strict=True):
            if whole is not None or value is None:
                yield from self.parts(part)

    def _first_known(self, node: n.FirstKnown) -> Iterator[Explained]:
        for part in node.operands:
            yield from self.parts(part)
            if self.value(part) is not None:
                return

    def _input(self, name: str, node: n.InputValue) -> Explained:
        definition = self.rulebook.inputs.get(name)
        words = definition.words if definition is not None else {}
        return Explained("input", name, to_written(self.value(node), node.shape.type), node.shape.type, words)

    def _parameter(self, node: n.Constant, origin: str) -> Iterator[Explained]:
        if origin == "evaluation_date":
            yield Explained("input", origin, to_written(node.value, node.shape.type), node.shape.type)
        elif origin in self.rulebook.parameters:
            definition = self.rulebook.parameters[origin]
            since = max((v.valid_from for v in definition.values if v.valid_from <= self.on), default=None)
            yield Explained("parameter", origin, to_written(node.value, node.shape.type), node.shape.type, definition.words,
                            evidence=node.evidence, since=since, article=definition.article)  # fmt: skip
        elif (name := origin.partition("|")[0]) in self.rulebook.tables:
            table, band = self.rulebook.tables[name], origin.partition("|")[2]
            yield Explained("table", name, to_written(node.value, node.shape.type), node.shape.type, table.words,
                            evidence=node.evidence, row=(band,) if band else None, article=table.article)  # fmt: skip

    def _row(self, node: n.TableLookup) -> Explained:
        table = self.rulebook.tables[node.table]
        version = version_on(node.versions, day_number(self.on))
        position = self.values.get(self.trace.rows[id(node)])
        row: tuple[str, ...] | None = None
        since = None
        if version is not None and isinstance(position, int):
            original = max((v for v in table.versions if v.valid_from <= self.on), key=lambda v: v.valid_from)
            since = original.valid_from
            row = ("otherwise",) if position < 0 else tuple(str(cell) for cell in original.rows[position][: len(table.keys)])
        return Explained("table", f"{node.table}.{node.column}", to_written(self.value(node), node.shape.type), node.shape.type,
                         table.words, evidence=None if version is None else version.evidence, since=since, row=row, article=table.article)  # fmt: skip


def as_dict(step: Explained) -> dict[str, Any]:
    """The explanation as plain values, for `--json`."""
    evidence = step.evidence
    return {
        "kind": step.kind,
        "name": step.name,
        "value": None if step.value is None else str(step.value),
        "type": str(step.type),
        "words": dict(step.words),
        "formula": step.formula,
        "exception": step.applied,
        "since": None if step.since is None else step.since.isoformat(),
        "row": step.row,
        "article": step.article,
        "source": list(evidence.source) if evidence else None,
        "confidence": evidence.confidence if evidence else None,
        "confirmed": None if evidence is None else evidence.is_confirmed,
        "repeated": step.repeated,
        "children": [as_dict(child) for child in step.children],
    }

