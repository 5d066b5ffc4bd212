"""Why an output is what it is for one person: the steps that mattered, with formula, value, figure, source and article.

The values come from one run of the traced plan over the person's household, by the engine that was asked; nothing is
recomputed here. What mattered is found in `explain_walk`, what it is called in `ayni.packs.explain_text`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ayni.rules.canonical import HOUSEHOLD, PERSON, as_arrow, canonical_persons, input_error
from ayni.rules.engines.base import Engine
from ayni.rules.engines.reference import Interpreter
from ayni.rules.evaluate import find_engine, history_for, refuse_conflicts, refuse_unknown_outputs
from ayni.rules.explain_walk import Person, Walker
from ayni.rules.explained import Explained, ExplainedStep, StepKind, Undecided, as_dict
from ayni.rules.plan import Plan
from ayni.rules.program import Program
from ayni.rules.trace import Trace, trace_plan
from ayni.rules.types import day_number

TRACES_MAX = 256


class Explainer:
    """Explains outputs of one program. It keeps what it has prepared (plans by output, date and columns, and its
    engines), so that the next person is explained in milliseconds.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._traces: OrderedDict[tuple[Any, ...], Trace] = OrderedDict()
        self._engines: dict[str, Engine] = {}
        self._lock = Lock()

    def explain(
        self,
        table: Any,
        output: str,
        *,
        on: date,
        row: int = 0,
        known_on: date | None = None,
        history: Any = None,
        engine: str | Engine = "reference",
    ) -> Explained:
        """Explain `output` for one row of `table` (from 0); the other rows matter as members of her household.

        table: as `evaluate` takes it in memory, or one person as a mapping of names to values. history: monthly
        records. known_on: what was known on that day. Raises AyniError input.output for an output that does not exist,
        input.row for a row that does not, and what `evaluate` raises.
        """
        refuse_unknown_outputs(self.program, [output])
        persons = _one_person(table) if isinstance(table, Mapping) else as_arrow(table)
        persons, places = _household(persons, row)
        trace = self._trace(output, on, persons.column_names, known_on, history is not None)
        canonical = canonical_persons(persons, trace.plan, None)
        records = history_for(trace.plan, None if history is None else _records_of(history, persons), canonical)
        chosen = self._engine(engine)
        answers = chosen.run(trace.plan, canonical, records, masks=False)
        refuse_conflicts(trace.plan, answers)
        labels = [str(name) for name in persons.column(PERSON).to_pylist()] if PERSON in persons.column_names else None
        household = _persons(canonical, answers, places, labels)
        position = places.index(row)
        step = Walker(self.program, trace, household, on, known_on).steps_of(output, position)
        undecided = None
        missing: tuple[str, ...] = ()
        if step.value is None:
            undecided = _undecided(trace.plan, canonical, records, position)
            missing = missing_inputs(undecided, output)
        book = self.program.rulebook
        rulebook = f"{book.name} {book.version}"
        return Explained(output, step, on, known_on, chosen.name, rulebook, row, missing, undecided)

    def _trace(self, output: str, on: date, columns: list[str], known_on: date | None, has_history: bool) -> Trace:
        """The traced plan, a prepared one where there is one; columns that no rule reads make no difference."""
        read = frozenset(c for c in columns if c in self.program.inputs or c in self.program.variables)
        key = (output, on, read, known_on, has_history)
        with self._lock:
            if key in self._traces:
                self._traces.move_to_end(key)
                return self._traces[key]
        known = None if known_on is None else day_number(known_on)
        trace = trace_plan(
            self.program, output, day=day_number(on), columns=read, known_on=known, has_history=has_history
        )
        with self._lock:
            self._traces[key] = trace
            if len(self._traces) > TRACES_MAX:
                self._traces.popitem(last=False)
        return trace

    def _engine(self, engine: str | Engine) -> Engine:
        if not isinstance(engine, str):
            return engine
        with self._lock:
            if engine not in self._engines:
                self._engines[engine] = find_engine(engine)
            return self._engines[engine]


def explain(program: Program, table: Any, output: str, **options: Any) -> Explained:
    """As `Explainer.explain`, for once."""
    return Explainer(program).explain(table, output, **options)


def _one_person(facts: Mapping[str, Any]) -> pa.Table:
    """One row, also for a person of whom nothing is known."""
    return as_arrow([dict(facts)]) if facts else pa.table({"row": [0]})


def _household(persons: pa.Table, row: int) -> tuple[pa.Table, list[int]]:
    """The rows of the person's household, and their places in the table."""
    if not 0 <= row < persons.num_rows:
        last = persons.num_rows - 1
        expected = f"a row from 0 to {last}" if persons.num_rows else "a table with rows"
        raise input_error("row", f"There is no row {row}", found=f"{persons.num_rows} rows", expected=expected)
    key = persons.column(HOUSEHOLD)[row] if HOUSEHOLD in persons.column_names else None
    if key is None or not key.is_valid:
        return persons.slice(row, 1), [row]
    places = pc.indices_nonzero(pc.equal(persons.column(HOUSEHOLD), key)).to_pylist()
    return persons.take(pa.array(places, pa.int64())), places


def _records_of(history: Any, persons: pa.Table) -> pa.Table:
    """The records of the household's members; a history without the column is refused later, with the others' words."""
    records = as_arrow(history)
    if PERSON not in records.column_names or PERSON not in persons.column_names:
        return records
    mine = persons.column(PERSON).cast(pa.string())
    return records.filter(pc.is_in(records.column(PERSON).cast(pa.string()), mine.combine_chunks()))


def _persons(canonical: pa.Table, answers: pa.Table, places: list[int], labels: list[str] | None) -> list[Person]:
    inputs, values = canonical.to_pylist(), answers.to_pylist()
    names = labels or [str(place + 1) for place in places]
    return [Person(*parts) for parts in zip(places, names, inputs, values, strict=True)]


def _undecided(plan: Plan, canonical: pa.Table, records: pa.Table | None, position: int) -> Undecided:
    """The person first, then the other members; persons of records are numbered in that order."""
    rows = canonical.to_pylist()
    ordered = [rows[position], *(row for place, row in enumerate(rows) if place != position)]
    numbers = {row["person"]: number for number, row in enumerate(ordered) if row["person"] is not None}
    found = [] if records is None else records.to_pylist()
    numbered = [{**record, "person": numbers[record["person"]]} for record in found if record["person"] in numbers]
    return Undecided(plan, ordered[0], ordered[1:], numbered)


def missing_inputs(case: Undecided, output: str) -> tuple[str, ...]:
    """What is unknown and can still matter, in the order of `plan.missable()`."""
    rows = [{**row, "household": 0, "person": number} for number, row in enumerate((case.row, *case.members))]
    cell = Interpreter(case.plan, rows, case.records).of_variable(output)[0]
    return tuple(name for bit, name in enumerate(case.plan.missable()) if cell.missing >> bit & 1)


__all__ = ["Explained", "ExplainedStep", "Explainer", "StepKind", "as_dict", "explain", "missing_inputs"]
