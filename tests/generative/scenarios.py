"""A scenario: random rules, what is asked of them, and the people they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter

from ayni.rules.plan import Plan, make_plan
from ayni.rules.types import day_number
from tests.generative.populations import Population, populations
from tests.generative.rulebooks import RandomProgram, programs
from tests.generative.universe import DAYS, INPUTS


@dataclass(frozen=True)
class Scenario:
    """A plan for all variables of a program, and people for it."""

    program: RandomProgram
    plan: Plan
    population: Population

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        plan = self.plan
        columns = f"given {sorted(plan.given)}, absent {sorted(plan.absent)}"
        asked = f"day {plan.day}, {columns}, known on {plan.known_on}"
        return f"{self.program}\n{asked}\n{self.population}"


@st.composite
def scenarios(draw: st.DrawFn, is_row_by_row: bool | None = None) -> Scenario:
    """Rules asked on one day or on each row's own, with columns left out and variables given."""
    program = draw(programs())
    names = list(program.program.variables)
    by_rows = draw(st.booleans()) if is_row_by_row is None else is_row_by_row
    day = None if by_rows else day_number(draw(st.sampled_from(DAYS)))
    absent = draw(st.sets(st.sampled_from(sorted(INPUTS)), max_size=2))
    given = draw(st.sets(st.sampled_from(names), max_size=2)) if draw(st.booleans()) else set()
    known_on = draw(st.sampled_from((None, None, None, day_number(date(2026, 1, 10)))))
    columns = (set(INPUTS) - absent) | given
    plan = make_plan(program.program, names, day=day, columns=columns, known_on=known_on)
    return Scenario(program, plan, draw(populations(plan)))
