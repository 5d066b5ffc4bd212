"""Random rulebooks: layers of variables over a random universe, written as text and built by the real builder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter

from ayni.core.errors import AyniError, AyniErrors, Location
from ayni.rules.definitions import ExceptionDefinition, Rulebook, Text, UnitSpec, VariableDefinition
from ayni.rules.program import Program, build_program
from tests.generative.formulas import MODES, Formulas
from tests.generative.universe import (
    DATE,
    ENUMS,
    INTEGER,
    KINDS,
    LEVEL,
    MONTH,
    MONTHLY,
    STARTS,
    STATUS,
    SUM,
    YEARLY,
    universes,
)

# What the builder may refuse in a formula that has the right types: values too large to hold, and formulas too large.
REFUSED = {"rule.overflow", "rule.limit"}
UNITS = {
    "monthly": MONTHLY,
    "yearly": YEARLY,
    "sum": SUM,
    "integer": INTEGER,
    "boolean": UnitSpec("boolean"),
    "date": DATE,
    "month": MONTH,
    "status": STATUS,
    "level": LEVEL,
}


@dataclass(frozen=True)
class RandomProgram:
    """A program, and the kind of each of its variables."""

    program: Program
    kinds: dict[str, str]

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        lines = []
        for name, typed in self.program.variables.items():
            item = typed.definition
            lines += [f"{name}: {f'from {day}: ' if day.year > 1 else ''}{text}" for day, text in item.formulas]
            lines += [f"  except {e.label} {e.overrides} when {e.when}: {e.formula}" for e in item.exceptions]
        book, text = self.program.rulebook, " ".join(lines)
        for name, stated in book.inputs.items():
            if re.search(rf"\b{name}\b", text):
                lines.append(f"{name}: from {stated.minimum} to {stated.maximum}")
        for name, figure in book.parameters.items():
            if re.search(rf"\b{name}\b", text):
                lines.append(f"{name}: " + "; ".join(f"{v.valid_from} {v.value} {v.known_from}" for v in figure.values))
        for name, table in book.tables.items():
            if re.search(rf"\b{name}\b", text):
                lines.append(f"{name}: otherwise {table.otherwise}")
                lines += [
                    f"  {v.valid_from} {v.known_from} {[tuple(map(str, row)) for row in v.rows]}"
                    for v in table.versions
                ]
        return "\n".join(["", *lines])


@st.composite
def programs(draw: st.DrawFn, variables_max: int = 6, depth_max: int = 3) -> RandomProgram:
    """A program of at least one variable."""
    universe = draw(universes())
    kinds: dict[str, str] = {}
    definitions: dict[str, VariableDefinition] = {}
    count = draw(st.integers(1, variables_max))
    for position in range(count):
        kind = draw(st.sampled_from(KINDS))
        scheme = draw(st.sampled_from((None, "scheme", "other")))
        writer = Formulas(draw, dict(kinds))
        definition = _variable(draw, writer, f"v{position}", scheme, kind, depth_max)
        definitions[definition.qualified_name] = definition
        kinds[definition.qualified_name] = kind
    enums: dict[str, dict[str, Text]] = {name: {value: {} for value in values} for name, values in ENUMS.items()}
    rulebook = Rulebook(
        "random",
        "1",
        "XTS",
        2,
        enums,
        universe.inputs,
        universe.history,
        universe.parameters,
        universe.tables,
        definitions,
    )
    return _built(rulebook, kinds)


def _variable(
    draw: st.DrawFn, writer: Formulas, name: str, scheme: str | None, kind: str, depth: int
) -> VariableDefinition:
    formulas = [(date.min, _formula(draw, writer, kind, depth))]
    if draw(st.sampled_from((False, False, False, True))):
        starts = sorted(draw(st.lists(st.sampled_from(STARTS), min_size=1, max_size=2, unique=True)))
        formulas = [(start, _formula(draw, writer, kind, depth - 1)) for start in starts]
    exceptions: list[ExceptionDefinition] = []
    for label in ("first", "second")[: draw(st.sampled_from((0, 0, 0, 1, 2)))]:
        overrides = ("first",) if label == "second" and draw(st.booleans()) else ()
        when, formula = writer.write("boolean", depth - 1), writer.write(kind, depth - 1)
        exceptions.append(ExceptionDefinition(label, when, formula, overrides))
    qualified = name if scheme is None else f"{scheme}.{name}"
    unit = UNITS.get(kind) if draw(st.booleans()) else None
    return VariableDefinition(
        name, tuple(formulas), scheme, unit, tuple(exceptions), location=Location("random.yaml", key=qualified)
    )


def _formula(draw: st.DrawFn, writer: Formulas, kind: str, depth: int) -> str:
    """A formula, in every second case held within bounds so that others can go on with it."""
    text = writer.write(kind, depth)
    if kind in ("number", "monthly", "yearly", "sum") and draw(st.booleans()):
        return _held(kind, f"round_to({text}, 0.01, {draw(st.sampled_from(MODES))})")
    return text


def _held(kind: str, text: str) -> str:
    """The formula between bounds that 64 bits hold with ease."""
    if kind in ("monthly", "yearly", "sum"):
        return f"clip({text}, amount(-1000000), amount(1000000))"
    return f"clip({text}, -1000000, 1000000)"


def _built(rulebook: Rulebook, kinds: dict[str, str]) -> RandomProgram:
    """The program without what the builder refuses for size; any other refusal is a fault."""
    variables = dict(rulebook.variables)
    while True:
        try:
            program = build_program(replace(rulebook, variables=variables))
        except AyniError as problem:
            problems = problem.errors if isinstance(problem, AyniErrors) else (problem,)
            _narrow(variables, kinds, problems)
            continue
        return RandomProgram(program, {name: kinds[name] for name in program.variables})


def _narrow(variables: dict[str, VariableDefinition], kinds: dict[str, str], problems: Sequence[AyniError]) -> None:
    """Replace what is too large by something of its kind, so that what builds on it still stands."""
    for problem in problems:
        always_together = problem.code == "rule.exceptions" and "always apply together" in problem.title
        assert problem.code in REFUSED or always_together, f"{problem}"
        assert problem.location is not None and problem.location.key is not None
        name = problem.location.key
        if always_together:
            variables[name] = replace(variables[name], exceptions=variables[name].exceptions[:1])
        else:
            variables[name] = replace(variables[name], formulas=((date.min, SMALL[kinds[name]]),), exceptions=())


SMALL = {
    "boolean": "insured",
    "integer": "children",
    "number": "share",
    "monthly": "wage",
    "yearly": "turnover",
    "sum": "grant",
    "date": "born",
    "month": "period",
    "status": "status",
    "level": "level",
}
