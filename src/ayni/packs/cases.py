"""The runner of cases: all cases of a pack in one run of the rules, each compared with what it expects.

What cannot be run (an unknown country, scheme, input or output, a value that is none) is a failure with its
reason, never a crash. Only here, and only for tables, inputs that a case leaves out take their `ordinary` state;
what has none stays unknown, and a result that is undecided for want of it fails and names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ayni.core.errors import AyniError
from ayni.core.progress import Progress, silent
from ayni.packs.case_files import Case, Expectation, Person, read_case_files
from ayni.packs.case_run import CaseResults, check_history, evaluate_cases
from ayni.packs.case_values import agrees, read_value, write_value
from ayni.packs.files import available_packs
from ayni.packs.loader import load_pack
from ayni.packs.model import Pack, Scheme
from ayni.packs.problems import one_of, suggest
from ayni.rules.types import Shape

# Errors that the facts of a single row can cause; all others are of the pack or the engine.
ROW_ERRORS = ("input.", "rule.exceptions_conflict")
MOST_TRIALS = 100


@dataclass(frozen=True)
class Failure:
    """An expectation that was not met. `got` is None where there is no result; `reason` says why, where that is
    known.
    """

    id: str
    scheme: str
    output: str
    expected: str
    got: str | None
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        plain: dict[str, Any] = {
            "id": self.id,
            "scheme": self.scheme,
            "output": self.output,
            "expected": self.expected,
            "got": self.got,
        }
        return plain if self.reason is None else {**plain, "reason": self.reason}


@dataclass(frozen=True)
class CaseReport:
    """How many expectations there were, how many were met, and those that were not, in the order of the files."""

    total: int
    passed: int
    failed: tuple[Failure, ...] = ()

    @property
    def all_passed(self) -> bool:
        return not self.failed

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for `--json`."""
        return {"total": self.total, "passed": self.passed, "failed": [failure.as_dict() for failure in self.failed]}


@dataclass
class Packs:
    """The packs that cases name, each loaded once; None for a country without one."""

    loaded: dict[str, Pack | None] = field(default_factory=dict)

    def get(self, country: str) -> Pack | None:
        if country not in self.loaded:
            self.loaded[country] = load_pack(country.lower()) if country in available_packs() else None
        return self.loaded[country]


@dataclass(frozen=True)
class _Wanted:
    """An expectation whose output is known: where its person stands in the table, and the column to look at."""

    expectation: Expectation
    position: int
    row: int
    column: str


@dataclass(frozen=True)
class _Ready:
    """A case that can be run: table rows of its persons (column → value), with households and histories beside them."""

    case: Case
    rows: tuple[Mapping[str, Any], ...]
    wanted: tuple[_Wanted, ...]


class _Reason(Exception):
    """Why an expectation cannot be checked."""


def run_cases(
    files: Sequence[str | Path], engine: Any = "duckdb", *, packs: Packs | None = None, progress: Progress = silent
) -> CaseReport:
    """Run the cases of files (`.csv` or `.yaml`) on an engine.

    Raises AyniError for files that cannot be read and for packs that are wrong in themselves.
    """
    return run(read_case_files(files), engine, packs=packs, progress=progress)


def run_pack_cases(pack: Pack, engine: Any = "duckdb", progress: Progress = silent) -> CaseReport:
    """Run a pack's own cases on an engine."""
    packs = Packs({pack.country: pack})
    return run(read_case_files(pack.case_files, pack.country), engine, packs=packs, progress=progress)


def run(
    cases: Sequence[Case], engine: Any = "duckdb", *, packs: Packs | None = None, progress: Progress = silent
) -> CaseReport:
    """Run cases on an engine: one evaluation a pack, however many dates and schemes there are."""
    packs = packs or Packs()
    failures: dict[int, Failure] = {}
    by_country: dict[str, list[_Ready]] = {}
    position = 0
    for case in cases:
        ready = _prepare(case, packs, position, failures)
        if ready is not None and ready.wanted:
            by_country.setdefault(case.country, []).append(ready)
        position += len(case.expectations)
    done = 0
    for country, some in by_country.items():
        pack = packs.get(country)
        assert pack is not None, "cases without a pack have failed already"
        _run_ready(pack, some, engine, failures)
        done += len(some)
        progress("cases", done, len(cases))
    failed = tuple(failures[index] for index in sorted(failures))
    return CaseReport(position, position - len(failed), failed)


def _failure(expectation: Expectation, reason: str | None, got: str | None = None) -> Failure:
    expected = "undecided" if expectation.is_undecided else expectation.expected
    return Failure(expectation.id, expectation.scheme, expectation.output, expected, got, reason)


def _prepare(case: Case, packs: Packs, position: int, failures: dict[int, Failure]) -> _Ready | None:
    """The case as rows of a table; expectations that cannot be checked are noted as failures."""
    try:
        pack = _find_pack(case, packs)
    except _Reason as reason:
        for index, expectation in enumerate(case.expectations):
            failures[position + index] = _failure(expectation, str(reason))
        return None
    wanted: list[_Wanted] = []
    keys = [person.key for person in case.persons]
    schemes: dict[str, Scheme | None] = {}
    for index, expectation in enumerate(case.expectations):
        try:
            scheme = _find_scheme(pack, expectation)
            column = _find_column(pack, scheme, expectation.output)
        except _Reason as reason:
            failures[position + index] = _failure(expectation, str(reason))
            continue
        schemes[column] = scheme
        wanted.append(_Wanted(expectation, position + index, keys.index(expectation.person), column))
    try:
        rows = tuple(_row(pack, case, person, schemes) for person in case.persons)
    except _Reason as reason:
        for item in wanted:
            failures[item.position] = _failure(item.expectation, str(reason))
        return None
    return _Ready(case, rows, tuple(wanted))


def _find_pack(case: Case, packs: Packs) -> Pack:
    if case.reason is not None:
        raise _Reason(case.reason)
    pack = packs.get(case.country)
    if pack is None:
        known = available_packs()
        raise _Reason(f"there is no pack for the country {case.country or '(empty)'}; there are {one_of(known)}")
    return pack


def _find_scheme(pack: Pack, expectation: Expectation) -> Scheme | None:
    """The scheme that is asked; None where a YAML case asks a variable that schemes share."""
    country, _, short_name = expectation.scheme.partition(".")
    if not expectation.scheme:
        return None
    if country != pack.country.lower():
        raise _Reason(f"the scheme {expectation.scheme} is not one of the country {pack.country}")
    scheme = pack.schemes.get(short_name)
    if scheme is None:
        if short_name == "outside":
            return None
        raise _Reason(_unknown("scheme", short_name, pack.schemes))
    return scheme


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = suggest(name, names)
    rest = f"did you mean {near}?" if near else f"there are {one_of(names)}" if names else "there is none"
    return f"there is no {what} {name or '(empty)'}; {rest}"


def _find_column(pack: Pack, scheme: Scheme | None, output: str) -> str:
    variables = pack.program.variables
    candidates = [output] if scheme is None else [f"{scheme.short_name}.{output}", output]
    if scheme is None:
        candidates.append(f"outside.{output}")
    for column in candidates:
        if column in variables:
            return column
    if scheme is not None:
        raise _Reason(_unknown("output", output, sorted(scheme.own_variables)))
    shared = [name for name in variables if "." not in name]
    raise _Reason(_unknown("output", output, [*shared, *pack.outside]))


def _row(pack: Pack, case: Case, person: Person, schemes: Mapping[str, Scheme | None]) -> dict[str, Any]:
    """What the case says of a person, by column, with the ordinary state of what it leaves out."""
    row: dict[str, Any] = {}
    asked = {scheme.short_name: scheme for scheme in schemes.values() if scheme is not None}
    for name, written in person.inputs.items():
        column, shape = _find_input(pack, name, asked)
        try:
            row[column] = read_value(written, shape)
        except ValueError as error:
            raise _Reason(f"{name}: {error}") from None
    if person.history is not None:
        try:
            check_history(pack, person.history)
        except ValueError as error:
            raise _Reason(str(error)) from None
    if case.fills_ordinary:
        for column, scheme in schemes.items():
            row = {**_ordinary(pack, scheme, column), **row}
    return row


def _find_input(pack: Pack, name: str, asked: Mapping[str, Scheme]) -> tuple[str, Shape]:
    """The column and shape of a given fact: an input, or any variable, whose given value then wins over its rule."""
    program = pack.program
    for scheme in asked.values():
        qualified = f"{scheme.short_name}.{name}"
        if qualified in program.variables:
            return qualified, _open(program.variables[qualified].node.shape)
    if name in program.variables:
        declared = program.inputs.get(name)
        shape = program.variables[name].node.shape
        # A variable that stands for an input keeps the input's bounds.
        return name, declared if declared is not None and declared.type == shape.type else _open(shape)
    if name in program.inputs:
        return name, program.inputs[name]
    known = [*program.inputs, *(column for column in program.variables if "." not in column)]
    raise _Reason(_unknown("input", name, known) if suggest(name, known) else f"there is no input {name}")


def _open(shape: Shape) -> Shape:
    """The shape of a variable without the bounds that its rule happens to have."""
    return Shape(shape.type)


def _ordinary(pack: Pack, scheme: Scheme | None, column: str) -> dict[str, Any]:
    """The ordinary state of every input on which a column depends and that has one, for the scheme that is asked."""
    program = pack.program
    names = {name for variable in program.closure([column]) for name in program.variables[variable].names}
    found: dict[str, Any] = {}
    for name in names:
        if name in program.variables or name not in program.inputs:
            continue
        own = scheme.ordinary if scheme is not None else {}
        ordinary = own.get(name, pack.rulebook.inputs[name].ordinary)
        if ordinary is not None:
            found[name] = read_value(ordinary, program.inputs[name])
    return found


def _run_ready(pack: Pack, cases: Sequence[_Ready], engine: Any, failures: dict[int, Failure]) -> None:
    """Run cases together. Where the facts of a row stop the rules, halves are run until the row at fault is alone.

    Only so many halves are run: where nearly every row is at fault, the rest fails with what was said last.
    """
    waiting = [list(cases)]
    trials = 0
    while waiting:
        some = waiting.pop()
        trials += 1
        try:
            results = evaluate_cases(pack, [(ready.case, ready.rows) for ready in some], _columns(some), engine)
        except AyniError as error:
            if not error.code.startswith(ROW_ERRORS):
                raise
            if len(some) > 1 and trials < MOST_TRIALS:
                ordered = sorted(some, key=lambda ready: ready.wanted[0].column)
                middle = len(ordered) // 2
                waiting += [ordered[middle:], ordered[:middle]]
                continue
            reason = error.title if error.found is None else f"{error.title}: {error.found}"
            for item in (item for ready in some for item in ready.wanted):
                failures[item.position] = _failure(item.expectation, reason)
            continue
        _compare_all(pack, some, results, failures)


def _compare_all(pack: Pack, cases: Sequence[_Ready], results: CaseResults, failures: dict[int, Failure]) -> None:
    first = 0
    for ready in cases:
        for item in ready.wanted:
            row = first + item.row
            failure = _compare(pack, item, results.value(item.column, row), results, row)
            if failure is not None:
                failures[item.position] = failure
        first += len(ready.rows)


def _columns(cases: Sequence[_Ready]) -> list[str]:
    return sorted({item.column for ready in cases for item in ready.wanted})


def _compare(pack: Pack, item: _Wanted, value: Any, results: CaseResults, row: int) -> Failure | None:
    """None where the result is as expected."""
    kind = pack.program.variables[item.column].node.shape.type
    got = write_value(value, kind)
    expectation = item.expectation
    if got is None:
        if expectation.is_undecided:
            return None
        missing = results.missing(item.column, row)
        return _failure(
            expectation, f"undecided; not known: {', '.join(missing) or 'nothing that a fact could decide'}"
        )
    if expectation.is_undecided:
        return _failure(expectation, "the result is decided", got)
    try:
        if agrees(expectation.expected, got, kind, expectation.tolerance):
            return None
    except ValueError as error:
        return _failure(expectation, f"expected: {error}", got)
    return _failure(expectation, None, got)
